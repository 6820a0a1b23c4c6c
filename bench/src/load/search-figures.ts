/** Search latency inside the server and over HTTP, warm. */
import { search } from '../lib/api.ts';
import { createClient, type JsonClient } from '../lib/client.ts';
import { runPool } from '../lib/pool.ts';
import type { ServerProcess } from '../lib/server.ts';
import { summarize } from '../lib/stats.ts';
import type { Figure } from './figure.ts';
import { namespaceOfSize, queriesFor } from './store.ts';

/** p95 goals in milliseconds by memories in the namespace; other sizes have none. */
const aloneGoals = new Map([
  [10_000, 2],
  [100_000, 5],
]);
const crowdGoals = new Map([
  [10_000, 10],
  [100_000, 60],
]);

/** One caller, then 16, on the namespace of one size. */
export async function searchFigures(
  server: ServerProcess,
  size: number,
  count: number,
): Promise<Figure[]> {
  const client = createClient({ ...server, sockets: 16 });
  const namespace = namespaceOfSize(size);
  const queries = queriesFor(size, count);
  const ask = (index: number) => search(client, { query: queries[index] ?? '', namespace });
  try {
    // Warm: code compiled, index in memory. Every query is new to the measured part all the same.
    await runPool(Math.min(200, count), 1, (n) => ask(count - 1 - n));
    const alone = await runPool(count, 1, ask);
    const crowd = await runPool(count, 16, ask);
    const label = `search inside the server, ${size / 1000}k memories`;
    const inside = summarize(alone.map((answer) => answer.serverMs));
    const crowded = summarize(crowd.map((answer) => answer.serverMs));
    const over = summarize(crowd.map((answer) => answer.httpMs));
    return [
      {
        what: `${label}, one caller, p95`,
        goal: aloneGoals.get(size) ?? null,
        value: inside.p95,
        unit: 'ms',
        series: inside,
      },
      {
        what: `${label}, 16 callers, p95`,
        goal: crowdGoals.get(size) ?? null,
        value: crowded.p95,
        unit: 'ms',
        series: crowded,
        note: `over HTTP p50 ${over.p50.toFixed(2)}, p95 ${over.p95.toFixed(2)} ms`,
      },
    ];
  } finally {
    client.close();
  }
}

/** Search over HTTP against the same server's empty handler, interleaved on one connection. */
export async function httpRatio(
  server: ServerProcess,
  size: number,
  count: number,
): Promise<Figure> {
  const client = createClient({ ...server, sockets: 1 });
  const namespace = namespaceOfSize(size);
  const queries = queriesFor(size, count);
  const searches: number[] = [];
  const empties: number[] = [];
  try {
    for (const [index, query] of queries.entries()) {
      const answer = await search(client, { query, namespace });
      const empty = await emptyHandler(client);
      if (index < count / 5) continue;
      searches.push(answer.httpMs);
      empties.push(empty);
    }
  } finally {
    client.close();
  }
  const empty = summarize(empties);
  const full = summarize(searches);
  return {
    what: `HTTP search p50 over the empty handler, ${size / 1000}k memories`,
    goal: size === 10_000 ? 4 : null,
    value: full.p50 / empty.p50,
    unit: 'x',
    series: full,
    note: `GET /health/live p50 ${empty.p50.toFixed(3)}, p95 ${empty.p95.toFixed(3)} ms`,
  };
}

async function emptyHandler(client: JsonClient): Promise<number> {
  const reply = await client.send('GET', '/health/live');
  if (reply.status !== 200) throw new Error(`/health/live answered ${reply.status}`);
  return reply.ms;
}
