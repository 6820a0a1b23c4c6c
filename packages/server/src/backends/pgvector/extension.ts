/** Whether PostgreSQL has pgvector, in a version that does. */
import type { PoolClient } from 'pg';
import { MemoryError } from '../../domain/errors.ts';
import { sqlState } from '../postgres/postgres-errors.ts';

/** The first that goes on searching where an index gave too few (hnsw.iterative_scan). */
const oldest = { major: 0, minor: 8 };

/** What pg_available_extensions and pg_extension say. */
interface Found {
  /** Undefined where the database does not have it. */
  readonly installed: string | null;
  readonly schema: string | null;
  /** Undefined where the server has no files of it. */
  readonly available: string | null;
}

const foundSql = `SELECT
  (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS installed,
  (SELECT nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
    WHERE extname = 'vector') AS schema,
  (SELECT default_version FROM pg_available_extensions WHERE name = 'vector') AS available`;

/**
 * The schema that the extension lives in; it is made where that is allowed. Throws setting_invalid,
 * with what to do and who may, where there is none or an old one.
 */
export async function extensionSchema(client: PoolClient, setting: string): Promise<string> {
  const refuse = (reason: string): MemoryError =>
    new MemoryError('setting_invalid', `${setting}: ${reason}`, { details: { setting } });
  let found = await look(client);
  if (found.installed === null) {
    if (found.available === null) {
      throw refuse(
        'the server does not have the extension vector. Install pgvector 0.8 or newer on the ' +
          'machine of PostgreSQL (Debian: postgresql-<version>-pgvector), then as a superuser: ' +
          'CREATE EXTENSION vector;',
      );
    }
    try {
      await client.query('CREATE EXTENSION IF NOT EXISTS vector');
    } catch (error) {
      // Two that start together: one of them makes it.
      if (sqlState(error) === '42501') {
        throw refuse(
          'the database does not have the extension vector, and the role may not make it. As a ' +
            'superuser, in this database: CREATE EXTENSION vector;',
        );
      }
      if (sqlState(error) !== '23505' && sqlState(error) !== '42710') throw error;
    }
    found = await look(client);
  }
  const { installed, available, schema } = found;
  if (!isNewEnough(installed)) {
    const update = isNewEnough(available)
      ? 'As its owner: ALTER EXTENSION vector UPDATE;'
      : 'Install a newer pgvector on the machine of PostgreSQL.';
    throw refuse(
      `the extension vector is of version ${installed}; ${oldest.major}.${oldest.minor} is ` +
        `needed. ${update}`,
    );
  }
  return schema ?? 'public';
}

async function look(client: PoolClient): Promise<Found> {
  const { rows } = await client.query<Found & Record<string, unknown>>(foundSql);
  return rows[0] ?? { installed: null, schema: null, available: null };
}

function isNewEnough(version: string | null): boolean {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
}
