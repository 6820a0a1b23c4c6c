/** Makes the collection, or looks whether the one that is there is ours. */
import type { Document } from 'mongodb';
import { MemoryError } from '../../domain/errors.ts';
import { checkSchema } from '../item-table/table-schema.ts';
import { ttlField } from './documents.ts';
import { noTransactions, notInitiated } from './mongo-errors.ts';
import { collectionName, type MongoTable } from './mongo-table.ts';

const setting = 'REVERIE_MONGODB_DATABASE';
/** NamespaceExists: another server has just made it. */
const thereCode = 48;

/**
 * Throws setting_invalid for a server without transactions and for a collection that is not ours,
 * store_damaged for a newer release's.
 */
export async function openCollection(table: MongoTable, database: string): Promise<void> {
  await describeServer(table);
  if (!(await describeCollection(table, database))) await make(table, database);
  await expireReceipts(table, database);
  await checkSchema(table, setting, async () => (await table.sample()) !== undefined);
}

/** What it is, in words. Throws setting_invalid for one without transactions. */
export async function describeServer(table: MongoTable): Promise<string> {
  const [hello, build] = await table.ask(async (client) => {
    const admin = client.db('admin');
    return [await admin.command({ hello: 1 }), await admin.command({ buildInfo: 1 })];
  });
  const version = `MongoDB ${String(build?.version)}`;
  if (typeof hello?.setName === 'string') return `${version}, replica set ${hello.setName}`;
  // Of mongos, and of systems that stand for one.
  if (hello?.msg === 'isdbgrid') return `${version}, behind a router`;
  const { code, message } = hello?.isreplicaset === true ? notInitiated : noTransactions;
  throw new MemoryError(code, message, { details: { setting: 'REVERIE_MONGODB_URL' } });
}

/** False where there is none yet. */
export async function describeCollection(table: MongoTable, database: string): Promise<boolean> {
  const [found] = await table.ask((client) =>
    client.db(database).listCollections({ name: collectionName }).toArray(),
  );
  if (!found) return false;
  const { type = 'collection', options = {} }: Document = found;
  // Keys have to be in the order of their bytes.
  if (type !== 'collection' || options.capped === true || isCollated(options.collation)) {
    const message =
      `${setting}: the ${table.label} is capped, has a collation, or is a view. Name a database ` +
      'without it, and it is made.';
    throw new MemoryError('setting_invalid', message, { details: { setting } });
  }
  return true;
}

const isCollated = (collation: Document | undefined): boolean =>
  collation !== undefined && collation.locale !== 'simple';

async function make(table: MongoTable, database: string): Promise<void> {
  await table.ask(async (client) => {
    try {
      await client.db(database).createCollection(collectionName);
    } catch (error) {
      const isThere = error instanceof Error && 'code' in error && error.code === thereCode;
      if (!isThere) throw error;
    }
  });
}

/** MongoDB deletes them within a minute or so; they are left out by their own time before. */
async function expireReceipts(table: MongoTable, database: string): Promise<void> {
  await table.ask(async (client) => {
    const items = client.db(database).collection(collectionName);
    const known = await items.indexes();
    if (known.some(({ key }) => key[ttlField] === 1)) return;
    await items.createIndex({ [ttlField]: 1 }, { expireAfterSeconds: 0, sparse: true });
  });
}
