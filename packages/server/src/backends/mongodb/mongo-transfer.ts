/** Moves a store in MongoDB, out and in. */
import type { Document } from 'mongodb';
import { MemoryError } from '../../domain/errors.ts';
import type { StoreTransfer } from '../../ports/transfer.ts';
import { keyOf } from '../item-table/items.ts';
import { readSchema } from '../item-table/table-schema.ts';
import { openItemTransfer } from '../item-table/transfer.ts';
import type { Signs } from '../item-table/transfer-hold.ts';
import type { KeyScan } from '../item-table/transfer-receipts.ts';
import { idOf, toItem } from './documents.ts';
import { loadDriver } from './load-driver.ts';
import { type MongoOptions, makeClient } from './mongo-store.ts';
import { collectionName, MongoTable } from './mongo-table.ts';
import { describeCollection, openCollection } from './open-collection.ts';

export interface MongoTransferOptions extends MongoOptions {
  readonly signs: Signs;
}

/** Keys of one answer. */
const scannedMax = 1_000;

/**
 * `role`: a source must be there, a target is made. Throws migration_refused where there is no
 * store, or a server works on it, and what MongoDB says.
 */
export async function openMongoTransfer(
  options: MongoTransferOptions,
  role: 'source' | 'target',
): Promise<StoreTransfer> {
  const driver = await loadDriver();
  const { database, signs } = options;
  const table = new MongoTable(() => makeClient(driver, options), options);
  try {
    if (role === 'source') await requireStore(table, database);
    await openCollection(table, database);
    const parts = { name: 'mongodb', table, scan: scanOf(table, database), signs };
    return await openItemTransfer(parts, role);
  } catch (error) {
    await table.close();
    throw error;
  }
}

async function requireStore(table: MongoTable, database: string): Promise<void> {
  const isThere = await describeCollection(table, database);
  if (isThere && (await readSchema(table)) !== undefined) return;
  throw new MemoryError('migration_refused', `There is no store in the ${table.label}.`);
}

/** Along the index of ids: the texts of their partitions and sort keys. */
function scanOf(table: MongoTable, database: string): KeyScan {
  return ({ prefix, sk }, after) =>
    table.ask(async (client) => {
      const items = client.db(database).collection<Document & { _id: string }>(collectionName);
      const from = after ? { $gt: idOf(after) } : { $gte: prefix };
      const pattern = new RegExp(`^${prefix}[^\\n]*\\n${sk}$`);
      const found = await items
        .find({ $and: [{ _id: from }, { _id: pattern }] }, { projection: { _id: 1 } })
        .sort({ _id: 1 })
        .limit(scannedMax)
        .toArray();
      const keys = found.map(({ _id }) => keyOf(toItem({ _id })));
      const next = keys.length < scannedMax ? undefined : keys.at(-1);
      return { keys, ...(next && { next }) };
    });
}
