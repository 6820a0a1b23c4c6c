/** Moves a store in DynamoDB, out and in. */
import { MemoryError } from '../../domain/errors.ts';
import type { StoreTransfer } from '../../ports/transfer.ts';
import { keyOf } from '../item-table/items.ts';
import { readSchema } from '../item-table/table-schema.ts';
import { openItemTransfer } from '../item-table/transfer.ts';
import type { Signs } from '../item-table/transfer-hold.ts';
import type { KeyScan } from '../item-table/transfer-receipts.ts';
import { fromAttributes, keyAttributes, toAttributes } from './attribute-values.ts';
import { type DynamoOptions, makeClient } from './dynamo-store.ts';
import { DynamoTable } from './dynamo-table.ts';
import { loadSdk, type Sdk } from './load-sdk.ts';
import { describe, openTable, readTable } from './open-table.ts';

export interface DynamoTransferOptions extends DynamoOptions {
  readonly signs: Signs;
}

/** What a table that is still small holds back comes through after a while. */
const patienceMs = 120_000;
/** Items that one request looks at. A page has 1 MB at most; DynamoDB Local is slow without it. */
const scannedMax = 2_000;

/**
 * `role`: a source must be there, a target is made. Throws migration_refused where there is no
 * store, or a server works on it, and what DynamoDB says.
 */
export async function openDynamoTransfer(
  options: DynamoTransferOptions,
  role: 'source' | 'target',
): Promise<StoreTransfer> {
  const sdk = await loadSdk();
  const patient = { ...options, timeoutMs: Math.max(options.timeoutMs, patienceMs) };
  const table = new DynamoTable(sdk, makeClient(sdk, options), patient);
  try {
    if (role === 'source') await requireStore(sdk, table);
    await openTable(sdk, table);
    const { signs } = options;
    return await openItemTransfer(
      { name: 'dynamodb', table, scan: scanOf(sdk, table), signs },
      role,
    );
  } catch (error) {
    await table.close();
    throw error;
  }
}

async function requireStore(sdk: Sdk, table: DynamoTable): Promise<void> {
  const found = await readTable(() => describe(sdk, table));
  if (found && (await readSchema(table)) !== undefined) return;
  throw new MemoryError('migration_refused', `There is no store in the ${table.label}.`);
}

/** Reads the whole table, and pays for it. */
function scanOf(sdk: Sdk, table: DynamoTable): KeyScan {
  return ({ prefix, sk }, after) =>
    readTable(async () => {
      const command = new sdk.ScanCommand({
        TableName: table.name,
        ConsistentRead: true,
        Limit: scannedMax,
        FilterExpression: 'begins_with(pk, :prefix) AND sk = :sk',
        ExpressionAttributeValues: toAttributes({ ':prefix': prefix, ':sk': sk }),
        ProjectionExpression: 'pk, sk',
        ...(after && { ExclusiveStartKey: keyAttributes(after) }),
      });
      const answer = await table.ask((client, options) => client.send(command, options));
      const next = answer.LastEvaluatedKey;
      const keys = (answer.Items ?? []).map((item) => keyOf(fromAttributes(item)));
      return { keys, ...(next && { next: keyOf(fromAttributes(next)) }) };
    });
}
