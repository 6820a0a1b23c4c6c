/** Looks at a store in PostgreSQL without changing it, whether servers run on it or not. */
import { MemoryError } from '../../domain/errors.ts';
import { Database, type DatabaseOptions } from './database.ts';
import { inspectServer } from './inspect-server.ts';
import { loadPg } from './load-pg.ts';
import { schemaVersion } from './migrations/migrate.ts';

export interface PostgresCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export async function inspectPostgres(options: DatabaseOptions): Promise<PostgresCheck[]> {
  let database: Database | undefined;
  try {
    database = new Database(await loadPg(), options);
    return await database.alone(async (client) => {
      const { version, isWalled } = await inspectServer(client);
      const { rows } = await client.query<{ made: boolean }>(
        "SELECT to_regclass('reverie.schema_versions') IS NOT NULL AS made",
      );
      const found = rows[0]?.made
        ? await client.query<{ version: number }>(
            'SELECT max(version) AS version FROM reverie.schema_versions',
          )
        : undefined;
      const schema = found?.rows[0]?.version ?? 0;
      const wall = isWalled
        ? 'tenants are kept apart by the database too'
        : 'the role is above it, so tenants are kept apart by Reverie alone';
      return [
        { name: 'postgres', ok: true, detail: `version ${version}` },
        {
          name: 'schema',
          ok: schema <= schemaVersion,
          detail: `version ${schema} of ${schemaVersion}`,
        },
        { name: 'row-level security', ok: true, detail: wall },
      ];
    });
  } catch (error) {
    if (!MemoryError.isInstance(error)) throw error;
    return [{ name: 'postgres', ok: false, detail: `${error.code}: ${error.message}` }];
  } finally {
    await database?.close();
  }
}
