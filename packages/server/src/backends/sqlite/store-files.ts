/** Names of the files in a data folder, and how the folder is made. */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { MemoryError } from '../../domain/errors.ts';

/** Only the server's own user may look inside. */
const folderMode = 0o700;
const fileMode = 0o600;

export const databasePath = (folder: string): string => join(folder, 'reverie.db');

/** The file whose kernel lock is held while the store is open. */
export const lockDatabasePath = (folder: string): string => join(folder, 'reverie.lock.db');

/** Says who holds the lock, for the message alone. */
export const lockNotePath = (folder: string): string => join(folder, 'reverie.lock');

/** Where a restore works: with it and without a database, a restore was cut short. */
export const restoringPath = (folder: string): string => join(folder, 'restoring');

/** Makes the folder, durably. Throws the system's errors. */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let path = folder; !existsSync(path) && path !== dirname(path); path = dirname(path)) {
    missing.unshift(path);
  }
  // One by one: the recursive form of Node 20 never returns where a file system takes no folders.
  for (const path of missing) makeOne(path);
  const first = missing[0];
  if (first === undefined && !statSync(folder).isDirectory()) {
    throw new MemoryError('store_read_only', `${folder} is a file, not a folder.`);
  }
  if (first === undefined) return;
  chmodSync(folder, folderMode);
  syncFolder(dirname(first));
}

/** Another process may make the same folder at the same time; the lock decides who stays. */
function makeOne(path: string): void {
  try {
    mkdirSync(path, { mode: folderMode });
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
}

/**
 * Makes an empty file if there is none. An existing file is never opened here: closing it would
 * drop the locks that SQLite holds on it in this process (POSIX advisory locks).
 */
export function makeFile(path: string): void {
  if (existsSync(path)) return;
  closeSync(openSync(path, 'a', fileMode));
  chmodSync(path, fileMode);
  syncFolder(dirname(path));
}

/** Makes new names in a folder durable. Not every system lets a folder be opened. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
