import { openEphemeralStore } from '../ephemeral/ephemeral-store.ts';
import { runStoreRules, type StoreSystem } from '../item-table/proofs/store-rules.ts';
import { runTableRules } from '../item-table/proofs/table-rules.ts';
import { makeTestTable, missing } from './test-table.ts';

const system: StoreSystem = {
  name: 'dynamodb',
  missing,
  makeTable: makeTestTable,
  reference: (clock) => openEphemeralStore({ clock }),
};

runTableRules(system);
runStoreRules(system);
