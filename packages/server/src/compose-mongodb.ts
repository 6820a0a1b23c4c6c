/** Settings -> a store in MongoDB, and what the doctor says of it. */
import type { ItemStore } from './backends/item-table/item-store.ts';
import { inspectCollection, type MongoCheck } from './backends/mongodb/doctor.ts';
import { openMongoStore } from './backends/mongodb/mongo-store.ts';
import type { Settings } from './config/settings.ts';
import { systemClock } from './util/system-clock.ts';

export function openMongo(settings: Settings): Promise<ItemStore> {
  return openMongoStore({ ...optionsOf(settings), clock: systemClock });
}

export function inspectMongo(settings: Settings): Promise<MongoCheck[]> {
  return inspectCollection(optionsOf(settings));
}

function optionsOf({ mongodbUrl, mongodbDatabase, mongodbTimeoutMs }: Settings) {
  return { url: mongodbUrl ?? '', database: mongodbDatabase, timeoutMs: mongodbTimeoutMs };
}
