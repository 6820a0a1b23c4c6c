/** Makes the table, or looks whether the one that is there is ours. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CreateTableCommandInput, TableDescription } from '@aws-sdk/client-dynamodb';
import { MemoryError } from '../../domain/errors.ts';
import { checkSchema } from '../item-table/table-schema.ts';
import { faultName, toMemoryError } from './dynamo-errors.ts';
import type { DynamoTable } from './dynamo-table.ts';
import type { Sdk } from './load-sdk.ts';

/** Of a table that is being made; AWS takes some ten seconds. */
const madeWithinMs = 120_000;
const lookAgainMs = 250;
const setting = 'REVERIE_DYNAMODB_TABLE';

/** Throws setting_invalid for a table that is not ours, store_damaged for a newer release's. */
export async function openTable(sdk: Sdk, table: DynamoTable): Promise<void> {
  await readTable(async () => {
    const found = await describe(sdk, table);
    if (!found) await make(sdk, table);
    const made = await untilActive(sdk, table);
    checkKeys(made, table.name);
    await expireReceipts(sdk, table);
    await checkSchema(table, setting, () => hasItems(sdk, table));
  });
}

/** With the faults of AWS as ours. */
export async function readTable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw toMemoryError(error);
  }
}

export async function describe(
  { DescribeTableCommand }: Sdk,
  table: DynamoTable,
): Promise<TableDescription | undefined> {
  const command = new DescribeTableCommand({ TableName: table.name });
  try {
    return (await table.ask((client, options) => client.send(command, options))).Table;
  } catch (error) {
    if (faultName(error) === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** Paid by request: nothing has to be planned, and nothing is paid for a table that rests. */
async function make(sdk: Sdk, table: DynamoTable): Promise<void> {
  const input: CreateTableCommandInput = {
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  };
  try {
    await table.ask((client, options) => client.send(new sdk.CreateTableCommand(input), options));
  } catch (error) {
    // Another server makes it at this moment.
    if (faultName(error) !== 'ResourceInUseException') throw error;
  }
}

async function untilActive(sdk: Sdk, table: DynamoTable): Promise<TableDescription> {
  const endsAt = performance.now() + madeWithinMs;
  for (;;) {
    const found = await describe(sdk, table);
    if (found?.TableStatus === 'ACTIVE' || found?.TableStatus === 'UPDATING') return found;
    if (performance.now() > endsAt) throw refused(`the table ${table.name} is not made in time`);
    await sleep(lookAgainMs);
  }
}

export function checkKeys(
  { KeySchema = [], AttributeDefinitions = [] }: TableDescription,
  name: string,
) {
  const isOurs = ['pk', 'sk'].every((key, i) => {
    const type = AttributeDefinitions.find((each) => each.AttributeName === key)?.AttributeType;
    return KeySchema[i]?.AttributeName === key && type === 'S';
  });
  if (!isOurs) {
    throw refused(
      `the table ${name} has other keys than "pk" and "sk". Name one that does not exist, ` +
        'and it is made',
    );
  }
}

/** DynamoDB deletes them some time after; until then they are left out by their own time. */
async function expireReceipts(sdk: Sdk, table: DynamoTable): Promise<void> {
  const place = { TableName: table.name };
  const asking = new sdk.DescribeTimeToLiveCommand(place);
  const { TimeToLiveDescription: found } = await table.ask((client, options) =>
    client.send(asking, options),
  );
  if (found?.TimeToLiveStatus === 'ENABLED' || found?.TimeToLiveStatus === 'ENABLING') return;
  const TimeToLiveSpecification = { AttributeName: 'ttl', Enabled: true };
  try {
    const command = new sdk.UpdateTimeToLiveCommand({ ...place, TimeToLiveSpecification });
    await table.ask((client, options) => client.send(command, options));
  } catch (error) {
    // Two servers that start together; the other one has just done it.
    if (faultName(error) !== 'ValidationException') throw error;
  }
}

async function hasItems(sdk: Sdk, table: DynamoTable): Promise<boolean> {
  const looking = new sdk.ScanCommand({ TableName: table.name, Limit: 1 });
  const { Count: items = 0 } = await table.ask((client, options) => client.send(looking, options));
  return items > 0;
}

function refused(reason: string): MemoryError {
  const details = { setting };
  return new MemoryError('setting_invalid', `${setting}: ${reason}.`, { details });
}
