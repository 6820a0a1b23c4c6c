import { expect, test } from 'vitest';
import { analysisOf, baseSettings, sourceOf, wordQuery } from './index-fixtures.test.helper.ts';
import { createIndexPool } from './index-pool.ts';
import { MemoryIndexRecords } from './memory-records.test.helper.ts';

function newRecords(count: number, word: string): MemoryIndexRecords {
  const records = new MemoryIndexRecords();
  for (let i = 0; i < count; i += 1) records.put(analysisOf(`${word} word${i}`));
  return records;
}

test('many small namespaces stay inside the bytes that they may take', async () => {
  const bytesMax = 8 * 1024 * 1024;
  const pool = createIndexPool({ ...baseSettings, bytesMax });
  const all = Array.from({ length: 5000 }, (_, n) => newRecords(2, `name${n}`));
  let highest = 0;
  const search = async (n: number) => {
    const records = all[n];
    if (!records) return;
    const answer = await pool.searcher(`n${n}`, sourceOf(records)).search(wordQuery(`name${n}`));
    expect(answer.count).toBe(2);
    highest = Math.max(highest, pool.stats().bytes);
  };
  for (let n = 0; n < all.length; n += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, i) => search(n + i)));
  }
  // Twenty at once may be opened before the first of them is counted.
  expect(highest).toBeLessThan(bytesMax * 1.1 + 20 * 80_000);
  expect(pool.stats().namespaces).toBeGreaterThan(50);
  const evicted = all[0];
  const calls = evicted ? { ...evicted.calls } : undefined;
  await search(0);
  // It was saved when it went: one segment is read and no row.
  expect(evicted?.calls).toMatchObject({ between: calls?.between, segment: 1 });
  await pool.close();
  expect(pool.stats()).toEqual({ namespaces: 0, bytes: 0 });
  await expect(search(1)).rejects.toThrow('stopping');
});

test('the least recently used namespace goes first', async () => {
  const pool = createIndexPool({ ...baseSettings, bytesMax: 4 * 75_000 });
  const all = new Map(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, newRecords(3, name)]));
  const search = async (name: string) => {
    const records = all.get(name) ?? new MemoryIndexRecords();
    await pool.searcher(name, sourceOf(records)).search(wordQuery(name));
    return records.calls.between;
  };
  for (const name of ['a', 'b', 'c', 'a', 'd', 'a', 'e', 'a', 'f']) await search(name);
  await expect.poll(() => pool.stats().bytes).toBeLessThanOrEqual(4 * 75_000);
  expect(all.get('a')?.calls.segment).toBe(0);
  await search('b');
  expect(all.get('b')?.calls.segment).toBe(1);
  await pool.close();
});

test('a cold namespace is built once, however many ask', async () => {
  const records = newRecords(40, 'tea');
  const pool = createIndexPool({ ...baseSettings, bytesMax: 1e9 });
  const answers = await Promise.all(
    Array.from({ length: 16 }, () =>
      pool.searcher('n', sourceOf(records)).search(wordQuery('tea')),
    ),
  );
  expect(new Set(answers.map((answer) => answer.eligible))).toEqual(new Set([40]));
  expect(records.calls.between).toBe(1);
  expect(pool.stats().namespaces).toBe(1);
  await pool.close();
});

test('a search sees every write that was acknowledged before it was asked', async () => {
  const records = newRecords(1, 'tea');
  const pool = createIndexPool({ ...baseSettings, bytesMax: 1e9 });
  const searcher = pool.searcher('n', sourceOf(records));
  const asked: Promise<void>[] = [];
  for (let i = 1; i < 200; i += 1) {
    records.put(analysisOf(`tea word${i}`));
    const seq = records.log.length;
    asked.push(
      searcher.search(wordQuery('tea')).then((answer) => {
        expect(answer.seq).toBeGreaterThanOrEqual(seq);
        expect(answer.eligible).toBeGreaterThanOrEqual(seq);
      }),
    );
    if (i % 7 === 0) await Promise.resolve();
    if (i % 31 === 0) await asked.at(-1);
  }
  await Promise.all(asked);
  await pool.close();
});
