/** A collection of its own for a test, in the MongoDB that MONGODB_URL names. */
import type { MongoClient } from 'mongodb';
import type { TransactionLimits } from '../item-table/item-table.ts';
import type { TestTable } from '../item-table/proofs/test-table.ts';
import { loadDriver } from './load-driver.ts';
import { makeClient, openMongoStore } from './mongo-store.ts';
import { collectionName, MongoTable } from './mongo-table.ts';

/** Why there is no MongoDB to test against; undefined where there is one. */
export const missing: string | undefined = process.env.MONGODB_URL
  ? undefined
  : 'set MONGODB_URL, and run it with: npm run test:backends';

let databases = 0;

/** As small as those of DynamoDB, so that journals are written too. */
export const smallLimits: TransactionLimits = { writes: 100, bytes: 3.5 * 1024 * 1024 };

/** `name`: of a database that is there. */
export function makeTestCollection(
  endpoint = process.env.MONGODB_URL ?? '',
  name = `reverie-test-${process.pid}-${++databases}-${Date.now()}`,
  limits?: TransactionLimits,
): TestTable {
  const place = { url: endpoint, database: name, ...(limits && { limits }) };
  return {
    name,
    endpoint,
    settings: {
      REVERIE_RECORDS: 'mongodb',
      REVERIE_MONGODB_URL: endpoint,
      REVERIE_MONGODB_DATABASE: name,
    },
    open: (clock, timeoutMs = 30_000) => openMongoStore({ ...place, timeoutMs, clock }),
    openTable: async () => {
      const options = { ...place, timeoutMs: 30_000 };
      const driver = await loadDriver();
      return new MongoTable(() => makeClient(driver, options), options);
    },
    items: () =>
      withClient(async (client) => {
        const documents = await client.db(name).collection(collectionName).find().toArray();
        return documents.map(({ _id: id, ...rest }) => {
          const texts = Object.values(rest).filter((value) => typeof value === 'string');
          return { pk: String(id).split('\n')[0] ?? '', texts };
        });
      }),
    remove: () =>
      withClient(async (client) => {
        await client.db(name).dropDatabase();
      }),
  };

  async function withClient<Result>(work: (client: MongoClient) => Promise<Result>) {
    const client = makeClient(await loadDriver(), { ...place, timeoutMs: 30_000 });
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  }
}
