/** Settings -> a store in DynamoDB, and what the doctor says of it. */
import { type DynamoCheck, inspectTable } from './backends/dynamodb/doctor.ts';
import { openDynamoStore } from './backends/dynamodb/dynamo-store.ts';
import type { ItemStore } from './backends/item-table/item-store.ts';
import type { Settings } from './config/settings.ts';
import { systemClock } from './util/system-clock.ts';

export function openDynamo(settings: Settings): Promise<ItemStore> {
  return openDynamoStore({ ...optionsOf(settings), clock: systemClock });
}

export function inspectDynamo(settings: Settings): Promise<DynamoCheck[]> {
  return inspectTable(optionsOf(settings));
}

function optionsOf({ dynamodbTable, dynamodbEndpoint, dynamodbTimeoutMs }: Settings) {
  return { table: dynamodbTable, endpoint: dynamodbEndpoint, timeoutMs: dynamodbTimeoutMs };
}
