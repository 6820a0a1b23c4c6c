/**
 * How late the event loop is while 16 callers search a large namespace: over PostgreSQL with and
 * without a search worker, and over the folder with one.
 */
import { fileURLToPath } from 'node:url';
import { search } from '../lib/api.ts';
import { createClient } from '../lib/client.ts';
import { numberField } from '../lib/json.ts';
import { round, type Table } from '../lib/results.ts';
import { startServer } from '../lib/server.ts';
import { summarize } from '../lib/stats.ts';
import { fill, namespaceOfSize, queriesFor } from './store.ts';

const hook = fileURLToPath(new URL('../../dist/lib/event-loop-hook.js', import.meta.url));
const callers = 16;
const warmSeconds = 5;
/** All cases take turns. */
const rounds = 2;

export interface LargeNamespace {
  readonly dataDir: string;
  /** The address of an empty database. */
  readonly postgresUrl: string;
  readonly memories: number;
  readonly seconds: number;
}

const cases = [
  { records: 'postgres', workers: 0 },
  { records: 'postgres', workers: 1 },
  { records: 'sqlite', workers: 1 },
] as const;
type Case = (typeof cases)[number];

export async function largeNamespaceTable(plan: LargeNamespace): Promise<Table> {
  for (const one of cases.slice(1)) await store(plan, one);
  const rows: Table['rows'][number][] = [];
  for (let n = 0; n < rounds; n++) {
    for (const one of cases) rows.push(await measure(plan, one));
  }
  return {
    title: `${callers} callers search ${plan.memories} memories`,
    columns: [
      ...['records', 'search workers', 'loop late p50 ms', 'p99 ms', 'p99 ms by its own work'],
      ...['searches/s', 'search p50 ms', 'p95 ms'],
    ],
    rows,
  };
}

function serverOf({ dataDir, postgresUrl }: LargeNamespace, { records, workers }: Case) {
  const settings = {
    REVERIE_RECORDS: records,
    ...(records === 'postgres' && { REVERIE_POSTGRES_URL: postgresUrl }),
    REVERIE_SEARCH_WORKERS: String(workers),
  };
  return { dataDir: `${dataDir}/${records}`, settings };
}

async function store(plan: LargeNamespace, one: Case): Promise<void> {
  const server = await startServer(serverOf(plan, one));
  const client = createClient({ ...server, sockets: 2 });
  await fill(client, plan.memories);
  client.close();
  await server.stop();
}

async function measure(plan: LargeNamespace, one: Case): Promise<Table['rows'][number]> {
  const { memories, seconds } = plan;
  const server = await startServer({ ...serverOf(plan, one), nodeArgs: ['--import', hook] });
  const client = createClient({ ...server, sockets: callers });
  const queries = queriesFor(memories, 2_000);
  const namespace = namespaceOfSize(memories);
  const load = async (forSeconds: number): Promise<number[]> => {
    const took: number[] = [];
    const until = performance.now() + forSeconds * 1000;
    const caller = async (id: number): Promise<void> => {
      for (let n = id; performance.now() < until; n += callers) {
        const query = queries[n % queries.length] ?? '';
        took.push((await search(client, { query, namespace })).httpMs);
      }
    };
    await Promise.all(Array.from({ length: callers }, (_, id) => caller(id)));
    return took;
  };
  try {
    // The index is loaded by the first one, and code compiled by the next.
    await search(client, { query: queries[0] ?? '', namespace });
    await load(warmSeconds);
    await server.ask('event-loop-reset');
    const { n, p50, p95 } = summarize(await load(seconds));
    const delay = await server.ask('event-loop-read');
    const late = ['p50', 'p99', 'ownP99'].map((name) =>
      round(numberField(delay, name) ?? Number.NaN, 1),
    );
    const took = [round(n / seconds, 0), round(p50, 1), round(p95, 1)];
    return [one.records, one.workers, ...late, ...took];
  } finally {
    client.close();
    await server.stop();
  }
}
