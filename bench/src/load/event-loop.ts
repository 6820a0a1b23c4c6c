/** How late the server's event loop is while eight writers and four searchers are at work. */
import { fileURLToPath } from 'node:url';
import { search } from '../lib/api.ts';
import { createClient } from '../lib/client.ts';
import { numberField } from '../lib/json.ts';
import { startServer } from '../lib/server.ts';
import { summarize } from '../lib/stats.ts';
import { delayedFsync, straceMissing } from '../lib/strace.ts';
import { type Figure, skipped } from './figure.ts';
import { namespaceOfSize, queriesFor, turn } from './store.ts';

const hook = fileURLToPath(new URL('../../dist/lib/event-loop-hook.js', import.meta.url));
const what = 'event-loop delay under mixed load, p99';
const goalMs = 5;

/** Measures with fsyncs of 4 ms where strace can inject them, and with the disk as it is. */
export async function eventLoopFigures(
  dataDir: string,
  size: number,
  seconds: number,
): Promise<Figure[]> {
  const missing = straceMissing();
  const slow = { what: `${what}, fsyncs of 4 ms`, goal: goalMs, under: delayedFsync(4) };
  const plain = { what: `${what}, fsyncs as they are`, goal: null, under: [] };
  return [
    missing === undefined
      ? await measure({ ...slow, dataDir, size, seconds })
      : skipped(slow.what, goalMs, 'ms', missing),
    await measure({ ...plain, dataDir, size, seconds }),
  ];
}

interface Run {
  readonly what: string;
  readonly goal: number | null;
  readonly under: readonly string[];
  readonly dataDir: string;
  readonly size: number;
  readonly seconds: number;
}

async function measure(run: Run): Promise<Figure> {
  const { dataDir, under } = run;
  const server = await startServer({ dataDir, under, nodeArgs: ['--import', hook] });
  const client = createClient({ ...server, sockets: 12 });
  const queries = queriesFor(run.size, 500);
  const namespace = namespaceOfSize(run.size);
  const writeMs: number[] = [];
  const searchMs: number[] = [];
  let until = performance.now() + 1_000;
  const writer = async (id: number): Promise<void> => {
    for (let n = 0; performance.now() < until; n += 1) {
      const item = { ...turn(n * 8 + id), namespace: `mixed-${id % 4}` };
      const reply = await client.send('POST', '/v1/memory-set', item);
      if (reply.status >= 300) throw new Error(`memory-set answered ${reply.status}`);
      writeMs.push(reply.ms);
    }
  };
  const searcher = async (id: number): Promise<void> => {
    for (let n = id; performance.now() < until; n += 4) {
      const query = queries[n % queries.length] ?? '';
      searchMs.push((await search(client, { query, namespace })).httpMs);
    }
  };
  const load = async (): Promise<void> => {
    const writers = Array.from({ length: 8 }, (_, id) => writer(id));
    const searchers = Array.from({ length: 4 }, (_, id) => searcher(id));
    await Promise.all([...writers, ...searchers]);
  };
  try {
    // One second of the same load first, so that compiling and loading the index do not count.
    await load();
    writeMs.length = 0;
    searchMs.length = 0;
    await server.ask('event-loop-reset');
    until = performance.now() + run.seconds * 1000;
    await load();
    const delay = await server.ask('event-loop-read');
    const read = (name: string): number => numberField(delay, name) ?? Number.NaN;
    const writes = summarize(writeMs);
    const searches = summarize(searchMs);
    return {
      what: run.what,
      goal: run.goal,
      value: read('p99'),
      unit: 'ms',
      series: {
        n: read('n'),
        p50: read('p50'),
        p95: read('p95'),
        p99: read('p99'),
        max: read('max'),
      },
      note:
        `max ${read('max').toFixed(1)} ms; ${writes.n} writes p50 ${writes.p50.toFixed(1)} ms, ` +
        `${searches.n} searches p50 ${searches.p50.toFixed(1)} ms, over HTTP in ${run.seconds} s`,
    };
  } finally {
    client.close();
    await server.stop();
  }
}
