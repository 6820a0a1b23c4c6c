import { ephemeralPlaces } from '../ephemeral/ephemeral-place.ts';
import { runTransferRules } from '../item-table/proofs/transfer-rules.ts';
import { openMongoTransfer } from './mongo-transfer.ts';
import { makeTestCollection, missing } from './test-collection.ts';

runTransferRules({
  name: 'mongodb',
  missing,
  makeTable: makeTestCollection,
  other: ephemeralPlaces,
  openTransfer: ({ name: database, endpoint: url }, role, signs) =>
    openMongoTransfer({ url, database, timeoutMs: 30_000, signs }, role),
});
