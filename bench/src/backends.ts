/**
 * `npm run bench:backends -- --postgres URL`: what a store and a search cost over PostgreSQL,
 * beside the folder, on lines of several lengths. Everything takes turns in one run, and the round
 * trip of an empty statement is measured with it. `--large 100000` measures in place of it how late
 * the event loop is while a namespace of so many memories is searched, with and without a search
 * worker. The URL names an empty database.
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { importAll, search } from './lib/api.ts';
import { createClient, type JsonClient } from './lib/client.ts';
import { describeEnvironment, makeTempFolder } from './lib/environment.ts';
import { formatTable, type Result, round, type Table, writeResult } from './lib/results.ts';
import { type ServerProcess, startServer } from './lib/server.ts';
import { openSlowLine, type SlowLine } from './lib/slow-line.ts';
import { type Summary, summarize } from './lib/stats.ts';
import { largeNamespaceTable } from './load/large-namespace.ts';
import { queriesFor, turn } from './load/store.ts';

const { values: options } = parseArgs({
  options: {
    postgres: { type: 'string' },
    memories: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '400' },
    delays: { type: 'string', default: '0,1,5' },
    block: { type: 'string', default: '50' },
    large: { type: 'string' },
    seconds: { type: 'string', default: '20' },
    json: { type: 'string' },
  },
});
const memories = Number(options.memories);
const rounds = Number(options.rounds);
/** So many of one kind before the next has its turn: after one alone it finds cold caches. */
const block = Number(options.block);
const delays = options.delays.split(',').map(Number);
const namespace = 'bench';
const warmRounds = 100;
/** A search over PostgreSQL takes at most so many of its round trips, p95. */
const goal = 3;

type Work = (n: number) => Promise<number>;

interface Bench {
  readonly line: SlowLine;
  /** What takes turns; each gives the milliseconds of one. */
  readonly works: Readonly<Record<WorkName, Work>>;
  close(): Promise<void>;
}

const workNames = [
  'round trip of an empty statement',
  'search, postgres',
  'search, folder',
  'store, postgres',
  'store, folder',
] as const;
type WorkName = (typeof workNames)[number];

async function openBench(address: string, dataDir: string): Promise<Bench> {
  const url = new URL(address);
  const line = await openSlowLine(url.hostname, Number(url.port || 5432));
  url.hostname = '127.0.0.1';
  url.port = String(line.port);
  const plain = new pg.Client({ connectionString: url.href });
  await plain.connect();
  const settings = { REVERIE_RECORDS: 'postgres', REVERIE_POSTGRES_URL: url.href };
  const servers = [
    await startServer({ dataDir: `${dataDir}/postgres`, settings }),
    await startServer({ dataDir: `${dataDir}/folder` }),
  ];
  const [overPostgres, overFolder] = await Promise.all(servers.map(filled));
  if (!overPostgres || !overFolder) throw new Error('two servers were started');
  const queries = queriesFor(memories, 2_000);
  const searching =
    (client: JsonClient): Work =>
    async (n) =>
      (await search(client, { query: queries[n % queries.length] ?? '', namespace })).httpMs;
  const storing =
    (client: JsonClient): Work =>
    async (n) => {
      const reply = await client.send('POST', '/v1/memory-set', { ...turn(n), namespace: 'new' });
      if (reply.status !== 200) throw new Error(`a store answered ${reply.status}`);
      return reply.ms;
    };
  return {
    line,
    works: {
      'round trip of an empty statement': async () => {
        const start = performance.now();
        await plain.query('SELECT 1');
        return performance.now() - start;
      },
      'search, postgres': searching(overPostgres),
      'search, folder': searching(overFolder),
      'store, postgres': storing(overPostgres),
      'store, folder': storing(overFolder),
    },
    close: async () => {
      line.delayMs = 0;
      for (const client of [overPostgres, overFolder]) client.close();
      for (const server of servers) await server.stop();
      await plain.end();
      await line.close();
    },
  };
}

async function filled(server: ServerProcess): Promise<JsonClient> {
  const client = createClient({ url: server.url, key: server.key, sockets: 1 });
  const items = Array.from({ length: memories }, (_, n) => turn(n));
  await importAll(client, namespace, items, { size: 500, inFlight: 1 });
  return client;
}

async function measure({ line, works }: Bench, delayMs: number): Promise<Map<WorkName, Summary>> {
  line.delayMs = delayMs;
  const took = new Map(workNames.map((name) => [name, [] as number[]]));
  for (let first = 0; first < warmRounds + rounds; first += block) {
    for (const name of workNames) {
      for (let n = first; n < Math.min(first + block, warmRounds + rounds); n++) {
        const ms = await works[name](n);
        if (n >= warmRounds) took.get(name)?.push(ms);
      }
    }
  }
  return new Map([...took].map(([name, all]) => [name, summarize(all)]));
}

async function main(): Promise<void> {
  if (options.postgres === undefined) {
    throw new Error('Name an empty database: --postgres postgres://user:password@host:5432/name');
  }
  const dataDir = makeTempFolder('backends');
  try {
    if (options.large !== undefined) {
      const [large, seconds] = [Number(options.large), Number(options.seconds)];
      const plan = { dataDir, postgresUrl: options.postgres, memories: large, seconds };
      const table = await largeNamespaceTable(plan);
      report(table, { large, seconds });
      return;
    }
    const bench = await openBench(options.postgres, dataDir);
    const rows: Table['rows'][number][] = [];
    try {
      for (const delay of delays) rows.push(...rowsOf(delay, await measure(bench, delay)));
    } finally {
      await bench.close();
    }
    const table = {
      title: 'Over PostgreSQL and over the folder',
      columns: ['added to each round trip', 'what', 'p50 ms', 'p95 ms', 'p95 over a round trip'],
      rows,
    };
    report(table, { memories, rounds, delays: options.delays });
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function rowsOf(delayMs: number, found: ReadonlyMap<WorkName, Summary>): Table['rows'][number][] {
  const trip = found.get('round trip of an empty statement')?.p95 ?? Number.NaN;
  return [...found].map(([name, { p50, p95 }]) => {
    const ratio = name.endsWith('postgres') ? `${round(p95 / trip, 2)} x` : null;
    const held = name === 'search, postgres' ? `${ratio} (goal ${goal})` : ratio;
    return [`${delayMs} ms`, name, round(p50, 2), round(p95, 2), held];
  });
}

/** `settings`: the options without the address. */
function report(table: Table, settings: Readonly<Record<string, string | number>>): void {
  console.log(formatTable(table));
  if (options.json === undefined) return;
  const given = Object.entries(settings).map(([name, value]) => `--${name} ${value}`);
  const result: Result = {
    kind: 'load',
    name: 'backends',
    date: new Date().toISOString(),
    command: `npm run bench:backends -- ${given.join(' ')}`,
    settings,
    environment: describeEnvironment(),
    tables: [table],
  };
  writeResult(options.json, result);
}

await main();
