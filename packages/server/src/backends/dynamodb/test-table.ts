/** A table of its own for a test, in the DynamoDB that DYNAMODB_URL names. */
import type { Clock } from '../../ports/clock.ts';
import { type DynamoStore, makeClient, openDynamoStore } from './dynamo-store.ts';
import { loadSdk } from './load-sdk.ts';

/** Why there is no DynamoDB to test against; undefined where there is one. */
export const missing: string | undefined = process.env.DYNAMODB_URL
  ? undefined
  : (process.env.DYNAMODB_MISSING ?? 'run it with: npm run test:backends');

export interface TestTable {
  readonly name: string;
  readonly endpoint: string;
  open(clock: Clock, timeoutMs?: number): Promise<DynamoStore>;
  remove(): Promise<void>;
}

let tables = 0;

export function makeTestTable(endpoint = process.env.DYNAMODB_URL ?? ''): TestTable {
  // DynamoDB Local takes any of letters and digits.
  process.env.AWS_REGION ??= 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID ??= 'test';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'test';
  const name = `reverie-test-${process.pid}-${++tables}-${Date.now()}`;
  return {
    name,
    endpoint,
    open: (clock, timeoutMs = 30_000) =>
      openDynamoStore({ table: name, endpoint, timeoutMs, clock }),
    remove: async () => {
      const sdk = await loadSdk();
      const client = makeClient(sdk, { table: name, endpoint, timeoutMs: 30_000 });
      await client.send(new sdk.DeleteTableCommand({ TableName: name }));
      client.destroy();
    },
  };
}
