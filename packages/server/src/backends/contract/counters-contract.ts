/** The contract of shared counters: every backend runs these tests. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { KnownShares, SharedCounters, SharedSum } from '../../ports/shared-counters.ts';

export interface OpenCounters {
  /** Of two servers over one store. */
  readonly servers: readonly [SharedCounters, SharedCounters];
  /** Everything that was counted is lost. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

export interface CountersBackend {
  readonly name: string;
  open(): Promise<OpenCounters>;
}

const hourMs = 3_600_000;
const one = { items: 1, isAlwaysAllowed: false };
const isReturning = false;
const nothing: KnownShares = { base: 0, shares: {} };

/** Declares the suite `<name>: shared counters`. */
export function runCountersContract({ name, open }: CountersBackend): void {
  describe(`${name}: shared counters`, () => {
    let opened: OpenCounters | undefined;
    const counters = (): OpenCounters => {
      if (!opened) throw new Error('the counters are opened before the tests');
      return opened;
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => opened?.close());
    beforeEach(() => counters().forget());
    bucketRules(counters);
    sumRules(counters);
    lossRules(counters);
    recoveryRules(counters);
  });
}

function bucketRules(counters: () => OpenCounters): void {
  test('of many takers on two servers exactly as many pass as a full bucket holds', async () => {
    const bucket = { name: 'key', limit: 30, periodMs: hourMs };
    const takers = Array.from({ length: 100 }, (_, i) =>
      counters().servers[i % 2 === 0 ? 0 : 1].take([bucket]),
    );
    const states = (await Promise.all(takers)).map((taken) => taken?.at(-1));
    expect(states.filter((state) => state?.isAllowed)).toHaveLength(30);
    const left = states.filter((state) => state?.isAllowed).map((state) => state?.remaining);
    expect(left.sort((a = 0, b = 0) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    for (const state of states.filter((each) => !each?.isAllowed)) {
      expect(state).toMatchObject({ limit: 30, remaining: 0 });
      expect(state?.waitMs).toBeGreaterThan(hourMs / 30 - 60_000);
      expect(state?.waitMs).toBeLessThanOrEqual(hourMs / 30);
    }
  });

  test('the first bucket that has none ends it, and takes nothing of those behind', async () => {
    const small = { name: 'small', limit: 2, periodMs: hourMs };
    const large = { name: 'large', limit: 10, periodMs: hourMs };
    const [a, b] = counters().servers;
    await a.take([small, large]);
    await b.take([small, large]);
    expect(await a.take([small, large])).toMatchObject([{ isAllowed: false, limit: 2 }]);
    expect(await b.take([large])).toMatchObject([{ isAllowed: true, remaining: 7 }]);
  });

  test('an empty bucket has one again after as long as it said', async () => {
    const quick = { name: 'quick', limit: 5, periodMs: 250 };
    const [a, b] = counters().servers;
    const take = async (from: SharedCounters) => (await from.take([quick]))?.[0];
    let last = await take(a);
    while (last?.isAllowed) last = await take(b);
    expect(last?.waitMs).toBeLessThanOrEqual(50.001);
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(last?.waitMs ?? 0) + 1));
    expect((await take(a))?.isAllowed).toBe(true);
  });
}

function sumRules(counters: () => OpenCounters): void {
  test('two counters get exactly the limit together, whole or not at all', async () => {
    const sum = sumOf('month', nothing);
    const granted = [0, 0];
    const counter = async (place: 0 | 1): Promise<void> => {
      for (let i = 0; i < 80; i++) {
        const items = 1 + (i % 3);
        const turn = {
          counter: `c${place}`,
          mine: granted[place] ?? 0,
          limit: 100,
          others: {},
          isReturning,
        };
        const asked = [{ items, isAlwaysAllowed: false }];
        const answer = await counters().servers[place].grant(sum, { ...turn, asked });
        if (answer?.isGranted[0]) granted[place] = turn.mine + items;
        expect(answer?.total).toBeLessThanOrEqual(100);
      }
    };
    await Promise.all([counter(0), counter(1)]);
    expect((granted[0] ?? 0) + (granted[1] ?? 0)).toBe(100);
    expect(Math.min(...granted)).toBeGreaterThan(0);
  });

  test('in one turn each is decided for itself, and what is always allowed passes', async () => {
    const sum = sumOf('turn', nothing);
    const asked = [3, 4, 3, 2].map((items) => ({ items, isAlwaysAllowed: items === 4 }));
    const turn = { counter: 'a', mine: 0, limit: 5, others: {}, isReturning, asked };
    const [a, b] = counters().servers;
    expect(await a.grant(sum, turn)).toEqual({ total: 7, isGranted: [true, true, false, false] });
    const free = { ...one, items: 0 };
    const next = { counter: 'b', mine: 0, limit: 5, others: {}, isReturning, asked: [one, free] };
    expect(await b.grant(sum, next)).toEqual({ total: 7, isGranted: [false, true] });
  });

  test('what one has given back another may have', async () => {
    const sum = sumOf('back', nothing);
    const [a, b] = counters().servers;
    const all = [{ items: 5, isAlwaysAllowed: false }];
    await a.grant(sum, { counter: 'a', mine: 0, limit: 5, others: {}, isReturning, asked: all });
    const ask = { counter: 'b', mine: 0, limit: 5, others: {}, isReturning, asked: [one] };
    expect((await b.grant(sum, ask))?.isGranted).toEqual([false]);
    await a.grant(sum, { counter: 'a', mine: 4, limit: 5, others: {}, isReturning, asked: [] });
    expect(await b.grant(sum, ask)).toEqual({ total: 5, isGranted: [true] });
  });

  test('what a counter had stays counted when it leaves', async () => {
    const sum = sumOf('left', nothing);
    const [a, b] = counters().servers;
    const asked = Array.from({ length: 4 }, () => one);
    await a.grant(sum, { counter: 'a', mine: 0, limit: 5, others: {}, isReturning, asked });
    await a.leave(sum, 'a', 4);
    const next = { counter: 'a2', mine: 0, limit: 5, others: {}, isReturning, asked: [one, one] };
    expect(await b.grant(sum, next)).toEqual({ total: 5, isGranted: [true, false] });
  });

  test('names of sums are apart, and so are sums and buckets', async () => {
    const [a] = counters().servers;
    await a.take([{ name: 'same', limit: 1, periodMs: hourMs }]);
    const turn = { counter: 'a', mine: 0, limit: 1, others: {}, isReturning, asked: [one] };
    expect((await a.grant(sumOf('same', nothing), turn))?.total).toBe(1);
    expect((await a.grant(sumOf('other', nothing), turn))?.total).toBe(1);
  });
}

function lossRules(counters: () => OpenCounters): void {
  test('a sum that nobody knows is recovered once, and counted on from there', async () => {
    let asked = 0;
    const recover = async (): Promise<KnownShares> => {
      asked += 1;
      return { base: 90, shares: { b: 8 } };
    };
    const sum = { ...sumOf('known', nothing), recover };
    const [a, b] = counters().servers;
    const turn = {
      counter: 'a',
      mine: 0,
      limit: 100,
      others: {},
      isReturning,
      asked: [one, one, one],
    };
    expect((await a.grant(sum, turn))?.isGranted).toEqual([true, true, false]);
    expect(asked).toBe(1);
    // What the other says itself comes before what was known of it.
    const exact = {
      counter: 'b',
      mine: 5,
      limit: 100,
      others: {},
      isReturning,
      asked: [one, one, one, one],
    };
    expect((await b.grant(sum, exact))?.isGranted).toEqual([true, true, true, false]);
    expect(asked).toBe(1);
  });

  test('after a loss it is exact again as soon as each counter has said its own', async () => {
    const [a, b] = counters().servers;
    const mine = { a: 40, b: 37 };
    const sum = sumOf('lost', { base: 10, shares: { a: 48, b: 48 } });
    const turn = { limit: 100, others: {}, isReturning, asked: [] };
    await a.grant(sum, { counter: 'a', mine: 0, ...turn });
    await counters().forget();
    expect((await a.grant(sum, { counter: 'a', mine: mine.a, ...turn }))?.total).toBe(98);
    expect((await b.grant(sum, { counter: 'b', mine: mine.b, ...turn }))?.total).toBe(87);
    const asked = Array.from({ length: 20 }, () => one);
    const last = { counter: 'b', mine: 37, limit: 100, others: {}, isReturning, asked };
    const granted = (await b.grant(sum, last))?.isGranted.filter(Boolean);
    expect(granted).toHaveLength(13);
  });
}

function recoveryRules(counters: () => OpenCounters): void {
  test('of two that recover a sum at once none forgets the other', async () => {
    const mine = { a: 40, b: 59 };
    for (let round = 0; round < 30; round++) {
      await counters().forget();
      const [a, b] = counters().servers;
      const turn = { limit: 100, others: {}, isReturning, asked: [one, one, one] };
      const answers = await Promise.all([
        a.grant(sumOf('both', { base: 0, shares: { b: mine.b } }), {
          ...{ ...turn, counter: 'a', mine: mine.a },
        }),
        b.grant(sumOf('both', { base: 0, shares: { a: mine.a } }), {
          ...{ ...turn, counter: 'b', mine: mine.b },
        }),
      ]);
      const granted = answers.flatMap((answer) => answer?.isGranted.filter(Boolean) ?? []);
      expect(granted).toHaveLength(1);
    }
  });

  test('what another has counted without the counters is known from the store', async () => {
    const [a] = counters().servers;
    let recovered = 0;
    const recover = async (): Promise<KnownShares> => {
      recovered += 1;
      return { base: 10, shares: recovered === 1 ? { b: 20 } : { b: 20, c: 5 } };
    };
    const sum = { ...sumOf('others', nothing), recover };
    const turn = { counter: 'a', mine: 30, limit: 100, isReturning, asked: [] };
    const ask = async (others: Readonly<Record<string, number>>) =>
      (await a.grant(sum, { ...turn, others }))?.total;
    expect(await ask({})).toBe(60);
    expect(await ask({ b: 15 })).toBe(60);
    expect(await ask({ b: 25 })).toBe(65);
    expect(recovered).toBe(1);
    expect(await ask({ b: 25, c: 3 })).toBe(70);
    expect(recovered).toBe(2);
    // It was there when the store was looked at; it has ended, and is part of the base since.
    expect(await ask({ d: 3 })).toBe(70);
  });

  test('who comes back does not believe what was counted before', async () => {
    const [a, b] = counters().servers;
    const turn = { limit: 100, others: {}, isReturning, asked: [] };
    const before = sumOf('back', nothing);
    await a.grant(before, { counter: 'a', mine: 10, ...turn });
    await b.grant(before, { counter: 'b', mine: 10, ...turn });
    // Meanwhile b has counted 5 more without the counters, and ended.
    const now = sumOf('back', { base: 15, shares: {} });
    const back = { counter: 'a', mine: 12, ...turn };
    expect((await a.grant(now, back))?.total).toBe(22);
    expect((await a.grant(now, { ...back, isReturning: true }))?.total).toBe(27);
    expect((await a.grant(before, back))?.total).toBe(27);
  });
}

function sumOf(name: string, known: KnownShares): SharedSum {
  // The backend may look at its own clock: this is never over while a test runs.
  return { name, endsAt: Date.now() + hourMs, recover: async () => known };
}
