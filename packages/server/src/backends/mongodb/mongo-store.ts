/** A store in MongoDB: any number of processes may have it open at one time. */
import type { MongoClient } from 'mongodb';
import { MemoryError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { type ItemStore, openItemStore } from '../item-table/item-store.ts';
import { type Driver, loadDriver } from './load-driver.ts';
import { MongoTable, type MongoTableOptions } from './mongo-table.ts';
import { openCollection } from './open-collection.ts';

export interface MongoOptions extends MongoTableOptions {
  /** As mongodb://name:password@host:27017, with any options of the driver. */
  readonly url: string;
}

export interface MongoStoreOptions extends MongoOptions {
  readonly clock: Clock;
}

const connectTimeoutMs = 10_000;

/** Throws setting_invalid for an address that cannot be read. */
export function makeClient({ MongoClient: Client }: Driver, options: MongoOptions): MongoClient {
  const { url, timeoutMs } = options;
  try {
    return new Client(url, {
      appName: 'reverie',
      // What the address says otherwise of these would take away what a store rests on.
      readPreference: 'primary',
      readConcern: { level: 'majority' },
      writeConcern: { w: 'majority', journal: true },
      retryReads: true,
      retryWrites: true,
      promoteBuffers: true,
      // A little less than all: it may then be told why none was found.
      serverSelectionTimeoutMS: Math.ceil(0.9 * timeoutMs),
      socketTimeoutMS: timeoutMs,
      waitQueueTimeoutMS: timeoutMs,
      connectTimeoutMS: Math.min(connectTimeoutMs, timeoutMs),
    });
  } catch (error) {
    throw unreadable(error);
  }
}

/**
 * Opens a collection, which is made where there is none. Throws setting_invalid (address, password,
 * rights, server or collection are wrong, with what to do), store_damaged (a newer release made it)
 * and store_unavailable.
 */
export async function openMongoStore(options: MongoStoreOptions): Promise<ItemStore> {
  const driver = await loadDriver();
  const table = new MongoTable(() => makeClient(driver, options), options);
  try {
    await openCollection(table, options.database);
    return await openItemStore('mongodb', table, options.clock);
  } catch (error) {
    await table.close();
    throw error;
  }
}

/** The driver's words, unless they could have the password in them. */
function unreadable(error: unknown): MemoryError {
  const setting = 'REVERIE_MONGODB_URL';
  const said = error instanceof Error && !/[@:/]/.test(error.message) ? ` (${error.message})` : '';
  const message =
    `${setting}: the address cannot be read${said}. It is like ` +
    'mongodb://name:password@host:27017, with name and password percent-encoded.';
  return new MemoryError('setting_invalid', message, { details: { setting } });
}
