import { describe } from 'vitest';
import { runAgreement } from '../contract/agreement-rules.ts';
import { runControlContract } from '../contract/control-contract.ts';
import type { Backend } from '../contract/fixtures.ts';
import { runRecordsContract } from '../contract/records-contract.ts';
import { openEphemeralStore } from '../ephemeral/ephemeral-store.ts';
import { openPostgresStore } from './postgres-store.ts';
import { makeTestDatabase, missing } from './test-database.ts';

const backend: Backend = {
  name: 'postgres',
  open: async (clock) => {
    const database = await makeTestDatabase();
    const { url } = database;
    const store = await openPostgresStore({ url, clock, poolMax: 10, timeoutMs: 30_000 });
    const close = async (): Promise<void> => {
      await store.close();
      await database.remove();
    };
    return { ...store, close };
  },
};

const reference: Backend = {
  name: 'ephemeral',
  open: async (clock) => ({ ...openEphemeralStore({ clock }), close: async () => {} }),
};

// The reason is in the title.
describe.skipIf(missing)(`PostgreSQL${missing ? ` (${missing})` : ''}`, () => {
  runRecordsContract(backend);
  runControlContract(backend);
  runAgreement(backend, reference, Number(process.env.REVERIE_TEST_RUNS ?? 60));
});
