/** Says which MongoDB the tests run on: the one of MONGODB_URL, since none is started here. */
import { writeFileSync } from 'node:fs';
import { MongoClient } from 'mongodb';

/** Vitest calls the one that is named `setup`. */
export async function setup(): Promise<void> {
  const file = process.env.REVERIE_TEST_SERVER_FILE;
  if (file && process.env.REVERIE_TEST_BACKEND === 'mongodb') writeFileSync(file, await server());
}

async function server(): Promise<string> {
  const url = process.env.MONGODB_URL;
  if (!url) return 'none: no MONGODB_URL';
  // Systems that speak for MongoDB give its version, not their own.
  if (process.env.MONGODB_NAME) return process.env.MONGODB_NAME;
  const client = new MongoClient(url);
  const { version } = await client.db('admin').command({ buildInfo: 1 });
  await client.close();
  return `MongoDB ${version}`;
}
