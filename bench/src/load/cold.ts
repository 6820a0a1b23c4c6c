/** The first search of a namespace in a new process, and the time from start to first answer. */
import { type Answer, search } from '../lib/api.ts';
import { createClient } from '../lib/client.ts';
import { dropPageCache } from '../lib/page-cache.ts';
import { startServer } from '../lib/server.ts';
import { summarize } from '../lib/stats.ts';
import type { Figure } from './figure.ts';
import { namespaceOfSize, queriesFor } from './store.ts';

/** Goals of the first search over HTTP, milliseconds. */
const coldGoals = new Map([
  [1_000, 20],
  [10_000, 60],
]);

/** For each size a cold first search; for the largest also start to first answer. */
export async function coldFigures(
  dataDir: string,
  sizes: readonly number[],
  rounds: number,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  const largest = Math.max(...sizes);
  for (const size of sizes) {
    const firsts: number[] = [];
    const inside: number[] = [];
    const totals: number[] = [];
    let cache = '';
    for (let round = 0; round < rounds; round += 1) {
      cache = dropPageCache(dataDir);
      const cold = await firstSearch(dataDir, size, round);
      firsts.push(cold.answer.httpMs);
      inside.push(cold.answer.serverMs);
      totals.push(cold.startToAnswerMs);
    }
    const label = `${size / 1000}k memories`;
    const first = summarize(firsts);
    figures.push({
      what: `cold namespace, first search over HTTP, ${label}, p50`,
      goal: coldGoals.get(size) ?? null,
      value: first.p50,
      unit: 'ms',
      series: first,
      note: `inside the server p50 ${summarize(inside).p50.toFixed(1)} ms; ${cache}`,
    });
    if (size !== largest) continue;
    const total = summarize(totals);
    figures.push({
      what: `start to first answer, store whose largest namespace has ${label}, p50`,
      goal: size === 100_000 ? 1_000 : null,
      value: total.p50,
      unit: 'ms',
      series: total,
      note: cache,
    });
  }
  return figures;
}

async function firstSearch(
  dataDir: string,
  size: number,
  round: number,
): Promise<{ answer: Answer; startToAnswerMs: number }> {
  const server = await startServer({ dataDir });
  const client = createClient(server);
  try {
    const query = queriesFor(size, round + 1)[round] ?? '';
    const answer = await search(client, { query, namespace: namespaceOfSize(size) });
    if (answer.results.length === 0) throw new Error(`the cold namespace of ${size} found nothing`);
    return { answer, startToAnswerMs: performance.now() - server.spawnedAt };
  } finally {
    client.close();
    await server.stop();
  }
}
