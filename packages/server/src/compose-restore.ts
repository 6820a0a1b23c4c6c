/** Makes a data folder of a backup, and forgets again what was forgotten since. */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { partNames, readBackup } from './backends/files/backup-file.ts';
import { openErasureFile } from './backends/files/erasure-file.ts';
import { syncFolder } from './backends/files/keep-file.ts';
import { type ListReading, readErasures } from './backends/files/read-erasures.ts';
import { lockFolder } from './backends/sqlite/folder-lock.ts';
import { schemaVersion } from './backends/sqlite/migrations/migrate.ts';
import { renewEpochs } from './backends/sqlite/renew-epochs.ts';
import { openSqliteStore } from './backends/sqlite/sqlite-store.ts';
import { databasePath, makeFolder, restoringPath } from './backends/sqlite/store-files.ts';
import type { Restoration, RestoreProgress } from './cli/actions.ts';
import { compactStore } from './compose-compact.ts';
import { openEraser } from './compose-forget.ts';
import type { Settings } from './config/settings.ts';
import { MemoryError } from './domain/errors.ts';
import { type ForgottenAgain, forgetAgain } from './engine/forget/forget-again.ts';
import { awaitsErasure } from './engine/forget/mark-erased.ts';
import { resumeForgets } from './engine/forget/run-forget.ts';
import { vectorStoreKey } from './engine/vectors/feed-document.ts';
import type { Erasure } from './ports/erasures.ts';
import { systemClock } from './util/system-clock.ts';

/**
 * All is done in a folder inside of the data folder, and the database takes its name last. Throws
 * store_exists, folder_locked, backup_damaged, store_damaged, disk_full; then there is no store.
 */
export async function restore(
  settings: Settings,
  file: string,
  tell: (progress: RestoreProgress) => void,
): Promise<Restoration> {
  const folder = settings.dataDir;
  if (settings.records !== 'sqlite') {
    throw new MemoryError('setting_invalid', 'Only a store on disk can be restored.');
  }
  refuseStore(folder);
  const isListed = findList(settings);
  makeFolder(folder);
  const lock = await lockFolder(folder);
  const staging = restoringPath(folder);
  try {
    refuseStore(folder);
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging, { mode: 0o700 });
    const { madeAt, schema, erasedBytes } = await readBackup(file, {
      into: staging,
      onProgress: (bytes) => tell({ step: 'read', bytes }),
    });
    if (schema > schemaVersion) {
      const message = `The backup has schema ${schema}; this release knows ${schemaVersion}.`;
      throw new MemoryError('store_damaged', message);
    }
    const again = await mergeLists(settings.erasures, staging, erasedBytes);
    const forgotten = await forgetIn(staging, again, tell);
    renewEpochs(staging, randomInt(epochMin, epochMax));
    await install(settings, staging);
    return { madeAt, ...forgotten, isListed };
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  } finally {
    lock.release();
  }
}

/** New stores begin with 1; PostgreSQL, where a store may move to, keeps four bytes. */
const [epochMin, epochMax] = [1_000, 2 ** 31 - 1] as const;

function refuseStore(folder: string): void {
  if (existsSync(databasePath(folder))) throw new MemoryError('store_exists');
}

const listName = 'erasures.jsonl';

/** Whether there is a list beside the backup's own. Throws setting_invalid for a wrong path. */
function findList({ dataDir, erasures }: Settings): boolean {
  if (existsSync(erasures)) return true;
  if (erasures === join(dataDir, listName)) return false;
  const message =
    `There is no list of erasures at ${erasures}. Name where it is, or take the path away: then ` +
    'what was forgotten since the backup is back.';
  throw new MemoryError('setting_invalid', message);
}

/**
 * The list of the backup gets what the other one knows beyond it. Answers with what the database
 * of the backup may not have erased.
 */
async function mergeLists(path: string, staging: string, erasedBytes: number): Promise<Erasure[]> {
  const own = await readList(join(staging, listName));
  const given = await readList(path);
  const known = new Set(own.erasures.map(({ line }) => line));
  const news = given.erasures.filter(({ line }) => !known.has(line));
  await addLines(join(staging, listName), news);
  const open = own.erasures.filter(({ end }) => end > erasedBytes);
  return [...open, ...news].map(({ erasure }) => erasure);
}

async function readList(path: string): Promise<ListReading> {
  const list = await readErasures(path);
  if (list.damaged.length === 0) return list;
  const message =
    `The list of erasures at ${path} is damaged in line ${list.damaged[0]}: what it forgot would ` +
    'come back. Use another copy of the list, or remove the line.';
  throw new MemoryError('store_damaged', message);
}

async function addLines(path: string, lines: readonly { readonly line: string }[]): Promise<void> {
  const list = await openErasureFile(path);
  try {
    await list.copy(lines.map(({ line }) => line));
  } finally {
    await list.close();
  }
}

/** Opening it brings it to the newest schema, too. */
async function forgetIn(
  staging: string,
  erasures: readonly Erasure[],
  tell: (progress: RestoreProgress) => void,
): Promise<ForgottenAgain> {
  const store = await openSqliteStore({ folder: staging, clock: systemClock });
  const list = await openErasureFile(join(staging, listName));
  try {
    const eraser = await openEraser(store, list);
    await resumeForgets(eraser.deps);
    // What another system keeps is of a later time: as a store of another name it is told so.
    await store.control.delete(vectorStoreKey);
    // These are on the list already.
    const unlisted = { ...eraser.deps, erasures: undefined };
    const forgotten = await forgetAgain(unlisted, erasures, (done, total) =>
      tell({ step: 'forget', done, total }),
    );
    await eraser.close();
    if (await awaitsErasure(eraser.deps)) await compactStore(store, staging);
    return forgotten;
  } finally {
    await list.close();
    await store.close();
  }
}

/** The database comes last: without it there is no store. */
async function install({ dataDir, erasures }: Settings, staging: string): Promise<void> {
  const log = await stat(`${databasePath(staging)}-wal`).catch(() => undefined);
  if (log !== undefined && log.size > 0) {
    throw new MemoryError('store_unavailable', 'The restored store could not be closed.');
  }
  if (erasures !== join(dataDir, listName)) {
    const { erasures: own } = await readErasures(join(staging, listName));
    const known = new Set((await readErasures(erasures)).erasures.map(({ line }) => line));
    await addLines(
      erasures,
      own.filter(({ line }) => !known.has(line)),
    );
  }
  const last = 'reverie.db';
  for (const name of [...partNames.filter((part) => part !== last), last]) {
    if (existsSync(join(staging, name))) await rename(join(staging, name), join(dataDir, name));
    await syncFolder(dataDir);
  }
  await rm(staging, { recursive: true, force: true });
}
