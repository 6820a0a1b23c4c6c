/**
 * Keeps a store in PostgreSQL as it is while it is moved out. The tables are locked by the database
 * itself, so a server that nobody has thought of can read them, but not write: its writes wait, and
 * end with its own limit of time.
 */
import type { PoolClient } from 'pg';
import { MemoryError } from '../../domain/errors.ts';
import type { Database } from './database.ts';
import { sqlState } from './postgres-errors.ts';

export interface Stillness {
  /** Throws store_unavailable where the lock was lost: somebody may have written since. */
  requireHeld(): void;
  release(): Promise<void>;
}

/** How long writes that are under way may take before the store counts as in use. */
const lockTimeoutMs = 10_000;
/** Connections of a server that was stopped may be listed for a moment. */
const leavingMs = 3_000;
const lookEveryMs = 200;

const lockNotAvailable = '55P03';
const tables = [
  ...['store', 'tenants', 'namespaces', 'closed_generations', 'threads', 'receipts', 'control'],
  ...['memories', 'versions', 'vectors', 'changes'],
];

/** Throws migration_refused while a server is connected, or a write does not end. */
export async function holdStill(database: Database): Promise<Stillness> {
  await database.alone(refuseServers);
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isLost = false;
  let held: () => void = () => {};
  const holding = new Promise<void>((resolve) => {
    held = resolve;
  });
  const work = database.alone(async (client) => {
    client.on('end', () => {
      isLost = true;
    });
    await lock(client);
    held();
    await released;
    await client.query('ROLLBACK').catch(() => {});
  });
  // Whatever ends the work before it holds the lock is thrown here.
  await Promise.race([holding, work]);
  work.catch(() => {
    isLost = true;
  });
  return {
    requireHeld: () => {
      if (!isLost) return;
      const message = 'The connection that kept the source as it was is lost. Run it again.';
      throw new MemoryError('store_unavailable', message);
    },
    release: async () => {
      release();
      await work.catch(() => {});
    },
  };
}

const serversSql = `SELECT count(*)::int AS servers FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'reverie'`;

async function refuseServers(client: PoolClient): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
    const { rows } = await client.query<{ servers: number }>(serversSql);
    const servers = rows[0]?.servers ?? 0;
    if (servers === 0) return;
    if (waitedMs >= leavingMs) throw inUse(`${servers} connections of servers are open`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

async function lock(client: PoolClient): Promise<void> {
  await client.query('BEGIN');
  await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
  await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
  try {
    const names = tables.map((name) => `reverie.${name}`).join(', ');
    await client.query(`LOCK TABLE ${names} IN SHARE MODE`);
  } catch (error) {
    if (sqlState(error) !== lockNotAvailable) throw error;
    throw inUse('somebody writes to it');
  }
}

function inUse(why: string): MemoryError {
  const message = `The source is in use: ${why}. Stop every server on it, and run this again.`;
  return new MemoryError('migration_refused', message);
}
