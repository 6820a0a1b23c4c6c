/**
 * `npm run bench:noisy`: what a tenant who searches one question at a time notices of another who
 * stores, searches and exports at full speed. Idle and noisy blocks take turns in one run.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { importAll, search } from './lib/api.ts';
import { createClient } from './lib/client.ts';
import { describeEnvironment, makeTempFolder } from './lib/environment.ts';
import { numberField, textField } from './lib/json.ts';
import { formatTable, type Result, round, type Table, writeResult } from './lib/results.ts';
import { type ServerProcess, startServer } from './lib/server.ts';
import { percentile, type Summary, summarize } from './lib/stats.ts';
import { type Figure, figureTable } from './load/figure.ts';
import { noisyBulkItems, noisyConnections, noisySize } from './load/noisy-plan.ts';
import { queriesFor, turn } from './load/store.ts';

const { values: options } = parseArgs({
  options: {
    pairs: { type: 'string', default: '12' },
    seconds: { type: 'string', default: '4' },
    json: { type: 'string' },
  },
});
const pairs = Number(options.pairs);
const seconds = Number(options.seconds);
const quietSize = 10_000;
const goal = 3;
/** Until every connection of the noisy tenant is at work, or has its last answer. */
const settleMs = 700;

const hook = fileURLToPath(new URL('./lib/event-loop-hook.js', import.meta.url));
const noisyEntry = fileURLToPath(new URL('./load/noisy-tenant.js', import.meta.url));
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

interface Pair {
  readonly idle: Summary;
  readonly noisy: Summary;
  /** Event-loop delay in the noisy block, p99: by the server's own work, and in all. */
  readonly loop: { readonly own: number; readonly all: number };
  /** What the noisy tenant did, a second. */
  readonly rates: Readonly<Record<string, number>>;
}

/** What the quiet tenant does one at a time; gives the milliseconds of one over HTTP. */
type Ask = (n: number) => Promise<number>;

async function makeTenant(server: ServerProcess, name: string): Promise<string> {
  const client = createClient(server);
  const reply = await client.send('POST', '/v1/admin/tenants', { name });
  client.close();
  return textField(reply.body, 'key') ?? '';
}

async function fill(url: string, key: string, namespace: string, size: number): Promise<void> {
  const client = createClient({ url, key });
  const items = Array.from({ length: size }, (_, n) => turn(n));
  await importAll(client, namespace, items, { size: 500, inFlight: 2 });
  client.close();
}

/** Sends a word to the noisy tenant and gives its answer: what it has done so far. */
function tell(child: ChildProcess, name: string, value?: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    child.once('message', (message: unknown) => {
      const answer: unknown = Object.getOwnPropertyDescriptor(message, 'value')?.value;
      resolve(answer);
    });
    child.send({ name, value });
  });
}

/** Each pair is an idle block and a noisy one. */
async function measure(server: ServerProcess, noisy: ChildProcess, ask: Ask): Promise<Pair[]> {
  let asked = 0;
  const block = async (ms: number): Promise<Summary> => {
    const took: number[] = [];
    const until = performance.now() + ms;
    while (performance.now() < until) took.push(await ask(asked++));
    return summarize(took);
  };
  // Code is compiled and indexes are loaded, on both sides, before it counts.
  await block(2_000);
  await tell(noisy, 'on');
  await block(3_000);
  await tell(noisy, 'off');
  const results: Pair[] = [];
  for (let n = 0; n < pairs; n += 1) {
    await sleep(settleMs);
    const idle = await block(seconds * 1000);
    const before = await tell(noisy, 'on');
    const startedAt = performance.now();
    await sleep(settleMs);
    await server.ask('event-loop-reset');
    const beside = await block(seconds * 1000);
    const delay = await server.ask('event-loop-read');
    const after = await tell(noisy, 'off');
    const perSecond = 1000 / (performance.now() - startedAt);
    const rate = (name: string): number =>
      ((numberField(after, name) ?? 0) - (numberField(before, name) ?? 0)) * perSecond;
    const rates = Object.fromEntries(counted.map((name) => [name, rate(name)]));
    const read = (name: string): number => numberField(delay, name) ?? Number.NaN;
    const loop = { own: read('ownP99'), all: read('p99') };
    const pair = { idle, noisy: beside, loop, rates };
    results.push(pair);
    console.error(`pair ${n + 1}: ${describe(pair)}`);
  }
  return results;
}

const counted = ['stores', 'bulks', 'searches', 'exports', 'refused', 'cpuMs'];

function describe(pair: Pair): string {
  const part = ({ p50, p95, n }: Summary): string =>
    `p50 ${p50.toFixed(2)}, p95 ${p95.toFixed(2)}, n ${n}`;
  return `idle ${part(pair.idle)}; noisy ${part(pair.noisy)}; ${ratio(pair).toFixed(2)} x`;
}

const ratio = ({ idle, noisy }: Pair): number => noisy.p95 / idle.p95;

async function measureAll(server: ServerProcess): Promise<Figure[]> {
  const quietKey = await makeTenant(server, 'quiet');
  const noisyKey = await makeTenant(server, 'noisy');
  await fill(server.url, quietKey, 'quiet', quietSize);
  await fill(server.url, noisyKey, 'noisy', noisySize);
  const child = fork(noisyEntry, { stdio: 'inherit' });
  const client = createClient({ url: server.url, key: quietKey, sockets: 1 });
  const queries = queriesFor(quietSize, 2_000);
  try {
    await tell(child, 'start', { url: server.url, key: noisyKey });
    const searches = await measure(server, child, async (n) => {
      const query = queries[n % queries.length] ?? '';
      return (await search(client, { query, namespace: 'quiet' })).httpMs;
    });
    const stores = await measure(server, child, async (n) => {
      const item = { ...turn(n), namespace: 'notes' };
      const { status, ms } = await client.send('POST', '/v1/memory-set', item);
      if (status !== 200) throw new Error(`memory-set answered ${status}`);
      return ms;
    });
    const size = `${quietSize / 1000}k memories`;
    return [
      ...figuresOf(`search of one tenant over HTTP, ${size}`, searches, goal),
      ...figuresOf('single store of one tenant over HTTP', stores, null),
      ...loadFigures([...searches, ...stores]),
    ];
  } finally {
    child.kill();
    client.close();
  }
}

function figuresOf(what: string, results: readonly Pair[], goal: number | null): Figure[] {
  const ratios = results.map(ratio);
  const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  const blocks = (of: (pair: Pair) => Summary): Pick<Figure, 'value' | 'series' | 'note'> => {
    const median = (name: keyof Summary) =>
      percentile(
        results.map((pair) => of(pair)[name]),
        0.5,
      );
    const [n, p50, p95] = [median('n'), median('p50'), median('p95')];
    const series = { n, p50, p95, p99: median('p99'), max: median('max') };
    return { value: p95, series, note: `medians of the blocks; p99 ${series.p99.toFixed(2)} ms` };
  };
  return [
    {
      what: `${what}: p95 beside a noisy tenant over p95 alone, median of ${results.length} pairs`,
      goal,
      value: percentile(ratios, 0.5),
      unit: 'x',
      note: `pairs from ${range}`,
    },
    { what: `${what}, alone, p95`, goal: null, unit: 'ms', ...blocks(({ idle }) => idle) },
    { what: `${what}, beside, p95`, goal: null, unit: 'ms', ...blocks(({ noisy }) => noisy) },
  ];
}

function loadFigures(results: readonly Pair[]): Figure[] {
  const median = (of: (pair: Pair) => number): number => percentile(results.map(of), 0.5);
  const highest = Math.max(...results.map(({ loop }) => loop.own)).toFixed(1);
  const rate = (name: string): string => median(({ rates }) => rates[name] ?? 0).toFixed(1);
  return [
    {
      what: 'event-loop delay by work of the server beside a noisy tenant, p99',
      goal: 5,
      value: median(({ loop }) => loop.own),
      unit: 'ms',
      note:
        `median of the blocks; highest ${highest} ms; with what it waited for a core ` +
        `${median(({ loop }) => loop.all).toFixed(2)} ms`,
    },
    {
      what: 'requests of the noisy tenant that failed, a second',
      goal: 0,
      value: results.reduce((sum, { rates }) => sum + (rates.refused ?? 0), 0),
      unit: 'requests',
      note:
        `it got, a second: ${rate('stores')} stores, ${rate('searches')} searches, ` +
        `${rate('bulks')} bulks of ${noisyBulkItems}, ${rate('exports')} exports of ` +
        `${noisySize / 1000}k; ` +
        `its process took ${rate('cpuMs')} ms of CPU`,
    },
  ];
}

async function main(): Promise<void> {
  const dataDir = makeTempFolder('noisy');
  try {
    const server = await startServer({ dataDir, nodeArgs: ['--import', hook] });
    try {
      report(figureTable(await measureAll(server)));
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function report(table: Table): void {
  console.log(formatTable(table));
  if (options.json === undefined) return;
  const connections = Object.entries(noisyConnections).map(([name, count]) => `${count} ${name}`);
  const result: Result = {
    kind: 'load',
    name: 'noisy',
    date: new Date().toISOString(),
    command: `npm run bench:noisy -- --pairs ${pairs} --seconds ${seconds}`,
    settings: {
      pairs,
      'seconds of a block': seconds,
      'connections of the noisy tenant': connections.join(', '),
      'load generator': 'a process of its own on the same cores as the server',
      'load average of the machine': round(loadavg()[1] ?? 0, 1),
    },
    environment: describeEnvironment(),
    tables: [table],
  };
  writeResult(options.json, result);
}

await main();
