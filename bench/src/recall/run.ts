/** Imports a data set over HTTP and asks all of its queries under one choice of signals. */
import { importAll, type Signals, search } from '../lib/api.ts';
import type { JsonClient } from '../lib/client.ts';
import { runPool } from '../lib/pool.ts';
import type { DataSet } from './data.ts';
import { type Score, score } from './metrics.ts';

export interface Scored extends Score {
  readonly category: string;
  readonly serverMs: number;
  readonly httpMs: number;
}

/** The namespace of a group: `prefix` keeps runs on one server apart. */
export function namespaceOf(prefix: string, group: string): string {
  return `${prefix}-${group}`;
}

/** Stores every document of every group in order; returns how many. */
export async function importDataSet(
  client: JsonClient,
  data: DataSet,
  prefix: string,
): Promise<number> {
  let stored = 0;
  for (const group of data.groups) {
    await importAll(client, namespaceOf(prefix, group.name), group.items, { size: 200 });
    stored += group.items.length;
  }
  return stored;
}

/** Asks every query, eight in flight, and scores the answers by document id. */
export async function askAll(
  client: JsonClient,
  data: DataSet,
  options: { prefix: string; limit: number; signals?: Signals },
): Promise<Scored[]> {
  const questions = data.groups.flatMap((group) =>
    group.queries.map((query) => ({
      query,
      namespace: namespaceOf(options.prefix, group.name),
    })),
  );
  return runPool(questions.length, 8, async (index) => {
    const question = questions[index];
    if (question === undefined) throw new Error('the pool asked for a query that is not there');
    const answer = await search(client, {
      query: question.query.text,
      namespace: question.namespace,
      limit: options.limit,
      ...(options.signals === undefined ? {} : { signals: options.signals }),
    });
    const ranking = answer.results.map((result) => result.doc ?? result.id);
    return {
      ...score(ranking, question.query.gold),
      category: question.query.category,
      serverMs: answer.serverMs,
      httpMs: answer.httpMs,
    };
  });
}
