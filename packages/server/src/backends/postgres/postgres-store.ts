/** A store in PostgreSQL: any number of processes may have it open at one time. */
import type { QueryResultRow } from 'pg';
import { MemoryError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { RecordsPort, RecordsStatus } from '../../ports/records.ts';
import { Database, type DatabaseOptions } from './database.ts';
import { inspectServer, type ServerFacts } from './inspect-server.ts';
import { loadPg } from './load-pg.ts';
import { migrate } from './migrations/migrate.ts';
import { PostgresControl } from './postgres-control.ts';
import { decodeNamespace, type SqlNamespace } from './row-codec.ts';
import { PostgresTenantRecords } from './tenant-records.ts';
import { PostgresVectorRecords } from './vector-records.ts';

/** What another thread opens the same store with. There is a password in it. */
export interface PostgresShare {
  readonly url: string;
  readonly poolMax: number;
  readonly timeoutMs: number;
  /** A commit waits for the disk only where it is told to. */
  readonly isLazy: boolean;
}

export interface PostgresStore {
  readonly records: RecordsPort;
  readonly control: ControlPort;
  /** For one more thread of this process, which connects by itself. */
  share(): PostgresShare;
  /** False where the role of the connection is above row-level security. */
  readonly isWalled: boolean;
  /** The same as `records.close()`. */
  close(): Promise<void>;
}

export interface PostgresStoreOptions extends DatabaseOptions {
  readonly clock: Clock;
}

/** Of a thread beside the main one: an index is read, caught up and saved over a few of them. */
const sharedConnectionsMax = 4;

/**
 * Opens a database, and makes or migrates its schema. Throws setting_invalid (what is said of the
 * server is wrong, with what to do), store_damaged (also for a schema of a newer release) and
 * store_unavailable.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const { url, poolMax, timeoutMs, clock } = options;
  const database = new Database(await loadPg(), options);
  let server: ServerFacts;
  try {
    server = await database.alone(async (client) => {
      const found = await inspectServer(client);
      await migrate(client);
      return found;
    });
  } catch (error) {
    await database.close();
    throw error;
  }
  const { isLazy, isWalled } = server;
  if (isLazy) database.insistOnDurability();
  const shared = { url, poolMax: Math.min(poolMax, sharedConnectionsMax), timeoutMs, isLazy };
  return { ...assemble(database, clock), share: () => shared, isWalled };
}

/**
 * Opens a store in another thread of the process that holds it. Nothing is looked at again, so it
 * does not matter whether the database answers now.
 */
export async function openSharedPostgresStore(
  { isLazy, ...share }: PostgresShare,
  clock: Clock,
): Promise<Pick<PostgresStore, 'records' | 'control'>> {
  const database = new Database(await loadPg(), { ...share, application: 'reverie-search' });
  if (isLazy) database.insistOnDurability();
  return assemble(database, clock);
}

function assemble(
  database: Database,
  clock: Clock,
): Pick<PostgresStore, 'records' | 'control' | 'close'> {
  const parts = { database, clock };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= database.close();
    return closing;
  };
  // Handles are kept: each knows the number of its tenant, and groups its commits.
  const handles = new Map<TenantId, PostgresTenantRecords>();
  const records: RecordsPort = {
    name: 'postgres',
    open: (tenant) => {
      const handle = handles.get(tenant) ?? new PostgresTenantRecords(parts, tenant);
      handles.set(tenant, handle);
      return handle;
    },
    namespaces: (afterNo, limit) => allNamespaces(database, afterNo, limit),
    vectors: new PostgresVectorRecords(database),
    status: () => statusOf(database),
    close,
  };
  return { records, control: new PostgresControl(database), close };
}

const namespacesSql = `SELECT t.name AS tenant, n.*
  FROM reverie.namespaces n JOIN reverie.tenants t ON t.no = n.tenant_no
  WHERE n.no > $1 ORDER BY n.no LIMIT $2`;

async function allNamespaces(database: Database, afterNo: number, limit: number) {
  type Found = SqlNamespace & { tenant: TenantId } & QueryResultRow;
  const rows = await database.read<Found>('*', namespacesSql, [afterNo, limit]);
  return rows.map((row) => ({ ...decodeNamespace(row), tenant: row.tenant }));
}

const statusSql = `SELECT pg_is_in_recovery()
  OR current_setting('default_transaction_read_only') = 'on' AS readonly`;

async function statusOf(database: Database): Promise<RecordsStatus> {
  try {
    const [row] = await database.read<{ readonly: boolean }>('*', statusSql, []);
    if (row?.readonly) return { writable: false, reason: 'PostgreSQL is read-only.' };
    return { writable: true };
  } catch (error) {
    if (!MemoryError.isInstance(error)) throw error;
    return { writable: false, reason: error.message };
  }
}
