/** Gives every test file one server of each kind: one that is named, or is started here. */
import { writeFileSync } from 'node:fs';
import { findDynamo, startDynamo, versionOfDynamo } from './dynamodb-server.ts';
import { ask, findPostgres, startPostgres } from './postgres-server.ts';
import { findRedis, startRedis, versionOfRedis } from './redis-server.ts';

/** Vitest calls the one that is named `setup`; what it returns is called at the end. */
export async function setup(): Promise<() => Promise<void>> {
  const ends = [await setUpPostgres(), await setUpRedis(), await setUpDynamo()];
  return async () => {
    for (const end of ends) await end?.();
  };
}

/** Where one backend is run alone, the servers of others are not started. */
const isAskedFor = (...backends: readonly string[]): boolean =>
  backends.includes(process.env.REVERIE_TEST_BACKEND ?? backends[0] ?? '');

async function setUpPostgres(): Promise<(() => Promise<void>) | undefined> {
  if (!isAskedFor('postgres', 'redis')) return undefined;
  const named = process.env.REVERIE_TEST_POSTGRES;
  if (named) {
    tell('postgres', await versionOf(named));
    return undefined;
  }
  const found = findPostgres();
  if ('reason' in found) {
    process.env.REVERIE_TEST_POSTGRES_MISSING = found.reason;
    tell('postgres', `none: ${found.reason}`);
    return undefined;
  }
  const server = await startPostgres(found);
  process.env.REVERIE_TEST_POSTGRES = server.url;
  tell('postgres', await versionOf(server.url));
  return () => server.stop();
}

async function setUpRedis(): Promise<(() => Promise<void>) | undefined> {
  if (!isAskedFor('redis')) return undefined;
  const named = process.env.REVERIE_TEST_REDIS;
  if (named) {
    tell('redis', await versionOfRedis(named));
    return undefined;
  }
  const found = findRedis();
  if ('reason' in found) {
    process.env.REVERIE_TEST_REDIS_MISSING = found.reason;
    tell('redis', `none: ${found.reason}`);
    return undefined;
  }
  const server = await startRedis(found.program);
  process.env.REVERIE_TEST_REDIS = server.url;
  tell('redis', await versionOfRedis(server.url));
  return () => server.stop();
}

/** Java takes seconds to start, and Maven has to fetch it first: only where it is asked for. */
async function setUpDynamo(): Promise<(() => Promise<void>) | undefined> {
  if (!isAskedFor('dynamodb')) return undefined;
  if (process.env.DYNAMODB_URL) {
    tell('dynamodb', 'the one of DYNAMODB_URL');
    return undefined;
  }
  const found = findDynamo();
  if ('reason' in found) {
    process.env.DYNAMODB_MISSING = found.reason;
    tell('dynamodb', `none: ${found.reason}`);
    return undefined;
  }
  const server = await startDynamo();
  process.env.DYNAMODB_URL = server.url;
  tell('dynamodb', versionOfDynamo() ?? 'DynamoDB Local');
  return () => server.stop();
}

async function versionOf(url: string): Promise<string> {
  const [row] = await ask(url, "SELECT current_setting('server_version') AS version");
  return `PostgreSQL ${String(row?.version).split(' ')[0]}`;
}

/** Whoever runs the tests may want to know what they ran against. */
function tell(backend: string, server: string): void {
  const file = process.env.REVERIE_TEST_SERVER_FILE;
  if (file && backend === process.env.REVERIE_TEST_BACKEND) writeFileSync(file, server);
}
