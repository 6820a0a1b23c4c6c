/** Brings a database to the newest schema, in one transaction that only one process runs. */
import type { ClientBase } from 'pg';
import { MemoryError } from '../../../domain/errors.ts';
import { tables } from './0001-tables.ts';
import { commit } from './0002-commit.ts';
import { derived } from './0003-derived.ts';

/** What is made in a schema of its own. */
export interface SchemaPlan {
  readonly schema: string;
  /** Those who start together wait for each other under this number. */
  readonly lockKey: number;
  /** Migration n is at place n - 1. Append only: a released migration never changes. */
  readonly migrations: readonly string[];
  /** What to do where something is missing in it. */
  readonly repair: string;
}

const recordsPlan: SchemaPlan = {
  schema: 'reverie',
  // "REVR"
  lockKey: 0x52455652,
  migrations: [tables, commit, derived],
  repair: 'Restore a backup.',
};

export const schemaVersion = recordsPlan.migrations.length;

/**
 * Throws store_damaged for a schema of a newer release, one that is somebody else's, and one in
 * which something is missing; and PostgreSQL's own errors.
 */
export async function migrate(client: ClientBase, plan = recordsPlan): Promise<void> {
  const { schema, lockKey, migrations } = plan;
  await client.query('BEGIN');
  try {
    // Making the tables may take longer than a request is given.
    await client.query('SET LOCAL statement_timeout = 0');
    await client.query('SELECT pg_advisory_xact_lock($1)', [lockKey]);
    const found = await versionOf(client, schema);
    if (found > migrations.length) {
      const message = `The store has schema ${found}; this release knows ${migrations.length}.`;
      throw new MemoryError('store_damaged', message);
    }
    for (const [i, sql] of migrations.entries()) {
      if (i < found) continue;
      await client.query(sql);
      await client.query(`INSERT INTO ${schema}.schema_versions (version) VALUES ($1)`, [i + 1]);
    }
    await checkWhole(client, plan);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/** The stored version, 0 for a new schema, which is made. */
async function versionOf(client: ClientBase, schema: string): Promise<number> {
  const { rows } = await client.query<{ schema: boolean; versions: boolean; tables: number }>(
    `SELECT to_regnamespace($1) IS NOT NULL AS schema,
      to_regclass($1 || '.schema_versions') IS NOT NULL AS versions,
      (SELECT count(*)::int FROM pg_class
        WHERE relnamespace = to_regnamespace($1)) AS tables`,
    [schema],
  );
  const [found] = rows;
  if (found?.versions) {
    const stored = await client.query<{ version: number | null }>(
      `SELECT max(version) AS version FROM ${schema}.schema_versions`,
    );
    return stored.rows[0]?.version ?? 0;
  }
  if (found && found.tables > 0) {
    const message = `The schema "${schema}" of the database is not that of a Reverie store.`;
    throw new MemoryError('store_damaged', message);
  }
  // Who may use a schema that is there already need not be allowed to make one.
  if (!found?.schema) await client.query(`CREATE SCHEMA ${schema}`);
  await client.query(`CREATE TABLE ${schema}.schema_versions (
    version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`);
  return 0;
}

/** What somebody has dropped or renamed is better missed now than with the first memory. */
async function checkWhole(client: ClientBase, plan: SchemaPlan): Promise<void> {
  const { schema, migrations } = plan;
  const sql = migrations.join('\n');
  const namesAfter = (word: string): string[] =>
    [...sql.matchAll(new RegExp(`CREATE ${word} ${schema}\\.(\\w+)`, 'g'))].map(
      ([, name = '']) => name,
    );
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass($3 || '.' || name) IS NULL
    UNION ALL
    SELECT name || '()' FROM unnest($2::text[]) AS name WHERE NOT EXISTS (
      SELECT 1 FROM pg_proc
      WHERE proname = name AND pronamespace = to_regnamespace($3))`,
    [namesAfter('TABLE'), namesAfter('FUNCTION'), schema],
  );
  if (rows.length === 0) return;
  const missing = rows.map(({ name }) => name).join(', ');
  const message = `The schema "${schema}" was changed: it has no ${missing}. ${plan.repair}`;
  throw new MemoryError('store_damaged', message);
}
