/**
 * `node bench/dist/shared-counters.js --redis URL`: what a request costs more where servers count
 * its rate together. One server with Redis and one without take turns, block by block, in one run.
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { importAll, search } from './lib/api.ts';
import { createClient, type JsonClient } from './lib/client.ts';
import { makeTempFolder } from './lib/environment.ts';
import { runPool } from './lib/pool.ts';
import { type Cell, formatTable, round } from './lib/results.ts';
import { startServer } from './lib/server.ts';
import { summarize } from './lib/stats.ts';
import { queriesFor, turn } from './load/store.ts';

const { values: options } = parseArgs({
  options: {
    redis: { type: 'string' },
    blocks: { type: 'string', default: '10' },
    requests: { type: 'string', default: '1000' },
  },
});
const { redis: redisUrl } = options;
const blocks = Number(options.blocks);
const requests = Number(options.requests);
const namespace = 'thousand';
const queries = queriesFor(1_000, requests);

interface Kind {
  readonly what: string;
  readonly callers: number;
  /** Milliseconds over HTTP. */
  ask(client: JsonClient, n: number): Promise<number>;
}

const emptyAsk: Kind['ask'] = async (client) => (await client.send('GET', '/v1/keys/self')).ms;
const searchAsk: Kind['ask'] = async (client, n) =>
  (await search(client, { query: queries[n] ?? '', namespace })).httpMs;
const kinds: readonly Kind[] = [
  { what: 'GET /v1/keys/self, one caller', callers: 1, ask: emptyAsk },
  { what: 'GET /v1/keys/self, 16 callers', callers: 16, ask: emptyAsk },
  { what: 'search in 1k memories, one caller', callers: 1, ask: searchAsk },
  { what: 'search in 1k memories, 16 callers', callers: 16, ask: searchAsk },
];

if (redisUrl === undefined) {
  console.error('Name a Redis: node bench/dist/shared-counters.js --redis redis://127.0.0.1:6379');
  process.exitCode = 1;
} else await measure(redisUrl);

async function measure(url: string): Promise<void> {
  const folders = [makeTempFolder('alone'), makeTempFolder('together')] as const;
  const rate = { REVERIE_RATE_LIMIT: '10000000' };
  const alone = await startServer({ dataDir: folders[0], settings: rate });
  const together = await startServer({
    dataDir: folders[1],
    settings: { ...rate, REVERIE_REDIS_URL: url },
  });
  const clients = [createClient(alone), createClient(together)] as const;
  const items = Array.from({ length: 1_000 }, (_, n) => turn(n));
  for (const client of clients) await importAll(client, namespace, items);
  const rows: Cell[][] = [];
  for (const { what, callers, ask } of kinds) {
    const took: readonly [number[], number[]] = [[], []];
    // The first block is for warming up.
    for (let block = 0; block <= blocks; block++) {
      for (const place of [0, 1] as const) {
        const client = clients[(block + place) % 2 === 0 ? 0 : 1];
        const series = took[(block + place) % 2 === 0 ? 0 : 1];
        const times = await runPool(requests, callers, (n) => ask(client, n));
        if (block > 0) series.push(...times);
      }
    }
    const [own, shared] = [summarize(took[0]), summarize(took[1])];
    rows.push([what, ...[own.p50, shared.p50, own.p99, shared.p99].map((ms) => round(ms, 3))]);
  }
  const columns = ['request', 'p50 alone', 'p50 with Redis', 'p99 alone', 'p99 with Redis'];
  console.log(formatTable({ title: 'Rates, in milliseconds over HTTP', columns, rows }));
  for (const client of clients) client.close();
  for (const server of [alone, together]) await server.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
