import { openEphemeralStore } from '../ephemeral/ephemeral-store.ts';
import { runStoreRules, type StoreSystem } from '../item-table/proofs/store-rules.ts';
import { runTableRules } from '../item-table/proofs/table-rules.ts';
import { makeTestCollection, missing } from './test-collection.ts';

const system: StoreSystem = {
  name: 'mongodb',
  missing,
  makeTable: makeTestCollection,
  reference: (clock) => openEphemeralStore({ clock }),
};

runTableRules(system);
runStoreRules(system);
