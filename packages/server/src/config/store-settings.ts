/** Where everything is kept: a part of the table of settings. */
import { join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { choice, define, integer, type Values } from './setting.ts';
import { settingInvalid } from './setting-invalid.ts';

export const storeSettings = {
  dataDir: define({
    env: 'REVERIE_DATA_DIR',
    schema: z.string().min(1),
    default: 'reverie-data',
    form: 'folder',
    doc: 'Where everything is kept; a relative path starts at the current folder.',
  }),
  erasures: define({
    env: 'REVERIE_ERASURES',
    schema: z.string().min(1),
    form: 'file',
    doc:
      'The list of what was forgotten, which restoring a backup reads; erasures.jsonl in the ' +
      'data folder when absent. On another disk it outlives the folder.',
  }),
  rootKey: define({
    env: 'REVERIE_ROOT_KEY',
    schema: z.string().regex(/^[\x21-\x7e]{24,512}$/, 'at least 24 visible characters are needed'),
    form: 'key',
    secret: true,
    doc: 'The root key. Without it the first start makes one and keeps it in the data folder.',
  }),
  records: define({
    env: 'REVERIE_RECORDS',
    schema: choice('sqlite', 'postgres', 'dynamodb', 'mongodb', 'ephemeral'),
    default: 'sqlite',
    form: 'sqlite|postgres|dynamodb|mongodb|ephemeral',
    doc:
      'Where memories live: in the data folder, in PostgreSQL (docs/guides/postgres.md), in ' +
      'DynamoDB (docs/guides/dynamodb.md), in MongoDB (docs/guides/mongodb.md), or in memory ' +
      'until the process ends.',
  }),
  postgresUrl: define({
    env: 'REVERIE_POSTGRES_URL',
    schema: z.string().regex(/^postgres(ql)?:\/\/\S+$/, 'an address like postgres:// is needed'),
    form: 'url',
    secret: true,
    doc: 'The database, as postgres://role:password@host:5432/database.',
  }),
  postgresPool: define({
    env: 'REVERIE_POSTGRES_POOL',
    schema: integer(1, 1_000),
    default: '10',
    form: 'number',
    doc: 'Connections to PostgreSQL at most; each search worker has up to four of its own.',
  }),
  postgresTimeoutMs: define({
    env: 'REVERIE_POSTGRES_TIMEOUT_MS',
    schema: integer(100, 600_000),
    default: '30000',
    form: 'number',
    doc: 'A statement that takes PostgreSQL longer is ended, in milliseconds.',
  }),
} as const;

type StoreValues = Values<typeof storeSettings>;

/** Absolute, from the folder of the start. Throws setting_invalid. */
export function storePaths(
  { dataDir: given, erasures }: Pick<StoreValues, 'dataDir' | 'erasures'>,
  cwd: string,
) {
  const dataDir = checkDataDir(resolve(cwd, given));
  return { dataDir, erasures: resolve(cwd, erasures ?? join(dataDir, 'erasures.jsonl')) };
}

/** A store inside a package cache would vanish with the next install. */
function checkDataDir(path: string): string {
  const parts = path.split(sep);
  if (!parts.includes('node_modules') && !parts.includes('_npx')) return path;
  const reason = `${path} is inside a package cache, which may vanish`;
  throw settingInvalid(storeSettings.dataDir.env, reason);
}

/** An address where it is needed, and only there. Throws setting_invalid. */
export function checkPostgres({
  records,
  postgresUrl,
}: Pick<StoreValues, 'records' | 'postgresUrl'>): void {
  const { env } = storeSettings.postgresUrl;
  if (records === 'postgres' && postgresUrl === undefined) {
    throw settingInvalid(env, 'a value is needed');
  }
  if (records !== 'postgres' && postgresUrl !== undefined) {
    throw settingInvalid(env, `${records} does not use it; set REVERIE_RECORDS=postgres too`);
  }
}
