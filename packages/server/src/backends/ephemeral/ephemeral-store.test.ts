import { runControlContract } from '../contract/control-contract.ts';
import type { Backend } from '../contract/fixtures.ts';
import { runRecordsContract } from '../contract/records-contract.ts';
import { openEphemeralStore } from './ephemeral-store.ts';

const backend: Backend = {
  name: 'ephemeral',
  open: async (clock) => ({ ...openEphemeralStore({ clock }), close: async () => {} }),
};

runRecordsContract(backend);
runControlContract(backend);
