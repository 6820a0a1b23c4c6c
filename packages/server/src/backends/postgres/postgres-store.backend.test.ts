import { describe } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import { runAgreement } from '../contract/agreement-rules.ts';
import { runControlContract } from '../contract/control-contract.ts';
import type { Backend } from '../contract/fixtures.ts';
import { runRecordsContract } from '../contract/records-contract.ts';
import { openEphemeralStore } from '../ephemeral/ephemeral-store.ts';
import { openPostgresStore, openSharedPostgresStore } from './postgres-store.ts';
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

/** Every call goes by turns to a store, or to what another thread has of it. */
const twofold: Backend = {
  name: 'postgres, two threads',
  open: async (clock) => {
    const database = await makeTestDatabase();
    const options = { url: database.url, clock, poolMax: 10, timeoutMs: 30_000 };
    const one = await openPostgresStore(options);
    const two = await openSharedPostgresStore(one.share(), clock);
    const open = (tenant: TenantId) => byTurns(one.records.open(tenant), two.records.open(tenant));
    return {
      records: { ...one.records, open, vectors: byTurns(one.records.vectors, two.records.vectors) },
      control: byTurns(one.control, two.control),
      close: async () => {
        await one.close();
        await two.records.close();
        await database.remove();
      },
    };
  },
};

function byTurns<Port extends object>(one: Port, two: Port): Port {
  let calls = 0;
  return new Proxy(one, {
    get: (_, name) => {
      const chosen = ++calls % 2 === 0 ? one : two;
      const value: unknown = Reflect.get(chosen, name);
      return typeof value === 'function' ? value.bind(chosen) : value;
    },
  });
}

const reference: Backend = {
  name: 'ephemeral',
  open: async (clock) => ({ ...openEphemeralStore({ clock }), close: async () => {} }),
};

// The reason is in the title.
describe.skipIf(missing)(`PostgreSQL${missing ? ` (${missing})` : ''}`, () => {
  runRecordsContract(backend);
  runControlContract(backend);
  runRecordsContract(twofold);
  runControlContract(twofold);
  runAgreement(backend, reference, Number(process.env.REVERIE_TEST_RUNS ?? 60));
});
