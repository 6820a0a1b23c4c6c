/** Settings -> a store in MongoDB, for a server or a migration, and what the doctor says of it. */
import type { ItemStore } from './backends/item-table/item-store.ts';
import { inspectCollection, type MongoCheck } from './backends/mongodb/doctor.ts';
import { type MongoOptions, openMongoStore } from './backends/mongodb/mongo-store.ts';
import { openMongoTransfer } from './backends/mongodb/mongo-transfer.ts';
import type { Store } from './compose-store.ts';
import type { Settings } from './config/settings.ts';
import { peerSilentMs, signsPrefix } from './peers/life-signs.ts';
import type { Clock } from './ports/clock.ts';
import type { StoreTransfer } from './ports/transfer.ts';
import { systemClock } from './util/system-clock.ts';

export async function openMongo(settings: Settings): Promise<Store> {
  const options = optionsOf(settings);
  const store = await openMongoStore({ ...options, clock: systemClock });
  return { ...store, share: () => options };
}

/** In another thread, which stands to the collection as one more server does. */
export function openSharedMongo(options: MongoOptions, clock: Clock): Promise<ItemStore> {
  return openMongoStore({ ...options, clock });
}

export function openMongoPlace(
  settings: Settings,
  role: 'source' | 'target',
): Promise<StoreTransfer> {
  const signs = { prefix: signsPrefix, silentMs: peerSilentMs };
  return openMongoTransfer({ ...optionsOf(settings), signs }, role);
}

export function inspectMongo(settings: Settings): Promise<MongoCheck[]> {
  return inspectCollection(optionsOf(settings));
}

function optionsOf({ mongodbUrl, mongodbDatabase, mongodbTimeoutMs }: Settings) {
  return { url: mongodbUrl ?? '', database: mongodbDatabase, timeoutMs: mongodbTimeoutMs };
}
