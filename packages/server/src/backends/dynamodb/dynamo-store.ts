/** A store in DynamoDB: any number of processes may have it open at one time. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';
import { type ItemStore, openItemStore } from '../item-table/item-store.ts';
import { DynamoTable, type TableOptions } from './dynamo-table.ts';
import { loadSdk, type Sdk } from './load-sdk.ts';
import { openTable } from './open-table.ts';

export interface DynamoOptions extends TableOptions {
  /** Another address than that of the region: DynamoDB Local, or a private one. */
  readonly endpoint?: string | undefined;
}

export interface DynamoStoreOptions extends DynamoOptions {
  readonly clock: Clock;
}

const connectTimeoutMs = 3_000;
const connectionsMax = 128;

/** Region and credentials come from where every program of AWS looks for them. */
export function makeClient(sdk: Sdk, { endpoint, timeoutMs }: DynamoOptions): DynamoDBClient {
  return new sdk.DynamoDBClient({
    ...(endpoint !== undefined && { endpoint }),
    // DynamoTable repeats what is to be repeated, within one limit of time.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: timeoutMs,
      httpAgent: { maxSockets: connectionsMax },
      httpsAgent: { maxSockets: connectionsMax },
    },
  });
}

/**
 * Opens a table, which is made where there is none. Throws setting_invalid (credentials, region,
 * rights or table are wrong, with what to do), store_damaged (a newer release made it) and
 * store_unavailable.
 */
export async function openDynamoStore(options: DynamoStoreOptions): Promise<ItemStore> {
  const sdk = await loadSdk();
  const table = new DynamoTable(sdk, makeClient(sdk, options), options);
  try {
    await openTable(sdk, table);
    return await openItemStore('dynamodb', table, options.clock);
  } catch (error) {
    await table.close();
    throw error;
  }
}
