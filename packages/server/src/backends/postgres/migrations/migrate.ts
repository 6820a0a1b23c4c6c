/** Brings a database to the newest schema, in one transaction that only one process runs. */
import type { ClientBase } from 'pg';
import { MemoryError } from '../../../domain/errors.ts';
import { tables } from './0001-tables.ts';
import { commit } from './0002-commit.ts';
import { derived } from './0003-derived.ts';

/** Migration n is at place n - 1. Append only: a released migration never changes. */
const migrations: readonly string[] = [tables, commit, derived];

export const schemaVersion = migrations.length;

/** "REVR": those who start together wait for each other under this number. */
const lockKey = 0x52455652;

/**
 * Throws store_damaged for a schema of a newer release, one that is somebody else's, and one in
 * which something is missing; and PostgreSQL's own errors.
 */
export async function migrate(client: ClientBase): Promise<void> {
  await client.query('BEGIN');
  try {
    // Making the tables may take longer than a request is given.
    await client.query('SET LOCAL statement_timeout = 0');
    await client.query('SELECT pg_advisory_xact_lock($1)', [lockKey]);
    const found = await versionOf(client);
    if (found > schemaVersion) {
      const message = `The store has schema ${found}; this release knows ${schemaVersion}.`;
      throw new MemoryError('store_damaged', message);
    }
    for (const [i, sql] of migrations.entries()) {
      if (i < found) continue;
      await client.query(sql);
      await client.query('INSERT INTO reverie.schema_versions (version) VALUES ($1)', [i + 1]);
    }
    await checkWhole(client);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/** The stored version, 0 for a new schema, which is made. */
async function versionOf(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ schema: boolean; versions: boolean; tables: number }>(
    `SELECT to_regnamespace('reverie') IS NOT NULL AS schema,
      to_regclass('reverie.schema_versions') IS NOT NULL AS versions,
      (SELECT count(*)::int FROM pg_class
        WHERE relnamespace = to_regnamespace('reverie')) AS tables`,
  );
  const [found] = rows;
  if (found?.versions) {
    const stored = await client.query<{ version: number | null }>(
      'SELECT max(version) AS version FROM reverie.schema_versions',
    );
    return stored.rows[0]?.version ?? 0;
  }
  if (found && found.tables > 0) {
    const message = 'The schema "reverie" of the database is not that of a Reverie store.';
    throw new MemoryError('store_damaged', message);
  }
  // Who may use a schema that is there already need not be allowed to make one.
  if (!found?.schema) await client.query('CREATE SCHEMA reverie');
  await client.query(`CREATE TABLE reverie.schema_versions (
    version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`);
  return 0;
}

/** What somebody has dropped or renamed is better missed now than with the first memory. */
async function checkWhole(client: ClientBase): Promise<void> {
  const sql = migrations.join('\n');
  const namesAfter = (word: string): string[] =>
    [...sql.matchAll(new RegExp(`CREATE ${word} reverie\\.(\\w+)`, 'g'))].map(
      ([, name = '']) => name,
    );
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass('reverie.' || name) IS NULL
    UNION ALL
    SELECT name || '()' FROM unnest($2::text[]) AS name WHERE NOT EXISTS (
      SELECT 1 FROM pg_proc
      WHERE proname = name AND pronamespace = to_regnamespace('reverie'))`,
    [namesAfter('TABLE'), namesAfter('FUNCTION')],
  );
  if (rows.length === 0) return;
  const missing = rows.map(({ name }) => name).join(', ');
  const message = `The schema "reverie" was changed: it has no ${missing}. Restore a backup.`;
  throw new MemoryError('store_damaged', message);
}
