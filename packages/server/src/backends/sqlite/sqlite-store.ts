/** The embedded store: one data folder, one writer thread, any number of reading threads. */
import { once } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { MemoryError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { RecordsPort } from '../../ports/records.ts';
import { workerUrl } from '../../util/worker-url.ts';
import { Connection } from './connection.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { decodeNamespace, type SqlNamespace } from './row-codec.ts';
import { SqliteControl } from './sqlite-control.ts';
import { fromFault, toFault } from './sqlite-errors.ts';
import { databasePath, makeFolder } from './store-files.ts';
import { SqliteTenantRecords, type StoreThread } from './tenant-records.ts';
import { SqliteVectorRecords } from './vector-records.ts';
import { WriterClient, type WriteWatch } from './writer-client.ts';
import type { FromWriter, WriterData } from './writer-protocol.ts';

/**
 * What another thread needs to open the same store. Send it with
 * `postMessage(share, [share.writerPort])` or as `workerData` with `transferList`.
 */
export interface StoreShare {
  readonly folder: string;
  readonly writerPort: MessagePort;
}

export interface SqliteStore {
  readonly records: RecordsPort;
  readonly control: ControlPort;
  /** For one more thread of this process; each thread needs its own. */
  share(): StoreShare;
  /**
   * Writes the database file anew, so that no byte of what was erased is left; writes wait. Throws
   * disk_full, and then nothing has changed.
   */
  compact(): Promise<void>;
  /** Waits for what was asked, then releases the folder. The same as `records.close()`. */
  close(): Promise<void>;
}

export interface SqliteStoreOptions {
  /** The data folder; made when it does not exist. */
  readonly folder: string;
  readonly clock: Clock;
  readonly watch?: WriteWatch;
}

/**
 * Opens a data folder for this process alone. Throws folder_locked, store_read_only, disk_full,
 * store_damaged (also for a store of a newer release) and store_unavailable.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { folder, clock, watch } = options;
  let lock: FolderLock | undefined;
  let worker: Worker | undefined;
  try {
    makeFolder(folder);
    lock = await lockFolder(folder);
    worker = startWriter(folder);
    const writer = new WriterClient(worker, watch);
    await watchWriter(worker, writer);
    const db = new Connection(databasePath(folder), 'read');
    return assemble({ folder, db, writer, clock }, worker, lock);
  } catch (error) {
    await worker?.terminate();
    lock?.release();
    throw MemoryError.isInstance(error) ? error : fromFault(toFault(error, folder));
  }
}

/** Opens a store in another thread of the process that holds it. */
export function openSharedStore(
  { folder, writerPort }: StoreShare,
  clock: Clock,
): { records: RecordsPort; control: ControlPort } {
  const db = new Connection(databasePath(folder), 'read');
  const writer = new WriterClient(writerPort);
  writerPort.on('close', () => writer.end(writerGone('its port closed')));
  const thread = { folder, db, writer, clock };
  const close = async (): Promise<void> => {
    await writer.drain();
    db.close();
    writerPort.close();
  };
  return { records: recordsOf(thread, onlyOnce(close)), control: new SqliteControl(thread) };
}

function assemble(thread: StoreThread, worker: Worker, lock: FolderLock): SqliteStore {
  const { folder, db, writer } = thread;
  const close = onlyOnce(async () => {
    const exited = worker.threadId === -1 ? undefined : once(worker, 'exit');
    await writer.drain();
    db.close();
    writer.closeWriter();
    await exited;
    lock.release();
  });
  return {
    records: recordsOf(thread, close),
    control: new SqliteControl(thread),
    share: () => {
      const { port1, port2 } = new MessageChannel();
      writer.attach(port1);
      return { folder, writerPort: port2 };
    },
    compact: () => writer.compact(),
    close,
  };
}

function recordsOf(thread: StoreThread, close: () => Promise<void>): RecordsPort {
  // Handles are kept: each knows which namespaces are its own without asking again.
  const handles = new Map<TenantId, SqliteTenantRecords>();
  return {
    name: 'sqlite',
    open: (tenant: TenantId) => {
      const known = handles.get(tenant);
      if (known) return known;
      const handle = new SqliteTenantRecords(thread, tenant);
      handles.set(tenant, handle);
      return handle;
    },
    namespaces: async (afterNo, limit) => allNamespaces(thread, afterNo, limit),
    vectors: new SqliteVectorRecords(thread),
    status: () => thread.writer.status(),
    close,
  };
}

const namespacesSql = 'SELECT * FROM namespaces WHERE no > ? ORDER BY no LIMIT ?';

function allNamespaces({ db, folder }: StoreThread, afterNo: number, limit: number) {
  try {
    const rows = db.all<SqlNamespace>(namespacesSql, afterNo, limit);
    return rows.map((row) => ({ ...decodeNamespace(row), tenant: row.tenant as TenantId }));
  } catch (error) {
    throw fromFault(toFault(error, folder));
  }
}

function startWriter(folder: string): Worker {
  const workerData: WriterData = { folder };
  return new Worker(workerUrl('./writer-worker', import.meta.url), {
    workerData,
    name: 'reverie-writer',
  });
}

/** Resolves when the writer has the file open; from then on its death ends the client. */
function watchWriter(worker: Worker, writer: WriterClient): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (why: string): void => {
      const error = writerGone(why);
      writer.end(error);
      reject(error);
    };
    worker.on('error', (error) => gone(error instanceof Error ? `${error.stack}` : `${error}`));
    worker.on('exit', (code) => gone(`exit code ${code}`));
    worker.on('message', (message: FromWriter) => {
      if (message.type === 'ready') resolve();
      if (message.type === 'refused') reject(fromFault(message.fault));
    });
  });
}

function writerGone(why: string): MemoryError {
  const message = 'The thread that writes the store has ended; nothing more can be stored.';
  return new MemoryError('store_unavailable', message, { cause: new Error(why) });
}

/** Every further call gets the first one's promise. */
function onlyOnce<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | undefined;
  return () => {
    running ??= run();
    return running;
  };
}
