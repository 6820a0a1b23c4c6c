import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SegmentRow } from '../ports/records.ts';
import { encodeAnalysis } from './analysis-codec.ts';
import { analysisOf, newShared, sourceOf, wordQuery } from './index-fixtures.test.helper.ts';
import { MemoryIndexRecords } from './memory-records.test.helper.ts';
import { NamespaceIndex } from './namespace-index.ts';

const blobNames = ['columns', 'postings', 'matrix'] as const;

async function savedRecords(count: number): Promise<MemoryIndexRecords> {
  const records = new MemoryIndexRecords();
  for (let i = 0; i < count; i += 1) records.put(analysisOf(`word${i} tea`));
  const index = new NamespaceIndex(newShared(), sourceOf(records));
  await index.catchUp();
  await index.flush();
  index.dispose();
  return records;
}

async function found(index: NamespaceIndex, word: string): Promise<number[]> {
  const answer = await index.search({ ...wordQuery(word), windowWeights: [] });
  return [...answer.ordinals];
}

function storedBytes(records: MemoryIndexRecords): Buffer {
  const blobs = [...records.segments.values()].flatMap((segment) =>
    blobNames.map((name) => segment[name]),
  );
  return Buffer.concat([...blobs, records.image?.manifest ?? new Uint8Array()]);
}

test('a saved namespace is loaded without reading a row', async () => {
  const records = await savedRecords(30);
  records.calls = { segment: 0, analyses: 0, save: 0, between: 0 };
  const index = new NamespaceIndex(newShared(), sourceOf(records));
  expect(await found(index, 'word17')).toEqual([18]);
  expect((await index.search(wordQuery('tea'))).eligible).toBe(30);
  await index.flush();
  expect(records.calls).toEqual({ segment: 4, analyses: 0, save: 0, between: 0 });
  index.dispose();
});

test('only what changed is saved again', async () => {
  const records = await savedRecords(30);
  const index = new NamespaceIndex(newShared(), sourceOf(records));
  records.update(3, 'archive', { archived: true });
  records.put(analysisOf('fresh words'));
  await index.catchUp();
  const before = new Map(records.segments);
  await index.flush();
  const changed = [...records.segments.values()].filter(
    (segment) => segment !== before.get(segment.no),
  );
  expect(changed).toHaveLength(2);
  expect(
    changed.filter((segment) => segment.postings !== before.get(segment.no)?.postings),
  ).toHaveLength(1);
  index.dispose();
});

test('damaged, cut and exchanged segments are found out and built again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 3 }),
      fc.constantFrom(...blobNames),
      fc.constantFrom('flip', 'cut', 'missing', 'foreign'),
      fc.nat(),
      async (which, name, fault, at) => {
        const records = await savedRecords(30);
        const [no, segment] = [...records.segments][which] ?? [0, undefined];
        if (segment === undefined) throw new Error('There are four segments.');
        const bytes = new Uint8Array(segment[name]);
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ 0x10;
        const other: SegmentRow | undefined = [...records.segments.values()][(which + 1) % 4];
        if (fault === 'flip') records.segments.set(no, { ...segment, [name]: bytes });
        if (fault === 'cut') {
          records.segments.set(no, { ...segment, [name]: bytes.subarray(0, at % bytes.length) });
        }
        if (fault === 'missing') records.segments.delete(no);
        if (fault === 'foreign' && other)
          records.segments.set(no, { ...segment, [name]: other[name] });
        const warnings: string[] = [];
        const log = (level: string, message: string) => {
          if (level === 'warn') warnings.push(message);
        };
        const index = new NamespaceIndex(newShared({ log }), sourceOf(records));
        for (let i = 0; i < 30; i += 1) expect(await found(index, `word${i}`)).toEqual([i + 1]);
        expect((await index.search(wordQuery('tea'))).termFrequencies[0]).toBe(30);
        expect(warnings).toHaveLength(1);
        await index.flush();
        index.dispose();
        const again = new NamespaceIndex(newShared({ log }), sourceOf(records));
        expect(await found(again, 'word9')).toEqual([10]);
        expect(warnings).toHaveLength(1);
        again.dispose();
      },
    ),
    { numRuns: 40 },
  );
});

test('nothing of an erased memory is in what is saved after the erasure', async () => {
  const records = new MemoryIndexRecords();
  const index = new NamespaceIndex(newShared({ partCapacity: 16 }), sourceOf(records));
  const canary = 'zyzzyva';
  for (let i = 0; i < 5; i += 1) records.put(analysisOf(`word${i}`));
  const erased = records.put(analysisOf(`${canary} first`, `${canary} second`));
  const patched = records.put(analysisOf(`${canary} old text`));
  records.update(patched, 'patch', {}, analysisOf('new text'));
  for (let i = 5; i < 20; i += 1) records.put(analysisOf(`word${i}`));
  await index.catchUp();
  await index.flush();
  expect(storedBytes(records).includes(canary)).toBe(true);
  const row = analysisOf(`${canary} first`).passages[0]?.vector?.values ?? new Int8Array();
  expect(storedBytes(records).includes(Buffer.from(row))).toBe(true);
  records.erase(erased);
  records.erase(patched);
  await index.catchUp();
  await index.flush();
  expect(records.segments.size).toBeGreaterThan(0);
  expect(storedBytes(records).includes(canary)).toBe(false);
  expect(storedBytes(records).includes(Buffer.from(row))).toBe(false);
  index.dispose();
  const again = new NamespaceIndex(newShared({ partCapacity: 16 }), sourceOf(records));
  expect(await found(again, canary)).toEqual([]);
  for (let i = 0; i < 5; i += 1) expect(await found(again, `word${i}`)).toEqual([i + 1]);
  again.dispose();
});

test('an image that an erasure overtook is refused, and the next one is without it', async () => {
  const records = new MemoryIndexRecords();
  const index = new NamespaceIndex(newShared({ saveEvery: 1000 }), sourceOf(records));
  for (let i = 0; i < 10; i += 1) records.put(analysisOf(`word${i}`));
  const secret = records.put(analysisOf('canary'));
  await index.catchUp();
  records.beforeSave = () => {
    if (records.rows.has(secret)) records.erase(secret);
  };
  await index.flush();
  expect(records.calls.save).toBe(2);
  expect(storedBytes(records).includes('canary')).toBe(false);
  expect(await found(index, 'word3')).toEqual([4]);
  index.dispose();
});

test('a missing or outdated analysis is made again, once', async () => {
  const records = new MemoryIndexRecords();
  records.put(null);
  records.put({ ...analysisOf('old'), analyzer: 'a0' });
  records.put(analysisOf('fine'));
  records.put(null);
  let asked: number[] = [];
  const source = {
    records,
    tenant: 'tenant',
    generation: 1,
    dimension: 8,
    reanalyze: async (rows: readonly { ordinal: number }[]) => {
      asked = [...asked, ...rows.map((row) => row.ordinal)];
      return new Map(
        rows
          .filter((row) => row.ordinal < 4)
          .map((row) => [row.ordinal, encodeAnalysis(analysisOf(`again${row.ordinal}`))]),
      );
    },
  };
  const index = new NamespaceIndex(newShared(), source);
  expect(await found(index, 'again1')).toEqual([1]);
  expect(await found(index, 'again2')).toEqual([2]);
  expect(asked).toEqual([1, 2, 4]);
  expect(await index.list({ filter: {}, now: 1, order: 'desc', limit: 9 })).toEqual([4, 3, 2, 1]);
  index.dispose();
  const again = new NamespaceIndex(newShared(), source);
  expect(await found(again, 'again2')).toEqual([2]);
  expect(asked).toEqual([1, 2, 4, 4]);
  again.dispose();
});

test('a new epoch starts from nothing', async () => {
  const records = await savedRecords(20);
  const index = new NamespaceIndex(newShared(), sourceOf(records));
  expect(await found(index, 'word5')).toEqual([6]);
  records.clear();
  const fresh = records.put(analysisOf('fresh'));
  expect(await found(index, 'word5')).toEqual([]);
  expect(await found(index, 'fresh')).toEqual([fresh]);
  await index.flush();
  index.dispose();
});

test('two processes that save images in turn never lose or mix passages', async () => {
  const records = await savedRecords(12);
  const first = new NamespaceIndex(newShared(), sourceOf(records));
  const second = new NamespaceIndex(newShared(), sourceOf(records));
  for (let round = 0; round < 8; round += 1) {
    for (const [name, index] of [
      ['a', first],
      ['b', second],
    ] as const) {
      records.put(analysisOf(`turn${name}${round}`, `more${name}${round}`));
      if (round % 3 === 2) records.erase(round);
      await index.catchUp();
      await index.flush();
      const reader = new NamespaceIndex(newShared(), sourceOf(records));
      for (let past = 0; past < round; past += 1) {
        expect(await found(reader, `turnb${past}`)).toHaveLength(1);
      }
      const answer = await reader.search(wordQuery('tea'));
      expect(answer.eligible).toBe((await first.search(wordQuery('tea'))).eligible);
      reader.dispose();
    }
  }
  first.dispose();
  second.dispose();
});
