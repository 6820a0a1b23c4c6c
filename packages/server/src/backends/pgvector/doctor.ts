/** Looks at vectors in PostgreSQL without changing anything, whether servers run on it or not. */
import type { PoolClient } from 'pg';
import { MemoryError } from '../../domain/errors.ts';
import { Database, type DatabaseOptions } from '../postgres/database.ts';
import { inspectServer } from '../postgres/inspect-server.ts';
import { loadPg } from '../postgres/load-pg.ts';
import { namesFor, type PgvectorOptions } from './pgvector-index.ts';
import { schemaName } from './schema.ts';

export interface PgvectorCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export async function inspectPgvector(
  options: DatabaseOptions & Required<Pick<PgvectorOptions, 'setting'>>,
): Promise<PgvectorCheck> {
  const name = 'pgvector';
  let database: Database | undefined;
  try {
    const pg = await loadPg(undefined, 'REVERIE_VECTORS');
    database = new Database(pg, { ...options, names: namesFor(options.setting) });
    const detail = await database.alone(async (client) => {
      await inspectServer(client, options.setting);
      return describe(client);
    });
    return { name, ok: !detail.startsWith('no '), detail };
  } catch (error) {
    if (!MemoryError.isInstance(error)) throw error;
    return { name, ok: false, detail: `${error.code}: ${error.message}` };
  } finally {
    await database?.close();
  }
}

async function describe(client: PoolClient): Promise<string> {
  const { rows } = await client.query<{ version: string | null; places: string | null }>(
    `SELECT (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS version,
      to_regclass('${schemaName}.places') AS places`,
  );
  const { version = null, places = null } = rows[0] ?? {};
  if (version === null) return 'no extension: CREATE EXTENSION vector;';
  if (places === null) return `pgvector ${version}, nothing there yet`;
  await client.query('BEGIN');
  await client.query("SET LOCAL reverie_vectors.tenant = '*'");
  const found = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM ${schemaName}.places`,
  );
  await client.query('COMMIT');
  return `pgvector ${version}, ${found.rows[0]?.n ?? 0} namespaces`;
}
