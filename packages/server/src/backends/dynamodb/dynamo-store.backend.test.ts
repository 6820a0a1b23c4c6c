import { describe } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import { runAgreement } from '../contract/agreement-rules.ts';
import { runControlContract } from '../contract/control-contract.ts';
import type { Backend } from '../contract/fixtures.ts';
import { runRecordsContract } from '../contract/records-contract.ts';
import { openEphemeralStore } from '../ephemeral/ephemeral-store.ts';
import { makeTestTable, missing } from './test-table.ts';

const backend: Backend = {
  name: 'dynamodb',
  open: async (clock) => {
    const table = makeTestTable();
    const store = await table.open(clock);
    const close = async (): Promise<void> => {
      await store.close();
      await table.remove();
    };
    return { ...store, close };
  },
};

/** Every call goes to the one or the other of two stores over one table, by turns. */
const twofold: Backend = {
  name: 'dynamodb, two stores',
  open: async (clock) => {
    const table = makeTestTable();
    const [one, two] = [await table.open(clock), await table.open(clock)];
    const open = (tenant: TenantId) => byTurns(one.records.open(tenant), two.records.open(tenant));
    return {
      records: { ...one.records, open, vectors: byTurns(one.records.vectors, two.records.vectors) },
      control: byTurns(one.control, two.control),
      close: async () => {
        await one.close();
        await two.close();
        await table.remove();
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
describe.skipIf(missing)(`DynamoDB${missing ? ` (${missing})` : ''}`, () => {
  runRecordsContract(backend);
  runControlContract(backend);
  runRecordsContract(twofold);
  runControlContract(twofold);
  runAgreement(backend, reference, Number(process.env.REVERIE_TEST_RUNS ?? 60));
});
