/** An empty database for a test, of a plain role that row-level security holds. */
import { loadPg } from './load-pg.ts';

export interface TestDatabase {
  readonly url: string;
  /** One statement, as the role or as the superuser. */
  ask(sql: string, as?: 'role' | 'superuser'): Promise<Record<string, unknown>[]>;
  remove(): Promise<void>;
}

/** Why there is no PostgreSQL to test against; undefined where there is one. */
export const missing: string | undefined = process.env.REVERIE_TEST_POSTGRES
  ? undefined
  : (process.env.REVERIE_TEST_POSTGRES_MISSING ?? 'run it with: npm run test:backends');

let databases = 0;

/** `server`: the address of its superuser. */
export async function makeTestDatabase(
  server = process.env.REVERIE_TEST_POSTGRES ?? '',
): Promise<TestDatabase> {
  const name = `reverie_test_${process.pid}_${++databases}_${Date.now()}`;
  const url = new URL(server);
  url.username = name;
  url.password = 'test';
  url.pathname = `/${name}`;
  await ask(server, `CREATE ROLE ${name} LOGIN PASSWORD 'test'`);
  await ask(server, `CREATE DATABASE ${name} OWNER ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const inside = new URL(server);
  inside.pathname = `/${name}`;
  return {
    url: url.href,
    ask: (sql, as = 'role') => ask(as === 'role' ? url.href : inside.href, sql),
    remove: async () => {
      await ask(server, `DROP DATABASE ${name} WITH (FORCE)`);
      await ask(server, `DROP ROLE ${name}`);
    },
  };
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const { Client } = await loadPg();
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
