/** One process at a time: the lock on a data folder. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { MemoryError } from '../../domain/errors.ts';
import { isBusy } from './sqlite-errors.ts';
import { lockDatabasePath, lockNotePath, makeFile } from './store-files.ts';

export interface FolderLock {
  release(): void;
}

/**
 * Locks are held from here: one that only its owner knew would be closed by the garbage collector
 * as soon as nobody could call `release` any more, while the store still works.
 */
const held = new Set<InstanceType<typeof DatabaseSync>>();

/** `doctor` looks at the lock for an instant; a start must not fail because of it. */
const lookingTimeoutMs = 250;
/** A holder that has just locked has not written its note yet. */
const noteRetries = 5;
const noteRetryMs = 40;

/**
 * Takes the folder. The lock is an exclusive transaction on a file of its own, so the kernel
 * releases it however the process ends, and a recycled pid is never taken for the holder.
 * Throws folder_locked with the holder's pid in `details`, or the system's errors.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = lockDatabasePath(folder);
  makeFile(path);
  const lock = new DatabaseSync(path, { timeout: lookingTimeoutMs });
  try {
    // Nothing is ever written, so no journal is needed beside the lock.
    lock.exec('PRAGMA journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (isBusy(error)) throw await heldBy(folder);
    throw error;
  }
  try {
    writeNote(folder);
  } catch (error) {
    lock.close();
    throw error;
  }
  held.add(lock);
  return {
    release: () => {
      held.delete(lock);
      rmSync(lockNotePath(folder), { force: true });
      lock.close();
    },
  };
}

/** The pid that holds the folder, or undefined when nobody does. Holds nothing afterwards. */
export function lockHolder(folder: string): { pid: number | undefined } | undefined {
  const look = new DatabaseSync(lockDatabasePath(folder), { readOnly: true });
  try {
    look.prepare('SELECT count(*) FROM sqlite_schema').get();
    return undefined;
  } catch (error) {
    if (isBusy(error)) return { pid: notedPid(folder) };
    throw error;
  } finally {
    look.close();
  }
}

async function heldBy(folder: string): Promise<MemoryError> {
  let pid = notedPid(folder);
  for (let i = 0; i < noteRetries && !isAlive(pid); i++) {
    await sleep(noteRetryMs);
    pid = notedPid(folder);
  }
  const holder = pid === process.pid ? 'This process' : `Another process (pid ${pid ?? 'unknown'})`;
  return new MemoryError('folder_locked', `${holder} holds the data folder.`, { details: { pid } });
}

function writeNote(folder: string): void {
  const path = lockNotePath(folder);
  writeFileSync(`${path}.new`, `${process.pid}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function notedPid(folder: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(lockNotePath(folder), 'utf8'), 10);
    return Number.isSafeInteger(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
