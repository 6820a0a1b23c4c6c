/**
 * The real product in this process: over the store in memory unless a folder is given, or over an
 * empty database of PostgreSQL, table of DynamoDB or collection of MongoDB, where
 * REVERIE_TEST_RECORDS says so.
 */
import {
  makeTestTable,
  missing as missingTable,
} from '../../packages/server/src/backends/dynamodb/test-table.ts';
import type { TestTable } from '../../packages/server/src/backends/item-table/proofs/test-table.ts';
import {
  makeTestCollection,
  missing as missingCollection,
} from '../../packages/server/src/backends/mongodb/test-collection.ts';
import {
  makeTestDatabase,
  missing,
} from '../../packages/server/src/backends/postgres/test-database.ts';
import { openApp, type RunningApp } from '../../packages/server/src/compose.ts';
import type { Models } from '../../packages/server/src/compose-models.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import type { Strategy } from '../../packages/server/src/engine/dream/strategy.ts';
import { rootKey } from './scenario.ts';

/** `models`, `strategies`: instead of those that the settings name, and of the product's. */
export function openTestApp(
  env: Record<string, string> = {},
  options: { models?: Models; strategies?: readonly Strategy[] } = {},
): Promise<RunningApp> {
  const isInFolder = 'REVERIE_DATA_DIR' in env;
  if (!isInFolder && process.env.REVERIE_TEST_RECORDS === 'postgres') {
    return openOnPostgres(env, options);
  }
  if (!isInFolder && process.env.REVERIE_TEST_RECORDS === 'dynamodb') {
    return openOnTable(missingTable, makeTestTable, env, options);
  }
  if (!isInFolder && process.env.REVERIE_TEST_RECORDS === 'mongodb') {
    return openOnTable(missingCollection, makeTestCollection, env, options);
  }
  return openOn({ REVERIE_RECORDS: isInFolder ? 'sqlite' : 'ephemeral', ...env }, options);
}

async function openOnPostgres(
  env: Record<string, string>,
  options: { models?: Models },
): Promise<RunningApp> {
  if (missing !== undefined) throw new Error(missing);
  const database = await makeTestDatabase();
  const url = { REVERIE_RECORDS: 'postgres', REVERIE_POSTGRES_URL: database.url };
  const app = await openOn({ ...url, ...env }, options);
  const close = async (): Promise<void> => {
    await app.close();
    await database.remove();
  };
  return { ...app, close };
}

async function openOnTable(
  why: string | undefined,
  make: () => TestTable,
  env: Record<string, string>,
  options: { models?: Models },
): Promise<RunningApp> {
  if (why !== undefined) throw new Error(why);
  const table = make();
  const app = await openOn({ ...table.settings, ...env }, options);
  const close = async (): Promise<void> => {
    await app.close();
    await table.remove();
  };
  return { ...app, close };
}

function openOn(env: Record<string, string>, options: { models?: Models }): Promise<RunningApp> {
  const common = { REVERIE_ROOT_KEY: rootKey, REVERIE_LOG_LEVEL: 'silent' };
  return openApp(loadSettings({ ...common, ...env }), options);
}
