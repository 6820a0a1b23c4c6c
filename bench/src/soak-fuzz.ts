/**
 * `npm run soak:fuzz`: 100,000 requests made from docs/openapi.json, right ones, nearly right ones
 * and hostile ones, against a real server, beside a tenant who stores and searches. `--replay FILE`
 * sends one request again that a run has printed.
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type FuzzReport, fuzz, type MemorySample, replay } from './fuzz/fuzz.ts';
import { describeEnvironment } from './lib/environment.ts';
import { field, listField } from './lib/json.ts';
import { formatTable, type Result, round, type Table, writeResult } from './lib/results.ts';
import { type Figure, figureTable, verdict } from './load/figure.ts';

const { values: options } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string' },
    json: { type: 'string' },
    replay: { type: 'string' },
  },
});

/** What the second half may add: what is stored meanwhile goes into the indexes. */
const growthMbMax = 64;

function figuresOf(report: FuzzReport): Figure[] {
  const { statuses, unavailable, failed, again, honest, loop, seconds, damage, requests } = report;
  const nothing = { goal: 0, unit: 'found' };
  const listed = [...statuses].sort().map(([status, count]) => `${status}: ${count}`);
  const refused = [...unavailable].map(([code, count]) => `${code}: ${count}`);
  const middle = report.memory[Math.floor(report.memory.length / 2)];
  const last = report.memory.at(-1);
  const grown = (name: keyof MemorySample): number => (last?.[name] ?? 0) - (middle?.[name] ?? 0);
  const rss = report.memory.map(({ rssMb }) => rssMb.toFixed(0)).join(' ');
  return [
    {
      ...nothing,
      what: `answers that break the document, of ${requests} fuzzed requests`,
      value: failed,
      note:
        `statuses ${listed.join(', ')}; ${again} sent again over a new connection; ` +
        `${(requests / seconds).toFixed(0)} requests a second`,
    },
    {
      what: 'answers with 503, all of them documented',
      goal: null,
      value: [...unavailable.values()].reduce((sum, count) => sum + count, 0),
      unit: 'answers',
      note: refused.join(', ') || 'none',
    },
    {
      ...nothing,
      what: 'wrong answers to the honest tenant, and memories of it that are not as stored',
      value: honest.wrong.length,
      note: `${honest.stored} stored and read again, ${honest.searched} searches`,
    },
    { ...nothing, what: 'damage that reverie verify finds', value: damage === undefined ? 0 : 1 },
    {
      what: 'event-loop delay by work of the server, p99',
      goal: 5,
      value: loop.ownP99,
      unit: 'ms',
      note:
        `with what it waited for a core on a busy machine p99 ${loop.p99.toFixed(2)}, ` +
        `p50 ${loop.p50.toFixed(2)}, max ${loop.max.toFixed(0)} ms`,
    },
    {
      what: 'heap after garbage collection, growth over the second half',
      goal: growthMbMax,
      value: grown('heapMb'),
      unit: 'MB',
      note:
        `${middle?.heapMb.toFixed(0)} to ${last?.heapMb.toFixed(0)} MB; ` +
        `buffers and indexes ${grown('buffersMb').toFixed(0)} MB more`,
    },
    {
      what: 'resident memory, growth over the second half',
      goal: 2 * growthMbMax,
      value: grown('rssMb'),
      unit: 'MB',
      note: `MB at every twentieth of the run: ${rss}`,
    },
  ];
}

async function main(): Promise<void> {
  const seed = Number(options.seed ?? Date.now() % 1_000_000);
  const requests = Number(options.requests);
  console.error(`seed ${seed}`);
  const report = await fuzz({
    requests,
    seed,
    onProgress: (done, { heapMb, rssMb }) =>
      console.error(`${done} requests, heap ${heapMb.toFixed(0)} MB, rss ${rssMb.toFixed(0)} MB`),
  });
  for (const failure of report.failures) console.error(JSON.stringify(failure));
  for (const wrong of report.honest.wrong.slice(0, 20)) console.error(wrong);
  if (report.damage !== undefined) console.error(report.damage);
  const figures = figuresOf(report);
  const table = figureTable(figures);
  console.log(formatTable(table));
  if (options.json !== undefined) write(options.json, table, seed, requests);
  if (figures.some((figure) => verdict(figure) === 'missed')) process.exitCode = 1;
}

function write(path: string, table: Table, seed: number, requests: number): void {
  const result: Result = {
    kind: 'soak',
    name: 'fuzz',
    date: new Date().toISOString(),
    command: `npm run soak:fuzz -- --seed ${seed}`,
    settings: {
      requests,
      seed,
      connections: 12,
      'load average of the machine': round(loadavg()[1] ?? 0, 1),
    },
    environment: describeEnvironment(),
    tables: [table],
  };
  writeResult(path, result);
}

if (options.replay === undefined) await main();
else {
  const given: unknown = JSON.parse(readFileSync(options.replay, 'utf8'));
  const request = field(given, 'request') ?? given;
  const chunks = listField(request, 'chunks').map(String);
  const isOn = (name: string): boolean => field(request, name) === true;
  console.log(await replay({ chunks, ends: isOn('ends'), isHead: isOn('isHead') }));
}
