/** The law of the reranker port: every provider runs this suite. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryError } from '../../domain/errors.ts';
import type { Reranker } from '../../ports/reranker.ts';

export interface RerankerContract {
  readonly name: string;
  /** A fresh reranker each time; the suite closes it. */
  open(): Promise<Reranker>;
  /** How far two scores of the same pair may be apart. Default 1e-4. */
  readonly gapMax?: number;
}

const query = 'Who is allergic to peanuts?';
const passages = [
  'My daughter is allergic to peanuts.',
  'The printer driver was fixed on Tuesday.',
  'We moved from Lisbon to Oslo in the winter.',
];
const oddities = [
  '',
  ' \n',
  '👩‍👩‍👧‍👦',
  '我女儿对花生过敏。',
  'nul \u0000',
  'half \ud83d',
  '[SEP] [CLS]',
];

/** Declares the suite `<name>: reranker`. */
export function runRerankerContract({ name, open, gapMax = 1e-4 }: RerankerContract): void {
  describe(`${name}: reranker`, () => {
    let reranker: Reranker;
    beforeAll(async () => {
      reranker = await open();
    });
    afterAll(async () => reranker?.close?.());

    const scores = async (asked: string, texts: readonly string[]) => {
      const found = await reranker.rerank(asked, texts);
      expect(found).toHaveLength(texts.length);
      for (const score of found) expect(Number.isFinite(score)).toBe(true);
      return found;
    };
    const expectSame = (some: readonly number[], others: readonly number[]) =>
      expect(largestGap(some, others)).toBeLessThanOrEqual(gapMax);

    it('names its model', () => {
      expect(reranker.model).toMatch(/\S/);
    });

    it('gives one score per passage, whatever the order and the company', async () => {
      const together = await scores(query, passages);
      const reversed = await scores(query, [...passages].reverse());
      expectSame(together, [...reversed].reverse());
      for (const [i, passage] of passages.entries()) {
        expectSame(await scores(query, [passage]), together.slice(i, i + 1));
      }
      expect(new Set(together).size).toBe(passages.length);
    });

    it('reads the question', async () => {
      const other = await scores('When was the printer fixed?', passages);
      expect(other).not.toEqual(await scores(query, passages));
    });

    it('takes no passages, odd ones, and long ones', async () => {
      expect(await reranker.rerank(query, [])).toEqual([]);
      await scores(query, oddities);
      await scores('😀', oddities);
      const long = passages.join(' ').repeat(300);
      await scores(long, [long, 'short', 'a'.repeat(32_768)]);
    });

    it('still reads the passage when the question is long', async () => {
      const long = `${query} `.repeat(200);
      const [first, second] = await scores(long, passages);
      expect(Math.abs((first ?? 0) - (second ?? 0))).toBeGreaterThan(gapMax);
    });

    it('answers calls that run at the same time', async () => {
      const calls = Array.from({ length: 8 }, (_, i) => scores(`${query} ${i}`, passages));
      for (const [i, found] of (await Promise.all(calls)).entries()) {
        expectSame(found, await scores(`${query} ${i}`, passages));
      }
    });

    it('ends early when it is told to, and works on', async () => {
      const gone = { signal: AbortSignal.abort() };
      await expect(reranker.rerank(query, passages, gone)).rejects.toThrow();
      const controller = new AbortController();
      const many = Array.from({ length: 200 }, (_, i) => `${i} ${passages.join(' ')}`);
      const running = reranker.rerank(query, many, { signal: controller.signal });
      const started = performance.now();
      controller.abort();
      await expect(running).rejects.toThrow();
      expect(performance.now() - started).toBeLessThan(1_000);
      await scores(query, passages);
    });

    it('refuses with a code after it was closed', async () => {
      const closed = await open();
      await closed.close?.();
      await closed.close?.();
      const error: unknown = await closed.rerank(query, passages).catch((reason) => reason);
      expect(MemoryError.isInstance(error)).toBe(true);
    });
  });
}

/** NaN where the lists are not of one length. */
function largestGap(some: readonly number[], others: readonly number[]): number {
  const gaps = some.map((score, i) => Math.abs(score - (others[i] ?? Number.NaN)));
  return some.length === others.length ? Math.max(0, ...gaps) : Number.NaN;
}
