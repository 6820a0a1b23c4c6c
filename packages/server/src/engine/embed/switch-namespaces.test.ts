/** Namespaces go over to the wanted generation, whatever becomes of it meanwhile. */
import { expect, test } from 'vitest';
import { bytes, done, FakeClock, named, put } from '../../backends/contract/fixtures.ts';
import { openEphemeralStore } from '../../backends/ephemeral/ephemeral-store.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { Embedder } from '../../ports/embedder.ts';
import { Generations } from './generations.ts';
import { NamespaceSwitch } from './switch-namespaces.ts';

const tenant = 'tenant' as TenantId;
const embedder = (model: string): Embedder => ({
  model,
  dimension: 2,
  isInstant: true,
  embed: async (texts) => texts.map(() => new Float32Array(2)),
});
const { signal: never } = new AbortController();

/** `count` namespaces of one memory that are searched by `generation`. */
async function open(count: number, generation: number, vectors: readonly (string | null)[]) {
  const { records, control } = openEphemeralStore({ clock: new FakeClock() });
  await Generations.open(control, [embedder('a')]);
  const generations = await Generations.open(control, [embedder('b'), embedder('a')]);
  const made = vectors.map((each, i) => ({
    generation: i + 1,
    vectors: each === null ? null : bytes(each),
  }));
  for (let n = 1; n <= count; n += 1) {
    const batch = { generation, ops: [{ ...put(n), vectors: made }] };
    done(await records.open(tenant).commit(named(`space-${n}`), batch));
  }
  const prepared: number[] = [];
  let onPrepare = async (): Promise<void> => {};
  const switching = new NamespaceSwitch({
    records,
    generations,
    prepareIndex: async (_, { no }) => {
      prepared.push(no);
      await onPrepare();
    },
    releaseIndex: async () => {},
  });
  const used = async () =>
    Promise.all([1, 2].map(async (no) => (await records.vectors.counts(no)).namespaces));
  const during = (task: () => Promise<void>) => {
    onPrepare = task;
  };
  return { records, generations, switching, prepared, used, during };
}

test('a pass ends when another generation is wanted, and none goes to a dropped one', async () => {
  const { records, generations, switching, used, during } = await open(5, 2, ['one', 'two']);
  await generations.rollBack();
  expect(await switching.survey(never)).toBe(true);
  during(async () => {
    during(async () => {});
    await generations.rollBack();
    await generations.drop(1);
  });
  await switching.useAll(never);
  expect(await used()).toEqual([0, 5]);
  expect(await switching.removeDropped(never)).toBe(true);
  expect(await records.vectors.use(1, 1, 0)).toBe(false);
  expect(await switching.survey(never)).toBe(true);
  await switching.useAll(never);
  expect([await used(), switching.left]).toEqual([[0, 5], 0]);
});

test('a survey ends when another generation is wanted', async () => {
  const { generations, switching, used } = await open(3, 1, ['one', 'two']);
  const surveying = switching.survey(never);
  await generations.rollBack();
  expect(await surveying).toBe(false);
  expect(await switching.useAll(never)).toBe(false);
  expect(await used()).toEqual([3, 0]);
});

test('a dropped generation keeps its vectors until its namespaces went on', async () => {
  const { records, generations, switching, used } = await open(2, 1, ['one', 'two']);
  await generations.drop(1);
  expect(await switching.removeDropped(never)).toBe(false);
  const index = records.open(tenant).index(1, 1);
  const vectorsOf1 = async () => (await index.analyses([1]))[0]?.vectors;
  expect(await vectorsOf1()).toEqual(bytes('one'));
  await switching.survey(never);
  await switching.useAll(never);
  expect(await used()).toEqual([0, 2]);
  expect(await switching.removeDropped(never)).toBe(true);
  expect(await vectorsOf1()).toBeNull();
  expect(generations.dropped).toEqual([]);
});

test('namespaces of a generation that nobody knows are found and brought back', async () => {
  const { records, switching, used } = await open(150, 9, ['one', null]);
  const space = records.open(tenant);
  const lost = [{ generation: 9, vectors: bytes('lost') }];
  done(await space.commit(named('space-1'), { ops: [{ ...put(900), vectors: lost }] }));
  await switching.survey(never);
  expect(switching.left).toBe(150);
  await switching.useAll(never);
  expect(await used()).toEqual([0, 0]);
  for (let namespaceNo = 1; namespaceNo <= 150; namespaceNo += 1) {
    const rows = [1, 2].map((ordinal) => ({ namespaceNo, ordinal, version: 1 }));
    await records.vectors.save(
      2,
      rows.map((row) => ({ ...row, vectors: bytes('made') })),
    );
  }
  await switching.useAll(never);
  expect(await used()).toEqual([0, 150]);
  expect((await space.index(1, 9).analyses([2]))[0]?.vectors).toBeNull();
});

test('no index is built before the vectors are there', async () => {
  const { records, switching, prepared } = await open(2, 1, ['one', null]);
  await switching.survey(never);
  await switching.useAll(never);
  expect(prepared).toEqual([]);
  await records.vectors.save(2, [
    { namespaceNo: 2, ordinal: 1, version: 1, vectors: bytes('made') },
  ]);
  await switching.useAll(never);
  expect(prepared).toEqual([2]);
});
