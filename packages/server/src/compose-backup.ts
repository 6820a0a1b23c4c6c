/** Makes backups of a data folder: a running server's, or one that nobody holds. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BackupPart,
  type OpenBackup,
  packBackup,
  partOf,
} from './backends/files/backup-file.ts';
import { type ErasurePlace, openErasureFile } from './backends/files/erasure-file.ts';
import { copyDatabase } from './backends/sqlite/copy-database.ts';
import { lockFolder, lockHolder } from './backends/sqlite/folder-lock.ts';
import { databasePath, lockDatabasePath, restoringPath } from './backends/sqlite/store-files.ts';
import type { Settings } from './config/settings.ts';
import { MemoryError } from './domain/errors.ts';
import type { Clock } from './ports/clock.ts';
import { systemClock } from './util/system-clock.ts';

export interface BackupSource {
  readonly settings: Pick<Settings, 'dataDir' | 'erasures'>;
  /** Where the list of erasures has arrived. */
  readonly place: () => ErasurePlace;
  readonly version: string;
  readonly clock: Clock;
}

type MakeBackup = () => Promise<OpenBackup>;

/** One backup at a time: each needs as much space as the database while it is sent. */
export function createBackups(source: BackupSource): MakeBackup {
  let isRunning = false;
  return async () => {
    if (isRunning) throw new MemoryError('backup_running');
    isRunning = true;
    const end = async (): Promise<void> => {
      isRunning = false;
    };
    try {
      const { bytes, content } = await openBackup(source);
      return { bytes, content: withEnd(content, end) };
    } catch (error) {
      await end();
      throw error;
    }
  };
}

/**
 * Without a server. Undefined where one holds the folder, or where there is no store: then a
 * server is to be asked. `content` is to be read to its end, which gives the folder free.
 */
export async function offlineBackup(
  settings: Settings,
  version: string,
): Promise<OpenBackup | undefined> {
  const { dataDir } = settings;
  if (settings.records !== 'sqlite' || !existsSync(databasePath(dataDir))) return undefined;
  if (existsSync(lockDatabasePath(dataDir)) && lockHolder(dataDir)) return undefined;
  const lock = await lockFolder(dataDir);
  try {
    await clearScratch(dataDir);
    const list = await openErasureFile(settings.erasures);
    const place = list.place();
    await list.close();
    const source = { settings, version, clock: systemClock, place: () => place };
    const { bytes, content } = await openBackup(source);
    return { bytes, content: withEnd(content, async () => lock.release()) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openBackup(source: BackupSource): Promise<OpenBackup> {
  const { settings, version, clock } = source;
  // Before the copy: what was erased by then is in no row that the copy reads.
  const { bytes: listBytes, erasedBytes } = source.place();
  const madeAt = clock.now();
  const target = scratchPath(settings.dataDir);
  const copied = await copyDatabase({ folder: settings.dataDir, target });
  const end = (): Promise<void> => rm(target, { force: true });
  try {
    const { schema, ...database } = copied;
    const parts = [
      { name: 'reverie.db', path: target, ...database } as const,
      await partOf('erasures.jsonl', settings.erasures, listBytes),
      await partOf('root.key', join(settings.dataDir, 'root.key')),
    ].filter((part): part is BackupPart => part !== undefined);
    const { bytes, content } = packBackup(parts, { madeAt, version, schema, erasedBytes });
    return { bytes, content: withEnd(content, end) };
  } catch (error) {
    await end();
    throw error;
  }
}

/** A copy on its way out, or in place of the database. */
function scratchPath(folder: string): string {
  return join(folder, `reverie-${randomBytes(6).toString('hex')}.partial`);
}

/** Removes copies of a process that was killed. The folder's lock is held, and has a store. */
export async function clearScratch(folder: string): Promise<void> {
  await rm(restoringPath(folder), { recursive: true, force: true });
  const names = await readdir(folder);
  for (const name of names) {
    if (/^reverie-[0-9a-f]{12}\.partial$/.test(name)) await rm(join(folder, name), { force: true });
  }
}

/** Runs `end` once: at the end, after a fault, and when the reader goes away, begun or not. */
function withEnd(
  source: AsyncIterable<Uint8Array>,
  end: () => Promise<void>,
): AsyncIterable<Uint8Array> {
  const inner = source[Symbol.asyncIterator]();
  let ending: Promise<void> | undefined;
  const endOnce = (): Promise<void> => {
    ending ??= end();
    return ending;
  };
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      try {
        const result = await inner.next();
        if (result.done) await endOnce();
        return result;
      } catch (error) {
        await endOnce();
        throw error;
      }
    },
    async return() {
      await inner.return?.();
      await endOnce();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
