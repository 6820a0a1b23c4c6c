import { expect, test, vi } from 'vitest';
import { nearLimitMax } from '../ports/vector-index.ts';
import type { Position } from './follow-changes.ts';
import {
  analysisOf,
  dimension,
  newShared,
  sourceOf,
  wordQuery,
} from './index-fixtures.test.helper.ts';
import type { OutsideVectors } from './index-settings.ts';
import { MemoryIndexRecords } from './memory-records.test.helper.ts';
import { NamespaceIndex } from './namespace-index.ts';
import { slabBytes } from './slab-pool.ts';
import type { IndexCandidates, IndexQuery } from './types.ts';
import { decodeVectors } from './vectors-codec.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz';
let seed = 1;
const random = (): number => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647;
};
const word = (): string =>
  Array.from({ length: 8 }, () => letters[Math.floor(random() * 26)]).join('');
const vectorOf = (text: string): Float32Array => {
  const values = Float32Array.from({ length: dimension }, (_, i) => text.charCodeAt(i) - 96);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
};

/** A system that has everything up to where it says, searched exactly. */
class FakeOutside implements OutsideVectors {
  readonly exactMax: number;
  position: Position | null = null;
  isAway = false;
  /** Passages that it does not name, whatever is asked. */
  lost = 0;
  readonly limits: number[] = [];
  readonly #records: MemoryIndexRecords;

  constructor(records: MemoryIndexRecords, exactMax: number) {
    this.#records = records;
    this.exactMax = exactMax;
  }

  async confirmed(): Promise<Position | null> {
    return this.position;
  }

  async near(vector: Float32Array, limit: number) {
    this.limits.push(limit);
    if (this.isAway) return 'vector: it did not answer in time';
    const all = [...this.#records.rows.values()].flatMap(({ ordinal, vectors }) =>
      decodeVectors(vectors ?? new Uint8Array()).flatMap((each, passage) => {
        if (each === null) return [];
        const dot = vector.reduce((sum, value, i) => sum + value * (each.values[i] ?? 0), 0);
        return [{ ordinal, passage, cosine: dot * each.scale }];
      }),
    );
    return all.sort((a, b) => b.cosine - a.cosine).slice(this.lost, this.lost + limit);
  }

  async catchUp(): Promise<void> {
    const { seq, arrivals } = await this.#records.state();
    this.position = { seq, arrivals };
  }
}

function open(exactMax = 0) {
  const records = new MemoryIndexRecords();
  const outside = new FakeOutside(records, exactMax);
  const builtin = new NamespaceIndex(newShared(), sourceOf(records));
  const index = new NamespaceIndex(newShared(), { ...sourceOf(records), outside });
  return { records, outside, builtin, index };
}

const ask = (text: string, patch: Partial<IndexQuery> = {}): IndexQuery => ({
  ...wordQuery(text.slice(0, 3)),
  vector: vectorOf(text),
  ...patch,
});

/** Of cosines that nobody is shown, a scan in int8 knows three digits. */
function expectSame(one: IndexCandidates, other: IndexCandidates): void {
  // Threads have numbers that depend on when an index was made.
  const { vector, threads: _, ...rest } = one;
  const { vector: cosines, threads: __, ...right } = other;
  expect(rest).toEqual(right);
  const off = Array.from(vector, (cosine, i) => Math.abs(cosine - (cosines[i] ?? 0)));
  expect(Math.max(0, ...off)).toBeLessThan(1e-3);
}

/** Everything that was full is out, and what comes now stays. */
async function moveOut({ outside, index }: ReturnType<typeof open>): Promise<void> {
  await index.catchUp();
  await outside.catchUp();
  await index.catchUp();
}

test('answers are the same whether vectors are in memory or elsewhere', async () => {
  const opened = open();
  const { records, builtin, index } = opened;
  for (let i = 0; i < 60; i += 1) records.put(analysisOf(...(i % 5 ? [word()] : [word(), word()])));
  await moveOut(opened);
  for (let round = 0; round < 40; round += 1) {
    if (round % 4 === 0) records.put(analysisOf(word(), word()));
    if (round % 7 === 0) records.update(1 + (round % 50), 'patch', {}, analysisOf(word()));
    if (round % 11 === 0) records.erase(2 + round);
    if (round % 13 === 0) await moveOut(opened);
    const query = ask(word());
    expectSame(await index.search(query), await builtin.search(query));
  }
});

test('what is in memory and what is elsewhere is one namespace', async () => {
  const opened = open();
  const { records, index } = opened;
  const texts = Array.from({ length: 40 }, word);
  for (const text of texts) records.put(analysisOf(text));
  await moveOut(opened);
  const late = word();
  const ordinal = records.put(analysisOf(late));
  const found = await index.search(ask(late));
  const at = found.ordinals.indexOf(ordinal);
  expect(found.vector[at]).toBeCloseTo(1, 2);
  const early = texts[3] ?? '';
  const old = await index.search(ask(early));
  expect(old.vector[old.ordinals.indexOf(4)]).toBeCloseTo(1, 2);
  expect([...old.vector].every(Number.isFinite)).toBe(true);
});

test('a part leaves only when everything in it is confirmed', async () => {
  const opened = open();
  const { records, outside, builtin, index } = opened;
  for (let i = 0; i < 30; i += 1) records.put(analysisOf(word()));
  await index.catchUp();
  const whole = index.bytes;
  outside.position = { seq: 10, arrivals: 0 };
  await index.catchUp();
  expect(index.bytes).toBeGreaterThan(whole - slabBytes);
  await outside.catchUp();
  await index.catchUp();
  expect(index.bytes).toBeLessThan(whole - 2 * slabBytes);
  const query = ask(word());
  expectSame(await index.search(query), await builtin.search(query));
});

test('a part leaves though nothing has changed since the last search', async () => {
  const opened = open();
  const { records, outside, index } = opened;
  for (let i = 0; i < 40; i += 1) records.put(analysisOf(word()));
  const seen = await records.state();
  await index.search(ask(word(), { seen }));
  const before = index.bytes;
  await outside.catchUp();
  await index.search(ask(word(), { seen }));
  expect(index.bytes).toBeLessThan(before);
});

test('what may leave later is not looked for by every search', async () => {
  const { records, outside, index } = open();
  for (let i = 0; i < 40; i += 1) records.put(analysisOf(word()));
  const seen = await records.state();
  await index.search(ask(word(), { seen }));
  const confirmed = vi.spyOn(outside, 'confirmed');
  const state = vi.spyOn(records, 'state');
  for (let i = 0; i < 10; i += 1) await index.search(ask(word(), { seen }));
  expect([confirmed.mock.calls.length, state.mock.calls.length]).toEqual([1, 1]);
});

test('while the system is away, words answer, and it is said', async () => {
  const opened = open();
  const { records, outside, builtin, index } = opened;
  for (let i = 0; i < 30; i += 1) records.put(analysisOf(word()));
  await moveOut(opened);
  outside.isAway = true;
  const query = ask(word());
  const found = await index.search(query);
  expect(found.vectorMissing).toBe('vector: it did not answer in time');
  const { vectorMissing: _, ...rest } = found;
  expect(rest).toEqual(await builtin.search({ ...query, vector: null }));
  outside.isAway = false;
  expect((await index.search(query)).vectorMissing).toBeUndefined();
});

test('a filter that leaves few is answered from the records alone', async () => {
  const opened = open(20);
  const { records, outside, builtin, index } = opened;
  for (let i = 0; i < 60; i += 1) {
    records.put(analysisOf(word()), { kind: i % 4 === 0 ? 'fact' : 'episode' });
  }
  await moveOut(opened);
  const query = ask(word(), { filter: { kinds: ['fact'] } });
  expectSame(await index.search(query), await builtin.search(query));
  expect(outside.limits).toEqual([]);
});

test('a filter that thins is asked for more, and again', async () => {
  const opened = open();
  const { records, outside, builtin, index } = opened;
  for (let i = 0; i < 400; i += 1) {
    records.put(analysisOf(word()), { kind: i % 10 === 0 ? 'fact' : 'episode' });
  }
  await moveOut(opened);
  const query = ask(word(), { filter: { kinds: ['fact'] }, candidates: 5 });
  expectSame(await index.search(query), await builtin.search(query));
  expect(outside.limits[0]).toBe(100);
  expect(outside.limits.every((limit) => limit <= nearLimitMax)).toBe(true);
});

test('a system that names fewer than it was given does not pass for a whole answer', async () => {
  const opened = open();
  const { records, outside, index } = opened;
  for (let i = 0; i < 60; i += 1) records.put(analysisOf(word()));
  await moveOut(opened);
  const query = ask(word(), { candidates: 100 });
  expect((await index.search(query)).vectorBounded).toBeUndefined();
  outside.lost = 60;
  const short = 'vector: fewer memories were named than there are, so not every one was compared';
  expect((await index.search(query)).vectorBounded).toBe(short);
  // What was wanted is there all the same.
  outside.lost = 5;
  expect((await index.search({ ...query, candidates: 10 })).vectorBounded).toBeUndefined();
});

test('what moved out comes back from storage without its vectors', async () => {
  const opened = open();
  const { records, outside, builtin, index } = opened;
  for (let i = 0; i < 40; i += 1) records.put(analysisOf(word()));
  await moveOut(opened);
  await index.flush();
  index.dispose();
  const again = new NamespaceIndex(newShared(), { ...sourceOf(records), outside });
  const query = ask(word());
  expectSame(await again.search(query), await builtin.search(query));
  expect(outside.limits.length).toBeGreaterThan(0);
});

test('without the system the vectors come back from the rows', async () => {
  const opened = open();
  const { records, builtin, index } = opened;
  for (let i = 0; i < 40; i += 1) records.put(analysisOf(word()));
  await moveOut(opened);
  await index.flush();
  const warnings: string[] = [];
  const log = (_: string, message: string) => void warnings.push(message);
  const again = new NamespaceIndex(newShared({ log }), sourceOf(records));
  const query = ask(word());
  expectSame(await again.search(query), await builtin.search(query));
  expect(warnings).toEqual(['Parts of a stored index were unusable and are built again.']);
});
