/** A server as a process of its own, on a free port, that a test may kill. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createClient, type ReverieClient } from '@reverie/sdk';
import { root } from './source-files.ts';

const command = join(root, 'packages/server/bin/reverie.mjs');
const foreign = Object.entries(process.env).filter(([name]) => !name.startsWith('REVERIE_'));
const rootKey = 'test-root-key-of-enough-length';

export interface ServerProcess {
  readonly url: string;
  readonly client: ReverieClient;
  /** Resolves when the process has ended. */
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** Its client asks once and does not retry. */
export async function serveProcess(
  folder: string,
  namespace: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const own = {
    REVERIE_LOG_LEVEL: 'silent',
    REVERIE_ROOT_KEY: rootKey,
    REVERIE_DATA_DIR: folder,
    ...settings,
  };
  const child = spawn(process.execPath, [command, 'serve', '--port', '0'], {
    cwd: folder,
    env: { ...Object.fromEntries(foreign), ...own },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  // A test that fails leaves no server behind.
  const killed = () => child.kill('SIGKILL');
  process.once('exit', killed);
  void ended.then(() => process.off('exit', killed));
  const baseUrl = await new Promise<string>((resolve, reject) => {
    child.on('exit', () => reject(new Error('The server ended.')));
    child.stdout.on('data', (part) => {
      const found = /Reverie is at (http\S+)/.exec(String(part));
      if (found?.[1] !== undefined) resolve(found[1]);
    });
  });
  return {
    url: baseUrl,
    client: createClient({ baseUrl, apiKey: rootKey, namespace, retries: 0 }),
    async stop(signal) {
      child.kill(signal);
      await ended;
    },
  };
}
