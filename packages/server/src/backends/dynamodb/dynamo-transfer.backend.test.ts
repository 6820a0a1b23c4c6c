import { expect, test } from 'vitest';
import { ephemeralPlaces } from '../ephemeral/ephemeral-place.ts';
import { runTransferRules } from '../item-table/proofs/transfer-rules.ts';
import { openDynamoTransfer } from './dynamo-transfer.ts';
import { makeTestTable, missing } from './test-table.ts';

const timeoutMs = 30_000;

runTransferRules({
  name: 'dynamodb',
  missing,
  makeTable: makeTestTable,
  other: ephemeralPlaces,
  openTransfer: ({ name: table, endpoint }, role, signs) =>
    openDynamoTransfer({ table, endpoint, timeoutMs, signs }, role),
});

test.skipIf(missing)('a table that is not there is no source, and is not made', async () => {
  const { name: table, endpoint } = makeTestTable();
  const options = { table, endpoint, timeoutMs, signs: { prefix: 'peers/', silentMs: 1 } };
  const refused = {
    code: 'migration_refused',
    message: `There is no store in the table ${table}.`,
  };
  await expect(openDynamoTransfer(options, 'source')).rejects.toMatchObject(refused);
  await expect(openDynamoTransfer(options, 'source')).rejects.toMatchObject(refused);
});
