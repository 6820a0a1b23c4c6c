/** The recall tables: per category, overall, and signals against each other. */
import { type Signals, signalNames } from '../lib/api.ts';
import { type Cell, round, type Table } from '../lib/results.ts';
import { summarize } from '../lib/stats.ts';
import { average } from './metrics.ts';
import type { Scored } from './run.ts';

const measures = ['recall@1', 'recall@5', 'recall@10', 'hit@10', 'nDCG@10', 'MRR'] as const;

// LoCoMo's category 5 is adversarial: its questions have no answer in the conversation.
const locomoCategories: readonly string[] = ['1', '2', '3', '4'];

/** One row per category, then "categories 1-4" where they are LoCoMo's, then all. */
export function categoryTable(title: string, scored: readonly Scored[], isLocomo: boolean): Table {
  const categories = [...new Set(scored.map((one) => one.category))].sort();
  const rows = categories.map((category) =>
    row(
      category,
      scored.filter((one) => one.category === category),
    ),
  );
  if (isLocomo) rows.push(row('categories 1-4', withoutAdversarial(scored)));
  rows.push(row('all', scored));
  return { title, columns: ['category', 'n', ...measures], rows };
}

/** Search times over all queries, eight in flight, milliseconds. */
export function timeTable(scored: readonly Scored[]): Table {
  const times = (name: string, values: readonly number[]): Cell[] => {
    const { p50, p95 } = summarize(values);
    return [name, round(p50, 2), round(p95, 2)];
  };
  return {
    title: 'Search time, 8 in flight',
    columns: ['where', 'p50 ms', 'p95 ms'],
    rows: [
      times(
        'inside the server (query_time_ms)',
        scored.map((one) => one.serverMs),
      ),
      times(
        'over HTTP',
        scored.map((one) => one.httpMs),
      ),
    ],
  };
}

/** A named choice of signals. */
export interface Variant {
  readonly name: string;
  readonly signals: Signals;
}

/** Everything, each signal switched off, and each searching signal alone. */
export function ablationVariants(): Variant[] {
  const all: Signals = { vector: true, text: true, entity: true, thread: true };
  const none: Signals = { vector: false, text: false, entity: false, thread: false };
  const searching = signalNames.filter((name) => name !== 'thread');
  return [
    { name: 'all signals', signals: all },
    ...signalNames.map((name) => ({ name: `without ${name}`, signals: { ...all, [name]: false } })),
    ...searching.map((name) => ({ name: `${name} alone`, signals: { ...none, [name]: true } })),
    ...searching.map((name) => ({
      name: `${name} and thread`,
      signals: { ...none, [name]: true, thread: true },
    })),
  ];
}

/** One row per variant, over LoCoMo's categories 1-4 or over everything. */
export function ablationTable(
  runs: readonly { name: string; scored: readonly Scored[] }[],
  isLocomo: boolean,
): Table {
  return {
    title: isLocomo ? 'Signals, categories 1-4' : 'Signals, all queries',
    columns: ['signals', 'n', ...measures],
    rows: runs.map((run) => row(run.name, isLocomo ? withoutAdversarial(run.scored) : run.scored)),
  };
}

function withoutAdversarial(scored: readonly Scored[]): readonly Scored[] {
  return scored.filter((one) => locomoCategories.includes(one.category));
}

function row(name: string, scored: readonly Scored[]): Cell[] {
  const { recall1, recall5, recall10, hit10, ndcg10, mrr } = average(scored);
  const values = [recall1, recall5, recall10, hit10, ndcg10, mrr];
  return [name, scored.length, ...values.map((value) => round(value, 3))];
}
