/** Contract: vectors of several generations, and how they come later. */
import { expect, test } from 'vitest';
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import type { PutOp, RowVectors } from '../../ports/records.ts';
import { bytes, done, erase, named, patch, put, type Suite, text } from './fixtures.ts';

const space = named('home');
/** Numbers that no other suite uses: vectors of all tenants are counted together. */
let lastGeneration = 1_000;
const nextGeneration = (): number => ++lastGeneration;

const with1 = (op: PutOp, generation: number, vectors: string | null): PutOp => ({
  ...op,
  vectors: [{ generation, vectors: vectors === null ? null : bytes(vectors) }],
});
const row = (generation: number, vectors: string | null): RowVectors => ({
  generation,
  vectors: vectors === null ? null : bytes(vectors),
});

export function vectorRules(suite: Suite): void {
  withTheirRow(suite);
  afterTheirRow(suite);
  staleOnes(suite);
  waitingOnes(suite);
  generations(suite);
  droppedOnes(suite);
}

function withTheirRow(suite: Suite): void {
  test('vectors come with their row, one set per generation', async () => {
    const records = suite.records.open(suite.tenant());
    const [one, two] = [nextGeneration(), nextGeneration()];
    const vectors = [row(one, 'first'), row(two, 'second')];
    const batch = { generation: one, ops: [{ ...put(1), vectors }, put(2)] };
    const { namespace } = done(await records.commit(space, batch));
    expect(namespace.generation).toBe(one);
    const read = async (generation: number) =>
      (await records.index(namespace.no, generation).analyses([1, 2])).map((found) =>
        text(found.vectors),
      );
    expect(await read(one)).toEqual(['first', undefined]);
    expect(await read(two)).toEqual(['second', undefined]);
    expect(await read(nextGeneration())).toEqual([undefined, undefined]);
    const index = records.index(namespace.no, one);
    expect(await index.arrivals(0, 9)).toEqual([]);
    expect((await index.state()).arrivals).toBe(0);
    const rows = await records.byOrdinal(namespace.no, [1, 2]);
    expect(rows.map(({ hasVector }) => hasVector)).toEqual([true, false]);
  });

  test('vectors are read by themselves, without those that are not there', async () => {
    const records = suite.records.open(suite.tenant());
    const [one, two] = [nextGeneration(), nextGeneration()];
    const ops = [
      { ...put(1), vectors: [row(one, 'first'), row(two, 'other')] },
      { ...put(2), vectors: [row(one, '')] },
      { ...put(3), vectors: [row(one, null)] },
      { ...put(4), vectors: [row(one, 'fourth')] },
      { ...put(5), vectors: [row(one, 'gone')] },
    ];
    const { no } = done(await records.commit(space, { generation: one, ops })).namespace;
    done(await records.commit(space, { ops: [erase(5, 1)] }));
    const read = async (generation: number, of = records) => {
      const rows = await of.index(no, generation).vectorsOf([5, 4, 1, 3, 2, 4, 99]);
      return rows.map(({ ordinal, vectors: found }) => [ordinal, text(found)]);
    };
    expect(await read(one)).toEqual([
      [1, 'first'],
      [4, 'fourth'],
    ]);
    expect(await read(two)).toEqual([[1, 'other']]);
    expect(await read(nextGeneration())).toEqual([]);
    expect(await read(one, suite.records.open(suite.tenant()))).toEqual([]);
    expect(await records.index(no, one).vectorsOf([])).toEqual([]);
  });

  test('a new body makes generations wait that did not come with it', async () => {
    const records = suite.records.open(suite.tenant());
    const [one, two] = [nextGeneration(), nextGeneration()];
    const vectors = [row(one, 'first'), row(two, 'second')];
    const ops = [1, 2, 3, 4].map((n) => ({ ...put(n), vectors }));
    const { namespace } = done(await records.commit(space, { generation: one, ops }));
    const updates = [
      patch(1, 1, { columns: { pinned: true } }),
      patch(2, 1, { body: bytes('new') }),
      patch(3, 1, { body: bytes('new'), vectors: [row(two, 'newer')] }),
      patch(4, 1, { body: bytes('new tags'), keepsVectors: true }),
    ];
    done(await records.commit(space, { ops: updates }));
    const read = async (generation: number) =>
      (await records.index(namespace.no, generation).analyses([1, 2, 3, 4])).map((found) =>
        text(found.vectors),
      );
    expect(await read(one)).toEqual(['first', undefined, undefined, 'first']);
    expect(await read(two)).toEqual(['second', undefined, 'newer', 'second']);
    expect((await suite.records.vectors.counts(one)).pending).toBe(2);
    expect((await suite.records.vectors.counts(two)).pending).toBe(1);
  });
}

function afterTheirRow(suite: Suite): void {
  test('vectors that come later have numbers, and move no seq', async () => {
    const tenant = suite.tenant();
    const records = suite.records.open(tenant);
    const generation = nextGeneration();
    const ops = [1, 2, 3].map((n) => with1(put(n), generation, null));
    const { namespace } = done(await records.commit(space, { generation, ops }));
    const { no: namespaceNo } = namespace;
    const { vectors } = suite.records;
    const update = (ordinal: number, version = 1) => ({
      ...{ namespaceNo, ordinal, version },
      vectors: bytes(`late ${ordinal}`),
    });
    expect(await vectors.save(generation, [update(2), update(3, 2), update(9)])).toBe(1);
    expect(await vectors.save(generation, [update(2), update(1)])).toBe(1);
    const index = records.index(namespaceNo, generation);
    expect(await index.arrivals(0, 9)).toEqual([
      { arrival: 1, ordinal: 2 },
      { arrival: 2, ordinal: 1 },
    ]);
    expect(await index.arrivals(0, 1)).toHaveLength(1);
    expect(await index.arrivals(2, 9)).toEqual([]);
    const after = await index.state();
    expect(after).toMatchObject({ seq: 3, arrivals: 2 });
    const found = await index.analyses([1, 2, 3]);
    expect(found.map((each) => text(each.vectors))).toEqual(['late 1', 'late 2', undefined]);
    const rows = await records.byOrdinal(namespaceNo, [1, 3]);
    expect(rows.map(({ hasVector, version }) => [hasVector, version])).toEqual([
      [true, 1],
      [false, 1],
    ]);
    expect(await records.namespace(space)).toEqual({ ...namespace, arrivals: 2 });
  });
}

function staleOnes(suite: Suite): void {
  test('what was erased or changed meanwhile gets no vector', async () => {
    const records = suite.records.open(suite.tenant());
    const generation = nextGeneration();
    const ops = [1, 2].map((n) => with1(put(n), generation, null));
    const { namespace } = done(await records.commit(space, { generation, ops }));
    done(await records.commit(space, { ops: [erase(1, 1), patch(2, 1, { body: bytes('new') })] }));
    const late = [1, 2].map((ordinal) => ({
      ...{ namespaceNo: namespace.no, ordinal, version: 1 },
      vectors: bytes('stale'),
    }));
    expect(await suite.records.vectors.save(generation, late)).toBe(0);
    const index = records.index(namespace.no, generation);
    expect((await index.analyses([1, 2])).map((found) => found.vectors)).toEqual([null]);
    expect((await suite.records.vectors.counts(generation)).pending).toBe(1);
    expect(await index.arrivals(0, 9)).toEqual([]);
  });

  test('however many wait, they are all counted', async () => {
    const records = suite.records.open(suite.tenant());
    const generation = nextGeneration();
    const wait = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => with1(put(from + i), generation, null));
    done(await records.commit(space, { generation, ops: wait(1, 2000) }));
    const count = async () => (await suite.records.vectors.counts(generation)).pending;
    expect(await count()).toBe(2000);
    done(await records.commit(space, { generation, ops: wait(2001, 3) }));
    expect(await count()).toBe(2003);
  });

  test('rows with empty vectors are counted, and do not wait', async () => {
    const records = suite.records.open(suite.tenant());
    const generation = nextGeneration();
    const ops = [with1(put(1), generation, ''), with1(put(2), generation, 'made'), put(3)];
    const late = with1(put(4), generation, null);
    const batch = { generation, ops: [...ops, late] };
    const { no } = done(await records.commit(space, batch)).namespace;
    const { vectors } = suite.records;
    const none = { namespaceNo: no, ordinal: 4, version: 1, vectors: new Uint8Array(0) };
    expect(await vectors.save(generation, [none])).toBe(1);
    expect(await vectors.countEmpty(generation)).toBe(2);
    expect((await vectors.counts(generation)).pending).toBe(0);
    expect(await vectors.countEmpty(nextGeneration())).toBe(0);
    const rows = await records.byOrdinal(no, [1, 2, 4]);
    expect(rows.map(({ hasVector }) => hasVector)).toEqual([false, true, false]);
    done(await records.commit(space, { ops: [erase(1, 1), patch(4, 1, { body: bytes('new') })] }));
    expect(await vectors.countEmpty(generation)).toBe(0);
  });

  test('vectors that do not fit their analysis are made again', async () => {
    const records = suite.records.open(suite.tenant());
    const generation = nextGeneration();
    const ops = [1, 2].map((n) => with1(put(n), generation, 'made'));
    const { namespace } = done(await records.commit(space, { generation, ops }));
    const index = records.index(namespace.no, generation);
    const analysis = bytes('again');
    await index.saveAnalyses([
      { ordinal: 1, version: 1, analysis, dropVectors: true },
      { ordinal: 2, version: 2, analysis, dropVectors: true },
    ]);
    const found = await index.analyses([1, 2]);
    expect(found.map((each) => text(each.vectors))).toEqual([undefined, 'made']);
    expect((await suite.records.vectors.counts(generation)).pending).toBe(1);
  });
}

function waitingOnes(suite: Suite): void {
  test('those who wait are found newest first, in a circle of namespaces', async () => {
    const tenant = suite.tenant();
    const records = suite.records.open(tenant);
    const generation = nextGeneration();
    const names: NamespaceName[] = ['a', 'b', 'c'].map(named);
    const nos: number[] = [];
    for (const name of names) {
      const ops = [1, 2, 3].map((n) => with1(put(n), generation, null));
      nos.push(done(await records.commit(name, { generation, ops })).namespace.no);
    }
    const [a = 0, b = 0, c = 0] = nos;
    const ask = async (afterNamespace: number, perNamespace: number, limit: number) => {
      const query = { generation, afterNamespace, perNamespace, limit };
      const rows = await suite.records.vectors.pending(query);
      expect(rows.every((each: { tenant: TenantId }) => each.tenant === tenant)).toBe(true);
      return rows.map(({ namespaceNo, ordinal }) => [namespaceNo, ordinal]);
    };
    expect(await ask(0, 2, 5)).toEqual([
      [a, 3],
      [a, 2],
      [b, 3],
      [b, 2],
      [c, 3],
    ]);
    expect(await ask(b, 1, 9)).toEqual([
      [c, 3],
      [a, 3],
      [b, 3],
    ]);
    expect(await suite.records.vectors.counts(generation)).toEqual({ namespaces: 3, pending: 9 });
  });
}

function generations(suite: Suite): void {
  test('a namespace goes over to a generation when nothing waits any more', async () => {
    const records = suite.records.open(suite.tenant());
    const [old, next] = [nextGeneration(), nextGeneration()];
    const ops = [1, 2, 3].map((n) => with1(put(n), old, 'old'));
    const { no } = done(await records.commit(space, { generation: old, ops })).namespace;
    const { vectors } = suite.records;
    expect(await vectors.await(no, next, 0, 2)).toBe(2);
    expect(await vectors.await(no, next, 2, 2)).toBeUndefined();
    expect(await vectors.await(no, next, 0, 9)).toBeUndefined();
    expect((await vectors.counts(next)).pending).toBe(3);
    const save = (ordinal: number) =>
      vectors.save(next, [{ namespaceNo: no, ordinal, version: 1, vectors: bytes('new') }]);
    await save(1);
    await save(2);
    expect(await vectors.use(no, next, 3)).toBe(false);
    expect((await records.namespace(space))?.generation).toBe(old);
    expect(await vectors.namespaces(old, 0, 9)).toMatchObject([{ namespaceNo: no }]);
    expect(await vectors.use(no, next, 2)).toBe(true);
    expect((await records.namespace(space))?.generation).toBe(next);
    expect(await vectors.namespaces(old, 0, 9)).toEqual([]);
    const rows = await records.byOrdinal(no, [1, 2, 3]);
    expect(rows.map(({ hasVector }) => hasVector)).toEqual([true, true, false]);
    // What is known already does not wait again.
    expect(await vectors.await(no, old, 0, 9)).toBeUndefined();
    expect((await vectors.counts(old)).pending).toBe(0);
  });

  test('rows that wait are found up to an ordinal', async () => {
    const records = suite.records.open(suite.tenant());
    const generation = nextGeneration();
    const ops = [put(1), with1(put(2), generation, null), with1(put(3), generation, 'made')];
    const { no } = done(await records.commit(space, { ops })).namespace;
    const { vectors } = suite.records;
    expect(await vectors.waits(no, generation, 1)).toBe(false);
    expect(await vectors.waits(no, generation, 2)).toBe(true);
    expect(await vectors.waits(no, generation, 3)).toBe(true);
    expect(await vectors.waits(no, nextGeneration(), 3)).toBe(false);
    expect(await vectors.waits(no + 1, generation, 3)).toBe(false);
  });
}

function droppedOnes(suite: Suite): void {
  test('a generation that is used is not closed, and a closed one is used by nobody', async () => {
    const records = suite.records.open(suite.tenant());
    const [old, next] = [nextGeneration(), nextGeneration()];
    const ops = [{ ...put(1), vectors: [row(old, 'old'), row(next, 'next')] }];
    const { no } = done(await records.commit(space, { generation: old, ops })).namespace;
    const { vectors } = suite.records;
    const ours = async () => (await vectors.used()).filter((one) => one === old || one === next);
    expect(await ours()).toEqual([old]);
    expect(await vectors.close(old)).toBe(false);
    expect(await vectors.use(no, next, 1)).toBe(true);
    expect(await ours()).toEqual([next]);
    expect(await vectors.close(old)).toBe(true);
    expect(await vectors.close(old)).toBe(true);
    expect(await vectors.use(no, old, 1)).toBe(false);
    expect((await records.namespace(space))?.generation).toBe(next);
    // Planned before it was closed: no less is kept, it only has no vectors yet.
    const late = await records.commit(named('late'), { generation: old, ops: [put(2)] });
    expect(done(late).namespace).toMatchObject({ generation: 0, memories: 1 });
    expect(await ours()).toEqual([next]);
    const used = await vectors.used();
    expect(used).toEqual([...new Set(used)].sort((a, b) => a - b));
    expect(used).toContain(0);
  });

  test('images and vectors of one generation go without touching another', async () => {
    const records = suite.records.open(suite.tenant());
    const [old, next] = [nextGeneration(), nextGeneration()];
    const ops = [1, 2].map((n) => ({ ...put(n), vectors: [row(old, 'old'), row(next, null)] }));
    const { no, epoch } = done(await records.commit(space, { generation: next, ops })).namespace;
    const blobs = { columns: bytes('c'), postings: bytes('p'), matrix: bytes('m') };
    const segment = { no: 1, ordinalMin: 1, ordinalMax: 1, ...blobs };
    const image = { epoch, seq: 2, put: [segment], putColumns: [], remove: [] };
    for (const generation of [old, next]) {
      const manifest = bytes(`of ${generation}`);
      expect(await records.index(no, generation).save({ ...image, manifest })).toBe(true);
    }
    expect(await suite.records.vectors.drop(no, old, 0, 1)).toBe(1);
    expect(await suite.records.vectors.drop(no, old, 1, 9)).toBeUndefined();
    const [former, kept] = [records.index(no, old), records.index(no, next)];
    expect((await former.analyses([1, 2])).map((found) => found.vectors)).toEqual([null, null]);
    expect(await former.manifest()).toBeUndefined();
    expect(await former.segment(1)).toBeUndefined();
    expect(text((await kept.manifest())?.manifest)).toBe(`of ${next}`);
    expect((await suite.records.vectors.counts(next)).pending).toBe(2);
    done(await records.commit(space, { ops: [erase(1, 1)] }));
    expect(await kept.segment(1)).toBeUndefined();
    expect((await suite.records.vectors.counts(next)).pending).toBe(1);
  });
}
