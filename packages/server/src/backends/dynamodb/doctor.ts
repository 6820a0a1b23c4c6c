/** Looks at a table in DynamoDB without changing it, whether servers run on it or not. */
import { MemoryError } from '../../domain/errors.ts';
import { readSchema, schemaVersion } from '../item-table/table-schema.ts';
import { type DynamoOptions, makeClient } from './dynamo-store.ts';
import { DynamoTable } from './dynamo-table.ts';
import { loadSdk } from './load-sdk.ts';
import { checkKeys, describe, readTable } from './open-table.ts';

export interface DynamoCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export async function inspectTable(options: DynamoOptions): Promise<DynamoCheck[]> {
  let table: DynamoTable | undefined;
  try {
    const sdk = await loadSdk();
    const opened = new DynamoTable(sdk, makeClient(sdk, options), options);
    table = opened;
    const found = await readTable(() => describe(sdk, opened));
    if (!found) {
      const detail = `there is no table ${options.table} yet; the first start makes it`;
      return [{ name: 'dynamodb', ok: true, detail }];
    }
    checkKeys(found, options.table);
    const version = (await readSchema(opened)) ?? 0;
    const size = `${found.ItemCount ?? 0} items, ${found.TableSizeBytes ?? 0} bytes`;
    const paid = found.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST';
    return [
      { name: 'dynamodb', ok: true, detail: `table ${options.table}: about ${size}` },
      {
        name: 'schema',
        ok: version <= schemaVersion,
        detail: `version ${version} of ${schemaVersion}`,
      },
      { name: 'capacity', ok: true, detail: paid ? 'paid by request' : 'provisioned' },
    ];
  } catch (error) {
    if (!MemoryError.isInstance(error)) throw error;
    return [{ name: 'dynamodb', ok: false, detail: `${error.code}: ${error.message}` }];
  } finally {
    await table?.close();
  }
}
