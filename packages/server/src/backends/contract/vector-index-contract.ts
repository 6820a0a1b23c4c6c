/** The contract of the vector index port: every vector backend runs these tests. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import type { MemoryVectors, VectorIndexPort, VectorPlace } from '../../ports/vector-index.ts';
import {
  clusteredVectors,
  cosineOf,
  exactNearest,
  memoriesOf,
  near,
  recallOf,
  seededRandom,
  unitVector,
} from './vector-fixtures.ts';

export interface OpenVectorIndex {
  readonly index: VectorIndexPort;
  close(): Promise<void>;
}

export interface VectorBackend {
  readonly name: string;
  /** A new index without a place. */
  open(): Promise<OpenVectorIndex>;
  /** The same one once more, as another process opens it; absent where there is no other. */
  reopen?(): Promise<VectorIndexPort>;
}

/** What the tests of one suite share. */
interface Suite {
  readonly index: VectorIndexPort;
  /** A place that no other test has, for vectors of a dimension. */
  place(dimension?: number): Promise<VectorPlace>;
}

/** Small enough to be quick, large enough that random vectors stand apart. */
const dimension = 64;
/** Half floats and scalar quantisation stay well below. */
const cosineError = 0.02;
const batch = 500;

/** Declares the suite `<name>: vectors`. */
export function runVectorIndexContract({ name, open, reopen }: VectorBackend): void {
  describe(`${name}: vectors`, () => {
    let opened: OpenVectorIndex | undefined;
    let places = 0;
    const suite: Suite = {
      get index(): VectorIndexPort {
        if (!opened) throw new Error('the index is opened before the tests');
        return opened.index;
      },
      place: async (wanted = dimension) => {
        places += 1;
        await suite.index.prepare(places, wanted);
        return { tenant: `tenant-${places}` as TenantId, namespaceNo: places, generation: places };
      },
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => opened?.close());
    describe('put', () => putRules(suite));
    describe('put again', () => samePutRules(suite));
    describe('remove', () => removeRules(suite));
    describe('search', () => searchRules(suite));
    describe('places', () => placeRules(suite));
    describe('large', () => largeRules(suite));
    describe('at once', () => concurrencyRules(suite));
    if (reopen) describe('opened twice', () => sharingRules(suite, reopen));
    test('it says that it answers', async () => {
      expect(await suite.index.status()).toEqual({ writable: true });
    });
  });
}

async function putAll(
  index: VectorIndexPort,
  place: VectorPlace,
  memories: readonly MemoryVectors[],
): Promise<void> {
  for (let start = 0; start < memories.length; start += batch) {
    await index.put(place, memories.slice(start, start + batch));
  }
}

/** Ordinals and passages of what is found, best first. */
async function found(
  { index }: Suite,
  place: VectorPlace,
  vector: Float32Array,
  limit = 10,
): Promise<(readonly [number, number])[]> {
  const hits = await index.search(place, vector, limit);
  return hits.map(({ ordinal, passage }) => [ordinal, passage] as const);
}

function putRules(suite: Suite): void {
  const random = seededRandom(1);
  const vector = () => unitVector(random, dimension);

  test('what was put is found at once, by its own vector first', async () => {
    const place = await suite.place();
    const memories = memoriesOf(Array.from({ length: 30 }, vector));
    await suite.index.put(place, memories);
    for (const { ordinal, passages } of memories) {
      const [own] = passages;
      expect(await found(suite, place, own ?? vector(), 1)).toEqual([[ordinal, 0]]);
    }
    expect(await suite.index.count(place)).toBe(30);
  });

  test('passages keep their numbers, and those without a vector are left out', async () => {
    const place = await suite.place();
    const [a, b, c] = [vector(), vector(), vector()];
    await suite.index.put(place, [
      { ordinal: 7, passages: [null, a, null, b] },
      { ordinal: 8, passages: [c] },
      { ordinal: 9, passages: [null] },
      { ordinal: 10, passages: [] },
    ]);
    expect(await suite.index.count(place)).toBe(3);
    expect(await found(suite, place, a, 1)).toEqual([[7, 1]]);
    expect(await found(suite, place, b, 1)).toEqual([[7, 3]]);
    expect(await found(suite, place, c, 1)).toEqual([[8, 0]]);
  });

  test('a second put replaces every passage of a memory, and no other one', async () => {
    const place = await suite.place();
    const [a, b, c, d] = [vector(), vector(), vector(), vector()];
    await suite.index.put(place, [
      { ordinal: 1, passages: [a, b, c] },
      { ordinal: 2, passages: [d] },
    ]);
    await suite.index.put(place, [{ ordinal: 1, passages: [null, a] }]);
    expect(await suite.index.count(place)).toBe(2);
    expect((await found(suite, place, a)).sort()).toEqual([
      [1, 1],
      [2, 0],
    ]);
    await suite.index.put(place, [{ ordinal: 1, passages: [null, null] }]);
    expect(await found(suite, place, a)).toEqual([[2, 0]]);
  });

  test('a put of nothing is no error', async () => {
    const place = await suite.place();
    await suite.index.put(place, []);
    expect(await suite.index.count(place)).toBe(0);
  });
}

function samePutRules(suite: Suite): void {
  const random = seededRandom(13);
  const vector = () => unitVector(random, dimension);

  test('the same put twice changes nothing', async () => {
    const place = await suite.place();
    const memories = [
      { ordinal: 1, passages: [vector(), vector()] },
      { ordinal: 2, passages: [vector()] },
    ];
    await suite.index.put(place, memories);
    const once = await suite.index.search(place, vector(), 10);
    await suite.index.put(place, memories);
    expect(await suite.index.count(place)).toBe(3);
    const twice = await found(suite, place, vector(), 10);
    expect([...twice].sort()).toEqual(once.map((hit) => [hit.ordinal, hit.passage]).sort());
  });

  test('the largest ordinals and many passages come back as they were', async () => {
    const place = await suite.place();
    const ordinal = 2 ** 32 - 1;
    const passages = Array.from({ length: 200 }, vector);
    await suite.index.put(place, [{ ordinal, passages }]);
    for (const i of [0, 1, 99, 199]) {
      expect(await found(suite, place, passages[i] ?? vector(), 1)).toEqual([[ordinal, i]]);
    }
  });
}

function removeRules(suite: Suite): void {
  const random = seededRandom(2);
  const vector = () => unitVector(random, dimension);

  test('what was removed is not found, with all of its passages', async () => {
    const place = await suite.place();
    const passages = [vector(), vector()];
    await suite.index.put(place, [
      { ordinal: 1, passages },
      { ordinal: 2, passages: [vector()] },
    ]);
    await suite.index.remove(place, [1]);
    for (const each of passages) expect(await found(suite, place, each)).toEqual([[2, 0]]);
    expect(await suite.index.count(place)).toBe(1);
  });

  test('what is not there, or not any more, is ignored', async () => {
    const place = await suite.place();
    await suite.index.remove(place, [1, 2]);
    await suite.index.put(place, [{ ordinal: 3, passages: [vector()] }]);
    await suite.index.remove(place, [1, 2 ** 32 - 1]);
    await suite.index.remove(place, []);
    expect(await suite.index.count(place)).toBe(1);
    await suite.index.remove(place, [3]);
    await suite.index.remove(place, [3]);
    expect(await suite.index.count(place)).toBe(0);
  });

  test('what was removed may be put again', async () => {
    const place = await suite.place();
    const again = vector();
    await suite.index.put(place, [{ ordinal: 1, passages: [vector(), vector()] }]);
    await suite.index.remove(place, [1]);
    await suite.index.put(place, [{ ordinal: 1, passages: [again] }]);
    expect(await found(suite, place, again)).toEqual([[1, 0]]);
  });
}

function searchRules(suite: Suite): void {
  test('the best come first, with their cosines', async () => {
    const random = seededRandom(3);
    const place = await suite.place();
    const memories = memoriesOf(clusteredVectors(random, { count: 300, clusters: 6, dimension }));
    await suite.index.put(place, memories);
    const query = near(memories[0]?.passages[0] ?? undefined, random);
    const hits = await suite.index.search(place, query, 20);
    expect(hits).toHaveLength(20);
    const cosines = hits.map(({ cosine }) => cosine);
    expect(cosines).toEqual([...cosines].sort((a, b) => b - a));
    for (const { ordinal, passage, cosine } of hits) {
      const kept = memories[ordinal - 1]?.passages[passage];
      expect(Math.abs(cosine - cosineOf(kept ?? query, query))).toBeLessThan(cosineError);
    }
    expect(recallOf(hits, exactNearest(memories, query, 20))).toBeGreaterThanOrEqual(0.95);
  });

  test('opposite vectors are found too, last', async () => {
    const place = await suite.place();
    const one = unitVector(seededRandom(4), dimension);
    await suite.index.put(place, [
      { ordinal: 1, passages: [one.map((value) => -value)] },
      { ordinal: 2, passages: [one] },
    ]);
    const hits = await suite.index.search(place, one, 10);
    expect(hits.map(({ ordinal }) => ordinal)).toEqual([2, 1]);
    expect(hits[0]?.cosine).toBeCloseTo(1, 1);
    expect(hits[1]?.cosine).toBeCloseTo(-1, 1);
  });

  test('there are never more than asked for, and all of them where there are fewer', async () => {
    const random = seededRandom(5);
    const place = await suite.place();
    const vectors = Array.from({ length: 1_200 }, () => unitVector(random, dimension));
    await putAll(suite.index, place, memoriesOf(vectors));
    const query = unitVector(random, dimension);
    for (const limit of [1, 7, 1_100]) {
      expect(await suite.index.search(place, query, limit)).toHaveLength(limit);
    }
    expect(await suite.index.search(place, query, 4_096)).toHaveLength(1_200);
  });

  test.each([256, 1_536])('vectors of %i dimensions', async (wide) => {
    const random = seededRandom(wide);
    const place = await suite.place(wide);
    const memories = memoriesOf(
      clusteredVectors(random, { count: 100, clusters: 5, dimension: wide }),
    );
    await suite.index.put(place, memories);
    const query = near(memories[3]?.passages[0] ?? undefined, random);
    const hits = await suite.index.search(place, query, 10);
    expect(recallOf(hits, exactNearest(memories, query, 10))).toBeGreaterThanOrEqual(0.9);
  });
}

function placeRules(suite: Suite): void {
  const random = seededRandom(6);
  const vector = () => unitVector(random, dimension);

  test('a place nobody put anything into has nothing', async () => {
    const place = await suite.place();
    expect(await suite.index.search(place, vector(), 10)).toEqual([]);
    expect(await suite.index.count(place)).toBe(0);
    await suite.index.settle(place);
    await suite.index.drop(place);
  });

  test('tenants, namespaces and generations do not see each other', async () => {
    const place = await suite.place();
    const { generation } = await suite.place();
    // A number of a namespace is unique in the store: no second tenant comes with the same one.
    const places: VectorPlace[] = [
      place,
      { ...place, namespaceNo: place.namespaceNo + 10_000 },
      { ...place, generation },
      { ...place, tenant: 'another' as TenantId, namespaceNo: place.namespaceNo + 20_000 },
    ];
    const shared = vector();
    for (const [i, each] of places.entries()) {
      await suite.index.put(each, [{ ordinal: i + 1, passages: [shared] }]);
    }
    for (const [i, each] of places.entries()) {
      expect(await found(suite, each, shared)).toEqual([[i + 1, 0]]);
      await suite.index.remove(each, [((i + 1) % places.length) + 1]);
    }
    for (const each of places) expect(await suite.index.count(each)).toBe(1);
    await suite.index.drop(place);
    expect(await found(suite, place, shared)).toEqual([]);
    for (const each of places.slice(1)) expect(await suite.index.count(each)).toBe(1);
  });

  test('a tenant that names the place of another one sees and changes nothing', async () => {
    const place = await suite.place();
    const [own, other] = [vector(), vector()];
    const thief = { ...place, tenant: 'thief' as TenantId };
    await suite.index.put(place, [{ ordinal: 1, passages: [own] }]);
    const nothing = (): void => {};
    expect(await suite.index.search(thief, own, 10).catch(() => [])).toEqual([]);
    await suite.index.remove(thief, [1]).catch(nothing);
    await suite.index.put(thief, [{ ordinal: 1, passages: [other] }]).catch(nothing);
    await suite.index.drop(thief).catch(nothing);
    expect(await suite.index.count(place)).toBe(1);
    const [hit] = await suite.index.search(place, own, 1);
    expect(hit).toMatchObject({ ordinal: 1, passage: 0 });
    expect(hit?.cosine).toBeCloseTo(1, 1);
  });

  test('a place that was dropped may be filled again', async () => {
    const place = await suite.place();
    await suite.index.put(place, [{ ordinal: 1, passages: [vector()] }]);
    await suite.index.drop(place);
    await suite.index.drop(place);
    expect(await suite.index.count(place)).toBe(0);
    const again = vector();
    await suite.index.put(place, [{ ordinal: 2, passages: [again] }]);
    expect(await found(suite, place, again)).toEqual([[2, 0]]);
  });

  test('a generation keeps its dimension', async () => {
    const { generation } = await suite.place();
    await suite.index.prepare(generation, dimension);
    const other = suite.index.prepare(generation, dimension * 2);
    await expect(other).rejects.toMatchObject({ code: 'setting_invalid' });
    await expect(other).rejects.toThrow(/dimension/);
  });
}

function largeRules(suite: Suite): void {
  test('of 5,000 passages in clusters the nearest ten are found', async () => {
    const random = seededRandom(7);
    const place = await suite.place();
    const memories = memoriesOf(
      clusteredVectors(random, { count: 5_000, clusters: 50, dimension }),
    );
    await putAll(suite.index, place, memories.slice(0, 4_000));
    await suite.index.settle(place);
    // What comes after it was built belongs to it too.
    await putAll(suite.index, place, memories.slice(4_000));
    expect(await suite.index.count(place)).toBe(5_000);
    let recall = 0;
    const queries = 50;
    for (let i = 0; i < queries; i += 1) {
      const query = near(memories[i * 97]?.passages[0] ?? undefined, random);
      const hits = await suite.index.search(place, query, 10);
      recall += recallOf(hits, exactNearest(memories, query, 10)) / queries;
    }
    expect(recall).toBeGreaterThanOrEqual(0.95);
  });

  test('a tiny namespace beside a large one is found whole', async () => {
    const random = seededRandom(8);
    const large = await suite.place();
    const tiny = { ...large, namespaceNo: large.namespaceNo + 10_000 };
    const vectors = clusteredVectors(random, { count: 20_010, clusters: 40, dimension });
    const few = memoriesOf(vectors.slice(20_000));
    await suite.index.put(tiny, few);
    await putAll(suite.index, large, memoriesOf(vectors.slice(0, 20_000)));
    await suite.index.settle(large);
    await suite.index.settle(tiny);
    for (let i = 0; i < 20; i += 1) {
      const query = near(vectors[i * 31], random);
      const hits = await suite.index.search(tiny, query, 10);
      expect(recallOf(hits, exactNearest(few, query, 10))).toBe(1);
      expect(await suite.index.search(large, query, 10)).toHaveLength(10);
    }
  });
}

function concurrencyRules(suite: Suite): void {
  test('puts, removes and searches of one place at once', async () => {
    const random = seededRandom(9);
    const place = await suite.place();
    const vectors = Array.from({ length: 200 }, () => unitVector(random, dimension));
    const memories = memoriesOf(vectors);
    await suite.index.put(place, memories.slice(0, 100));
    const work = Array.from({ length: 10 }, async (_, i) => {
      const own = memories.slice(100 + i * 10, 110 + i * 10);
      await suite.index.put(place, own);
      await suite.index.remove(
        place,
        own.slice(0, 5).map(({ ordinal }) => ordinal),
      );
      await suite.index.remove(
        place,
        memories.slice(i * 10, i * 10 + 5).map(({ ordinal }) => ordinal),
      );
      const hits = await suite.index.search(
        place,
        vectors[109 + i * 10] ?? unitVector(random, dimension),
        1,
      );
      expect(hits[0]?.ordinal).toBe(110 + i * 10);
    });
    await Promise.all(work);
    expect(await suite.index.count(place)).toBe(100);
    const left = await suite.index.search(place, unitVector(random, dimension), 400);
    expect(left.every(({ ordinal }) => (ordinal - 1) % 10 >= 5)).toBe(true);
  });

  test('the same memories put by many at once are there once', async () => {
    const random = seededRandom(10);
    const place = await suite.place();
    const memories = memoriesOf(Array.from({ length: 40 }, () => unitVector(random, dimension)));
    await Promise.all(Array.from({ length: 8 }, () => suite.index.put(place, memories)));
    expect(await suite.index.count(place)).toBe(40);
    expect(await suite.index.search(place, unitVector(random, dimension), 400)).toHaveLength(40);
  });

  test('several places are made at once', async () => {
    const random = seededRandom(11);
    const first = await suite.place();
    const own = unitVector(random, dimension);
    const places = Array.from({ length: 6 }, (_, i) => ({
      ...first,
      namespaceNo: first.namespaceNo + (i + 1) * 1_000,
    }));
    await Promise.all(
      places.flatMap((place, i) => [
        suite.index.prepare(first.generation, dimension),
        suite.index.put(place, [{ ordinal: i, passages: [own] }]),
      ]),
    );
    for (const [i, place] of places.entries()) {
      expect(await found(suite, place, own)).toEqual([[i, 0]]);
    }
  });
}

function sharingRules(suite: Suite, reopen: NonNullable<VectorBackend['reopen']>): void {
  test('another process finds what was put, and knows the system again', async () => {
    const random = seededRandom(12);
    const place = await suite.place();
    const own = unitVector(random, dimension);
    await suite.index.put(place, [{ ordinal: 1, passages: [own] }]);
    const other = await reopen();
    expect(await other.identity()).toBe(await suite.index.identity());
    await other.prepare(place.generation, dimension);
    expect(await other.search(place, own, 1)).toMatchObject([{ ordinal: 1, passage: 0 }]);
    await other.put(place, [{ ordinal: 2, passages: [own] }]);
    await other.remove(place, [1]);
    expect(await found(suite, place, own)).toEqual([[2, 0]]);
    const wrong = other.prepare(place.generation, dimension + 1);
    await expect(wrong).rejects.toMatchObject({ code: 'setting_invalid' });
    await other.close();
  });

  test('who has used it last is known to every process', async () => {
    const other = await reopen();
    await suite.index.setTurn('0123456789ab');
    expect(await other.turn()).toBe('0123456789ab');
    await other.setTurn('ba9876543210');
    expect(await suite.index.turn()).toBe('ba9876543210');
    await other.close();
  });
}
