/** A table of its own for a test, in the DynamoDB that DYNAMODB_URL names. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TestTable } from '../item-table/proofs/test-table.ts';
import { makeClient, openDynamoStore } from './dynamo-store.ts';
import { DynamoTable } from './dynamo-table.ts';
import { loadSdk, type Sdk } from './load-sdk.ts';

/** Why there is no DynamoDB to test against; undefined where there is one. */
export const missing: string | undefined = process.env.DYNAMODB_URL
  ? undefined
  : (process.env.DYNAMODB_MISSING ?? 'run it with: npm run test:backends');

export interface DynamoTestTable extends TestTable {
  /**
   * DynamoDB Local has a transaction on disk when the next plain write comes; AWS has it before it
   * answers. A test that ends Local writes this first.
   */
  settle(): Promise<void>;
}

/** DynamoDB Local takes any of letters and digits. */
const credentials = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

let tables = 0;

/** `name`: of one that is there. */
export function makeTestTable(
  endpoint = process.env.DYNAMODB_URL ?? '',
  name = `reverie-test-${process.pid}-${++tables}-${Date.now()}`,
): DynamoTestTable {
  for (const [variable, value] of Object.entries(credentials)) process.env[variable] ??= value;
  return {
    name,
    endpoint,
    settings: {
      ...credentials,
      REVERIE_RECORDS: 'dynamodb',
      REVERIE_DYNAMODB_TABLE: name,
      REVERIE_DYNAMODB_ENDPOINT: endpoint,
    },
    open: (clock, timeoutMs = 30_000) =>
      openDynamoStore({ table: name, endpoint, timeoutMs, clock }),
    openTable: async () => {
      const options = { table: name, endpoint, timeoutMs: 30_000 };
      const sdk = await loadSdk();
      return new DynamoTable(sdk, makeClient(sdk, options), options);
    },
    settle: () =>
      withClient(async (sdk, client) => {
        const Item = { pk: { S: 'test' }, sk: { S: 'settled' } };
        await client.send(new sdk.PutItemCommand({ TableName: name, Item }));
      }),
    items: () =>
      withClient(async (sdk, client) => {
        const pages = sdk.paginateScan({ client }, { TableName: name, ConsistentRead: true });
        const found: { pk: string; texts: string[] }[] = [];
        for await (const { Items: items = [] } of pages) {
          for (const { pk, ...rest } of items) {
            const texts = Object.values(rest).flatMap(({ S: text }) => text ?? []);
            found.push({ pk: pk?.S ?? '', texts });
          }
        }
        return found;
      }),
    remove: () =>
      withClient(async (sdk, client) => {
        await client.send(new sdk.DeleteTableCommand({ TableName: name }));
      }),
  };

  async function withClient<Result>(
    work: (sdk: Sdk, client: DynamoDBClient) => Promise<Result>,
  ): Promise<Result> {
    const sdk = await loadSdk();
    const client = makeClient(sdk, { table: name, endpoint, timeoutMs: 30_000 });
    try {
      return await work(sdk, client);
    } finally {
      client.destroy();
    }
  }
}
