/** What a PostgreSQL server is, before anything is kept there. */
import type { PoolClient } from 'pg';
import { MemoryError } from '../../domain/errors.ts';

/** 14 is the oldest that its makers still kept when this was written. */
const oldestVersion = 14;

export interface ServerFacts {
  /** As PostgreSQL writes it: 15.18. */
  readonly version: string;
  /** True where a commit does not wait for the disk. */
  readonly isLazy: boolean;
  /** False where the role is above row-level security. */
  readonly isWalled: boolean;
}

/** Throws setting_invalid for a server that cannot hold a store. */
export async function inspectServer(
  client: PoolClient,
  setting = 'REVERIE_POSTGRES_URL',
): Promise<ServerFacts> {
  const { rows } = await client.query<{
    version: number;
    encoding: string;
    lazy: boolean;
    above: boolean;
    name: string;
  }>(`SELECT current_setting('server_version_num')::int AS version,
    current_setting('server_encoding') AS encoding,
    current_setting('synchronous_commit') = 'off' AS lazy,
    (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS above,
    current_setting('server_version') AS name`);
  const { version = 0, encoding = '', lazy = false, above = false, name = '' } = rows[0] ?? {};
  const major = Math.floor(version / 10_000);
  if (major < oldestVersion) throw refused(setting, `PostgreSQL ${major} is too old; 14 is needed`);
  if (encoding !== 'UTF8')
    throw refused(setting, `the database has ${encoding}; make one with UTF8`);
  return { version: name.split(' ')[0] ?? name, isLazy: lazy, isWalled: !above };
}

function refused(setting: string, reason: string): MemoryError {
  return new MemoryError('setting_invalid', `${setting}: ${reason}.`, { details: { setting } });
}
