/** Everything that is promised of a store, by one over a table of items, and by two over one. */
import { describe } from 'vitest';
import type { TenantId } from '../../../domain/memory.ts';
import { runAgreement } from '../../contract/agreement-rules.ts';
import { runControlContract } from '../../contract/control-contract.ts';
import type { Backend } from '../../contract/fixtures.ts';
import { runRecordsContract } from '../../contract/records-contract.ts';
import { type System, titleOf } from './test-table.ts';

export type StoreSystem = Pick<System, 'name' | 'missing' | 'makeTable' | 'reference'>;

export function runStoreRules(system: StoreSystem): void {
  const [single, twofold] = [singleOf(system), twofoldOf(system)];
  const reference: Backend = {
    name: 'reference',
    open: async (clock) => ({ ...system.reference(clock), close: async () => {} }),
  };
  describe.skipIf(system.missing)(titleOf('contract', system), () => {
    runRecordsContract(single);
    runControlContract(single);
    runRecordsContract(twofold);
    runControlContract(twofold);
    runAgreement(single, reference, Number(process.env.REVERIE_TEST_RUNS ?? 60));
  });
}

const singleOf = ({ name, makeTable }: StoreSystem): Backend => ({
  name,
  open: async (clock) => {
    const table = makeTable();
    const store = await table.open(clock);
    const close = async (): Promise<void> => {
      await store.close();
      await table.remove();
    };
    return { ...store, close };
  },
});

/** Every call goes to the one or the other of two stores over one table, by turns. */
const twofoldOf = ({ name, makeTable }: StoreSystem): Backend => ({
  name: `${name}, two stores`,
  open: async (clock) => {
    const table = makeTable();
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
});

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
