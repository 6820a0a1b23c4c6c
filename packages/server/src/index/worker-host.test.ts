import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { analysisOf, baseSettings, sourceOf, wordQuery } from './index-fixtures.test.helper.ts';
import { createIndexPool } from './index-pool.ts';
import { MemoryIndexRecords } from './memory-records.test.helper.ts';
import { createWorkerHost } from './worker-host.ts';

/** Workers of Node 20 cannot run TypeScript: they take what `tsc -b` made of it. */
const url = new URL('../../dist/index/worker.test.entry.js', import.meta.url);
const memories = 30;

function newHost(logged: string[] = []) {
  expect(existsSync(fileURLToPath(url)), 'the packages are built').toBe(true);
  const log = (_level: string, message: string) => logged.push(message);
  return createWorkerHost({
    url,
    share: () => ({ workerData: memories, transfer: [] }),
    workers: 2,
    log,
  });
}

test('a worker answers what the index in this thread answers', async () => {
  const host = newHost();
  const records = new MemoryIndexRecords();
  for (let i = 0; i < memories; i += 1) records.put(analysisOf(`n1 word${i}`));
  const here = createIndexPool({ ...baseSettings, bytesMax: 1e9 }).searcher(
    'n1',
    sourceOf(records),
  );
  const there = host.searcher('n1');
  const query = { ...wordQuery('n1', 'word7'), vector: new Float32Array(8).fill(Math.sqrt(1 / 8)) };
  expect(await there.search(query)).toEqual(await here.search(query));
  const list = { filter: {}, now: 1, order: 'desc', limit: 5 } as const;
  expect(await there.list(list)).toEqual([30, 29, 28, 27, 26]);
  expect(await there.languages()).toEqual(['en']);
  await expect(host.searcher('refused').languages()).rejects.toThrow('No such namespace.');
  await host.close();
  await expect(there.list(list)).rejects.toThrow('stopping');
});

test('the workers tell together what their indexes take, and none starts for it', async () => {
  const host = newHost();
  expect(await host.stats()).toEqual({ namespaces: 0, bytes: 0 });
  await host.searcher('n1').search(wordQuery('word3'));
  const one = await host.stats();
  expect(one).toMatchObject({ namespaces: 1, bytes: expect.any(Number) });
  expect(one.bytes).toBeGreaterThan(0);
  await host.searcher('n2').search(wordQuery('word3'));
  const both = await host.stats();
  expect(both.namespaces).toBe(2);
  // What was read for a search stays where there is room.
  expect(both.bytes / one.bytes).toBeCloseTo(2, 1);
  await host.close();
});

test('a worker that dies is replaced, and the next one answers its questions', async () => {
  const logged: string[] = [];
  const host = newHost(logged);
  // The second key goes to the second worker, the third to the first one again.
  const [one, , three] = ['n1', 'n2', 'n3'].map((key) => host.searcher(key));
  const crash = host.searcher('crash');
  expect((await one?.search(wordQuery('word3')))?.count).toBe(1);
  const asked = Promise.all([crash.languages().catch((error: Error) => error.message)]);
  expect(await asked).toEqual(['The search worker stopped twice.']);
  expect(logged.length).toBe(2);
  expect((await one?.search(wordQuery('word3')))?.count).toBe(1);
  expect((await three?.search(wordQuery('word4')))?.count).toBe(1);
  await host.close();
});

test('a namespace moves to a worker when it grows, and opens there when it is large', async () => {
  const workers = newHost();
  const pool = createIndexPool({ ...baseSettings, bytesMax: 1e9, workers, largeFrom: 20 });
  const records = new MemoryIndexRecords();
  for (let i = 0; i < 15; i += 1) records.put(analysisOf(`mine word${i}`));
  const searcher = pool.searcher('n1', sourceOf(records));
  expect((await searcher.search(wordQuery('mine'))).eligible).toBe(15);
  for (let i = 0; i < 15; i += 1) records.put(analysisOf('mine too'));
  expect((await searcher.search(wordQuery('mine'))).eligible).toBe(30);
  await expect.poll(() => pool.stats()).toEqual({ namespaces: 0, bytes: 0 });
  expect(records.image?.seq).toBe(30);
  // The worker of this test has other words in a namespace of this name.
  const there = await searcher.search(wordQuery('mine', 'n1'));
  expect([...there.termFrequencies]).toEqual([0, memories]);
  const large = await pool.searcher('n2', sourceOf(records)).search(wordQuery('mine', 'n2'));
  expect([...large.termFrequencies]).toEqual([0, memories]);
  await pool.close();
  await workers.close();
});
