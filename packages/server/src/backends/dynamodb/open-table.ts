/** Makes the table, or looks whether the one that is there is ours. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CreateTableCommandInput, TableDescription } from '@aws-sdk/client-dynamodb';
import { MemoryError } from '../../domain/errors.ts';
import { faultName, toMemoryError } from './dynamo-errors.ts';
import { encodeItem, numberOrNull } from './items.ts';
import { schemaKey } from './keys.ts';
import type { Sdk } from './load-sdk.ts';
import type { Table } from './table.ts';

/** How items are laid out; a release that changes it raises this. */
export const schemaVersion = 1;

/** Of a table that is being made; AWS takes some ten seconds. */
const madeWithinMs = 120_000;
const lookAgainMs = 250;
const setting = 'REVERIE_DYNAMODB_TABLE';

/** Throws setting_invalid for a table that is not ours, store_damaged for a newer release's. */
export async function openTable(sdk: Sdk, table: Table): Promise<void> {
  await readTable(async () => {
    const found = await describe(sdk, table);
    if (!found) await make(sdk, table);
    const made = await untilActive(sdk, table);
    checkKeys(made, table.name);
    await expireReceipts(sdk, table);
    await checkSchema(sdk, table);
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
  table: Table,
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
async function make(sdk: Sdk, table: Table): Promise<void> {
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

async function untilActive(sdk: Sdk, table: Table): Promise<TableDescription> {
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
async function expireReceipts(sdk: Sdk, table: Table): Promise<void> {
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

async function checkSchema(sdk: Sdk, table: Table): Promise<void> {
  const found = await table.get(schemaKey);
  const version = found && numberOrNull(found, 'v');
  if (version === undefined || version === null) {
    const looking = new sdk.ScanCommand({ TableName: table.name, Limit: 1 });
    const { Count: items = 0 } = await table.ask((client, options) =>
      client.send(looking, options),
    );
    const isNew = { holds: 'attribute_not_exists(pk)' };
    // Another server may have begun at the same moment.
    if (items > 0 && !(await table.get(schemaKey))) {
      throw refused(`the table ${table.name} has items that Reverie did not write`);
    }
    await table.put(encodeItem(schemaKey, { v: schemaVersion }), isNew);
    return;
  }
  if (version > schemaVersion) {
    const message =
      `The table ${table.name} has schema ${version}; this release knows ${schemaVersion}. ` +
      'Run the release that made it, or a newer one.';
    throw new MemoryError('store_damaged', message);
  }
}

function refused(reason: string): MemoryError {
  const details = { setting };
  return new MemoryError('setting_invalid', `${setting}: ${reason}.`, { details });
}
