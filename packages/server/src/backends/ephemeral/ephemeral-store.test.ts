import { expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import { runControlContract } from '../contract/control-contract.ts';
import { type Backend, FakeClock, idOf, keyOf, named, put } from '../contract/fixtures.ts';
import { runRecordsContract } from '../contract/records-contract.ts';
import { openEphemeralStore } from './ephemeral-store.ts';

const backend: Backend = {
  name: 'ephemeral',
  open: async (clock) => ({ ...openEphemeralStore({ clock }), close: async () => {} }),
};

runRecordsContract(backend);
runControlContract(backend);

test('ten thousand rows come in and are found again in their time', async () => {
  const { records } = openEphemeralStore({ clock: new FakeClock() });
  const tenant = records.open('acme' as TenantId);
  const [rows, size] = [10_000, 100];
  const start = performance.now();
  let found = 0;
  for (let at = 1; at <= rows; at += size) {
    const numbers = Array.from({ length: size }, (_, i) => at + i);
    const ops = numbers.map((n) => put(n, { keyHash: keyOf(n) }));
    const result = await tenant.commit(named('many'), { ops });
    found += (await tenant.byId(numbers.map(idOf), 1)).length;
    found += (await tenant.byKey(1, keyOf(at), 0)).turns;
    found += (await tenant.page(1, { order: 'desc', limit: 1 }, 0)).length;
    expect(result.ok).toBe(true);
  }
  expect(found).toBe(rows + 200);
  // Row by row it took more than a minute; this is far more than it takes on a busy machine.
  expect(performance.now() - start).toBeLessThan(15_000);
});
