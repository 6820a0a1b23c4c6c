/** Copies the database of a data folder as of one moment, while it is written to. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { workerUrl } from '../../util/worker-url.ts';
import { type Fault, fromFault, toFault } from './sqlite-errors.ts';

export interface CopyRequest {
  readonly folder: string;
  /** A file that is not there yet. */
  readonly target: string;
}

export interface CopiedDatabase {
  readonly bytes: number;
  readonly sha256: string;
  readonly schema: number;
}

export type CopyOutcome =
  | { readonly ok: true; readonly copied: CopiedDatabase }
  | { readonly ok: false; readonly fault: Fault };

/**
 * The copy has no free pages, and nothing of what was erased. It is to be read and removed: nobody
 * waits until it is on disk, since those who store would wait too. Throws disk_full and what else
 * the store says; then there is no target.
 */
export async function copyDatabase(request: CopyRequest): Promise<CopiedDatabase> {
  const worker = new Worker(workerUrl('./copy-worker', import.meta.url), {
    workerData: request,
    name: 'reverie-copy',
  });
  try {
    const exited = once(worker, 'exit');
    const [outcome]: CopyOutcome[] = await once(worker, 'message');
    // With its thread the connection gives the files free.
    await exited;
    if (outcome?.ok) return outcome.copied;
    throw fromFault(outcome?.fault ?? toFault(undefined, request.folder));
  } catch (error) {
    await rm(request.target, { force: true });
    throw error;
  }
}
