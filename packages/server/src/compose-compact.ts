/** Writes the files of a store anew, so that no byte of what was forgotten is left in them. */
import { existsSync, statSync } from 'node:fs';
import { openErasureFile } from './backends/files/erasure-file.ts';
import { openSqliteStore, type SqliteStore } from './backends/sqlite/sqlite-store.ts';
import { databasePath } from './backends/sqlite/store-files.ts';
import type { Compaction } from './cli/actions.ts';
import { clearScratch } from './compose-backup.ts';
import { openEraser } from './compose-forget.ts';
import { refuseUnfinished } from './compose-migrate.ts';
import type { Settings } from './config/settings.ts';
import { MemoryError } from './domain/errors.ts';
import { type Marked, markErased } from './engine/forget/mark-erased.ts';
import { resumeForgets } from './engine/forget/run-forget.ts';
import { systemClock } from './util/system-clock.ts';

/**
 * The server must not be running. Throws folder_locked where it is, and disk_full: then nothing
 * has changed.
 */
export async function compact(settings: Settings): Promise<Compaction> {
  const folder = settings.dataDir;
  const path = databasePath(folder);
  requireStore(settings);
  const store = await openSqliteStore({ folder, clock: systemClock });
  await refuseUnfinished(store);
  try {
    await clearScratch(folder);
    const bytesBefore = statSync(path).size;
    const list = await openErasureFile(settings.erasures);
    try {
      const eraser = await openEraser(store, list);
      await resumeForgets(eraser.deps);
      await eraser.close();
    } finally {
      await list.close();
    }
    const marked = await compactStore(store, folder);
    return { bytesBefore, bytesAfter: statSync(path).size, ...marked };
  } finally {
    await store.close();
  }
}

/** Tells what is erased by it, and what is not. */
export async function compactStore(store: SqliteStore, folder: string): Promise<Marked> {
  // The temporary copy holds what the store holds: it stays on the same disk.
  process.env.SQLITE_TMPDIR ??= folder;
  await store.compact();
  return markErased({ records: store.records, control: store.control, clock: systemClock });
}

/** Throws setting_invalid where there is no store on disk. */
export function requireStore({ records, dataDir }: Settings): void {
  const isHere = records === 'sqlite' && existsSync(databasePath(dataDir));
  if (isHere) return;
  const elsewhere = { postgres: 'PostgreSQL', dynamodb: 'DynamoDB', mongodb: 'MongoDB' };
  const message =
    records !== 'sqlite' && records !== 'ephemeral'
      ? `This is for a store in a data folder; the records are in ${elsewhere[records]}.`
      : `There is no store in ${dataDir}; name its folder with --data-dir.`;
  throw new MemoryError('setting_invalid', message);
}
