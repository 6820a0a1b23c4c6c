/** Takes everything of a store out of a database with pgvector that is to be left. */
import { MemoryError } from '../../domain/errors.ts';
import { Database } from '../postgres/database.ts';
import { inspectServer } from '../postgres/inspect-server.ts';
import { loadPg } from '../postgres/load-pg.ts';
import { namesFor, type PgvectorOptions } from './pgvector-index.ts';
import { schemaName } from './schema.ts';

type EmptyOptions = Omit<PgvectorOptions, 'store'> &
  Required<Pick<PgvectorOptions, 'setting'>> & { readonly store: string | undefined };

/**
 * What was there called itself so; undefined where there was nothing. Throws setting_invalid where
 * the database has the vectors of another store, and what PostgreSQL says.
 */
export async function emptyPgvector(options: EmptyOptions): Promise<string | undefined> {
  const { store, setting } = options;
  const pg = await loadPg(undefined, 'REVERIE_VECTORS');
  const database = new Database(pg, { ...options, names: namesFor(setting) });
  try {
    return await database.alone(async (client) => {
      await inspectServer(client, setting);
      const { rows } = await client.query<{ is_there: boolean }>(
        `SELECT to_regclass('${schemaName}.store') IS NOT NULL AS is_there`,
      );
      const found = rows[0]?.is_there
        ? await client.query<{ id: string; made_as: string }>(
            `SELECT id, made_as FROM ${schemaName}.store`,
          )
        : undefined;
      const [owner] = found?.rows ?? [];
      if (owner !== undefined && owner.id !== store) throw othersVectors(setting);
      await client.query(`DROP SCHEMA IF EXISTS ${schemaName} CASCADE`);
      return owner?.made_as;
    });
  } finally {
    await database.close();
  }
}

function othersVectors(setting: string): MemoryError {
  const message =
    `${setting}: the database has the vectors of another store, and they stay. Where that store ` +
    `is gone, drop them (DROP SCHEMA ${schemaName} CASCADE) and call this again.`;
  return new MemoryError('setting_invalid', message, { details: { setting } });
}
