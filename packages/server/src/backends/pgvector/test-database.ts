/** An empty database with the extension for a test, of a plain role. */
import { makeTestDatabase, type TestDatabase } from '../postgres/test-database.ts';

/** Why there is no PostgreSQL with pgvector to test against; undefined where there is one. */
export const missing: string | undefined = process.env.REVERIE_TEST_PGVECTOR
  ? undefined
  : (process.env.REVERIE_TEST_PGVECTOR_MISSING ?? 'run it with: npm run test:backends');

export async function makeVectorDatabase(
  server = process.env.REVERIE_TEST_PGVECTOR,
): Promise<TestDatabase> {
  const database = await makeTestDatabase(server);
  await database.ask('CREATE EXTENSION vector', 'superuser');
  return database;
}
