/** Settings -> a store in DynamoDB, for a server or a migration, and what the doctor says of it. */
import { type DynamoCheck, inspectTable } from './backends/dynamodb/doctor.ts';
import { openDynamoStore } from './backends/dynamodb/dynamo-store.ts';
import { openDynamoTransfer } from './backends/dynamodb/dynamo-transfer.ts';
import type { ItemStore } from './backends/item-table/item-store.ts';
import type { Settings } from './config/settings.ts';
import { peerSilentMs, signsPrefix } from './peers/life-signs.ts';
import type { StoreTransfer } from './ports/transfer.ts';
import { systemClock } from './util/system-clock.ts';

export function openDynamo(settings: Settings): Promise<ItemStore> {
  return openDynamoStore({ ...optionsOf(settings), clock: systemClock });
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
