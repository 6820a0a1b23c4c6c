/** Starts the child process of the proofs and reads what it says. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { workerUrl } from '../../../util/worker-url.ts';
import type { ChildTask } from './child-task.ts';

export const childPath = fileURLToPath(workerUrl('./store-child', import.meta.url));

export interface RunningChild {
  readonly process: ChildProcess;
  /** Lines so far. */
  readonly lines: string[];
  /** Resolves with the first line that starts so, or rejects when the child ends before. */
  until(start: string): Promise<string>;
  readonly exited: Promise<void>;
}

export function startChild(task: ChildTask): RunningChild {
  const child = spawn(process.execPath, [childPath, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let ended = false;
  const reader = createInterface({ input: child.stdout });
  const exited = new Promise<void>((resolve) => {
    reader.on('close', () => {
      ended = true;
      for (const wake of waiting) wake();
      resolve();
    });
  });
  reader.on('line', (line) => {
    lines.push(line);
    for (const wake of waiting) wake();
  });
  const until = (start: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.find((line) => line.startsWith(start));
        if (found === undefined && !ended) return;
        waiting.delete(look);
        if (found === undefined) reject(new Error(`the child ended: ${lines.at(-1)}`));
        else resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { process: child, lines, until, exited };
}

/** True when the tool can be started here. */
export function hasTool(name: string, ...args: string[]): boolean {
  return spawnSync(name, args, { stdio: 'ignore' }).status === 0;
}
