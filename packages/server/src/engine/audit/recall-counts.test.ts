import { expect, test, vi } from 'vitest';
import { done, FakeClock, named, put } from '../../backends/contract/fixtures.ts';
import { openEphemeralStore } from '../../backends/ephemeral/ephemeral-store.ts';
import type { TenantId } from '../../domain/memory.ts';
import { RecallCounts } from './recall-counts.ts';

const tenant = 'tenant' as TenantId;
const home = named('home');
const rows = (...ordinals: number[]) => ordinals.map((ordinal) => ({ namespace: home, ordinal }));

async function openCounts() {
  const clock = new FakeClock();
  const { records, control } = openEphemeralStore({ clock });
  const { namespace } = done(await records.open(tenant).commit(home, { ops: [put(1)] }));
  const onFault = vi.fn();
  const open = () => RecallCounts.open({ records, control, clock, onFault });
  return { clock, records, control, no: namespace.no, onFault, open };
}

test('counts add up, are kept over a restart, and name no namespace', async () => {
  const { clock, control, no, open } = await openCounts();
  const first = await open();
  first.add(tenant, rows(1, 2, 5000));
  first.add(tenant, rows(1));
  const before = await first.read(tenant, home, no);
  expect([1, 2, 3, 5000].map(before)).toEqual([2, 1, 0, 1]);
  await first.close();
  clock.time += 1000;
  const again = await open();
  expect(again.sinceMs).toBe(first.sinceMs);
  again.add(tenant, rows(2));
  const after = await again.read(tenant, home, no);
  expect([1, 2, 3, 5000].map(after)).toEqual([2, 2, 0, 1]);
  const documents = await control.list('recalls/');
  expect(documents.map(({ key }) => key)).toEqual([
    'recalls/since',
    `recalls/tenant/${no}/0`,
    `recalls/tenant/${no}/4`,
  ]);
  await again.close();
});

test('two processes that write at once lose nothing', async () => {
  const { no, open } = await openCounts();
  const [one, two] = [await open(), await open()];
  for (let i = 0; i < 10; i += 1) {
    one.add(tenant, rows(1));
    two.add(tenant, rows(1));
    await Promise.all([one.flush(), two.flush()]);
  }
  expect((await one.read(tenant, home, no))(1)).toBe(20);
  await Promise.all([one.close(), two.close()]);
});

test('a flood is bounded, and a store that refuses is told', async () => {
  const { control, no, onFault, open } = await openCounts();
  const counts = await open();
  counts.add(tenant, rows(...Array.from({ length: 30_000 }, (_, i) => i + 1)));
  const of = await counts.read(tenant, home, no);
  expect([of(20_000), of(20_001)]).toEqual([1, 0]);
  control.putIfVersion = () => Promise.reject(new Error('read only'));
  counts.add(tenant, rows(1));
  await counts.close();
  expect(onFault).toHaveBeenCalledOnce();
});
