/** Settings -> a store in DynamoDB, for a server or a migration, and what the doctor says of it. */
import { type DynamoCheck, inspectTable } from './backends/dynamodb/doctor.ts';
import { type DynamoOptions, openDynamoStore } from './backends/dynamodb/dynamo-store.ts';
import { openDynamoTransfer } from './backends/dynamodb/dynamo-transfer.ts';
import type { ItemStore } from './backends/item-table/item-store.ts';
import type { Store } from './compose-store.ts';
import type { Settings } from './config/settings.ts';
import { peerSilentMs, signsPrefix } from './peers/life-signs.ts';
import type { Clock } from './ports/clock.ts';
import type { StoreTransfer } from './ports/transfer.ts';
import { systemClock } from './util/system-clock.ts';

export async function openDynamo(settings: Settings): Promise<Store> {
  const options = optionsOf(settings);
  const store = await openDynamoStore({ ...options, clock: systemClock });
  return { ...store, share: () => options };
}

/** In another thread, which stands to the table as one more server does. */
export function openSharedDynamo(options: DynamoOptions, clock: Clock): Promise<ItemStore> {
  return openDynamoStore({ ...options, clock });
}

export function openDynamoPlace(
  settings: Settings,
  role: 'source' | 'target',
): Promise<StoreTransfer> {
  const signs = { prefix: signsPrefix, silentMs: peerSilentMs };
  return openDynamoTransfer({ ...optionsOf(settings), signs }, role);
}

export function inspectDynamo(settings: Settings): Promise<DynamoCheck[]> {
  return inspectTable(optionsOf(settings));
}

function optionsOf({ dynamodbTable, dynamodbEndpoint, dynamodbTimeoutMs }: Settings) {
  return { table: dynamodbTable, endpoint: dynamodbEndpoint, timeoutMs: dynamodbTimeoutMs };
}
