/** The built command as a process that a test may kill. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { root } from '../source-files.ts';

const command = join(root, 'packages/server/bin/reverie.mjs');
const foreign = Object.entries(process.env).filter(([name]) => !name.startsWith('REVERIE_'));

export interface Ended {
  /** Null for one that was killed. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `killAfterMs`: with SIGKILL, so that nothing of it can clean up. */
export async function runCommand(
  args: readonly string[],
  env: Record<string, string> = {},
  killAfterMs?: number,
): Promise<Ended> {
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...Object.fromEntries(foreign), REVERIE_LOG_LEVEL: 'silent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = killAfterMs && setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  clearTimeout(timer);
  return { code, out, err };
}
