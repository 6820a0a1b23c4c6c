/** The recall tables: per category, against the floor, and signals against each other. */
import { type Signals, signalNames, signalsWhere } from '../lib/api.ts';
import { type Cell, floorTitle, round, type Table } from '../lib/results.ts';
import { mean, summarize } from '../lib/stats.ts';
import { formatDifference, pairedBootstrap, verdict } from './bootstrap.ts';
import type { Leveled, Scored } from './measure.ts';
import { average, type LevelScore, type Score } from './metrics.ts';

const measures = ['recall@1', 'recall@5', 'recall@10', 'hit@10', 'nDCG@10', 'MRR'] as const;

// LoCoMo's category 5 is adversarial: its questions ask for something that was said of another,
// and their gold names the turns they are made from. Published figures leave it out.
const locomoCategories: readonly string[] = ['1', '2', '3', '4'];

/** The queries that a set is compared by: LoCoMo's categories 1-4, else all. */
export function headline(
  name: string,
  scored: readonly Scored[],
): { label: string; scored: readonly Scored[] } {
  if (!name.startsWith('locomo')) return { label: 'all queries', scored };
  const kept = scored.filter((one) => locomoCategories.includes(one.category));
  return { label: 'categories 1-4', scored: kept };
}

/** One row per category, then "categories 1-4" where they are LoCoMo's, then all. */
export function categoryTable(name: string, scored: readonly Scored[]): Table {
  const categories = [...new Set(scored.map((one) => one.category))].sort();
  const rowOf = (label: string, some: readonly Scored[]): Cell[] => {
    const floor = average(some.map((one) => one.floor));
    return [
      ...row(label, some),
      ...[round(floor.recall10, 3), verdict(compare(some, 'recall10'))],
      ...[round(floor.ndcg10, 3), verdict(compare(some, 'ndcg10'))],
    ];
  };
  const rows = categories.map((category) =>
    rowOf(
      category,
      scored.filter((one) => one.category === category),
    ),
  );
  const main = headline(name, scored);
  if (main.scored !== scored) rows.push(rowOf(main.label, main.scored));
  rows.push(rowOf('all', scored));
  const floors = ['floor recall@10', 'recall@10 is', 'floor nDCG@10', 'nDCG@10 is'];
  const columns = ['category', 'n', ...measures, ...floors];
  return { title: name, columns, rows };
}

/** One row that says whether the set is above its floor; the rows of all sets are the summary. */
export function floorTable(name: string, all: readonly Scored[]): Table {
  const { label, scored } = headline(name, all);
  const own = average(scored);
  const floor = average(scored.map((one) => one.floor));
  const [recall, ndcg] = [compare(scored, 'recall10'), compare(scored, 'ndcg10')];
  return {
    title: floorTitle,
    columns: [
      'set',
      'n',
      'floor recall@10',
      'reverie recall@10',
      'recall@10 difference [95 %]',
      'recall@10 is',
      'floor nDCG@10',
      'reverie nDCG@10',
      'nDCG@10 difference [95 %]',
      'nDCG@10 is',
    ],
    rows: [
      [
        label === 'all queries' ? name : `${name}, ${label}`,
        scored.length,
        round(floor.recall10, 3),
        round(own.recall10, 3),
        formatDifference(recall),
        verdict(recall),
        round(floor.ndcg10, 3),
        round(own.ndcg10, 3),
        formatDifference(ndcg),
        verdict(ndcg),
      ],
    ],
  };
}

/** Where most groups have a language of their own: each against the floor in that language. */
export function languageTables(
  scored: readonly Scored[],
  languages: ReadonlyMap<string, string>,
): Table[] {
  const different = new Set(languages.values()).size;
  if (different < 2 || different * 2 <= languages.size) return [];
  const rows = [...languages].map(([group, language]): Cell[] => {
    const some = scored.filter((one) => one.group === group);
    const own = average(some);
    const floor = average(some.map((one) => one.floor));
    const [first, ten] = [compare(some, 'recall1'), compare(some, 'recall10')];
    return [
      ...[group, language, some.length, round(floor.recall1, 3), round(own.recall1, 3)],
      ...[formatDifference(first), verdict(first)],
      ...[round(floor.recall10, 3), round(own.recall10, 3), formatDifference(ten), verdict(ten)],
    ];
  });
  const atEach = ['@1', '@10'].flatMap((k) => [
    `floor recall${k}`,
    `reverie recall${k}`,
    `difference${k} [95 %]`,
    `recall${k} is`,
  ]);
  return [{ title: 'Per language', columns: ['group', 'floor stems', 'n', ...atEach], rows }];
}

/** LongMemEval's measures, where the data name sessions too. */
export function levelTables(leveled: readonly Leveled[]): Table[] {
  if (leveled.length === 0) return [];
  const names = ['any1', 'all1', 'any5', 'all5', 'any10', 'all10', 'ndcg10'] as const;
  const rowOf = (level: string, who: string, scores: readonly LevelScore[]): Cell[] => [
    ...[level, who, scores.length],
    ...names.map((name) => round(mean(scores.map((one) => one[name])), 3)),
  ];
  const rows = (['turn', 'session'] as const).flatMap((level) => {
    const some = leveled.filter((one) => one.level === level);
    const own = some.map((one) => one.own);
    const floor = some.map((one) => one.floor);
    return [rowOf(level, 'reverie', own), rowOf(level, 'floor', floor)];
  });
  const columns = ['level', 'of', 'n'].concat(
    [1, 5, 10].flatMap((k) => [`recall_any@${k}`, `recall_all@${k}`]),
    'nDCG@10',
  );
  return [{ title: 'By turn and by session (a session ranks as its best turn)', columns, rows }];
}

/** Search times over all queries, milliseconds. */
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
  const all = signalsWhere(() => true);
  const none = signalsWhere(() => false);
  const searching = ['vector', 'text', 'entity'] as const;
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

/** One row per variant, compared query by query with the first one. */
export function ablationTables(
  name: string,
  variants: ReadonlyMap<string, readonly Scored[]>,
): Table[] {
  const runs = [...variants].map(([variant, scored]) => ({ variant, ...headline(name, scored) }));
  const base = runs[0];
  if (base === undefined) return [];
  const recalls = (scored: readonly Scored[]): number[] => scored.map((one) => one.recall10);
  const rows = runs.map(({ variant, scored }) => [
    ...row(variant, scored),
    formatDifference(pairedBootstrap(recalls(base.scored), recalls(scored))),
  ]);
  const columns = ['signals', 'n', ...measures, `recall@10 against ${base.variant} [95 %]`];
  return [{ title: `Signals, ${base.label}`, columns, rows }];
}

function compare(scored: readonly Scored[], name: keyof Score) {
  return pairedBootstrap(
    scored.map((one) => one.floor[name]),
    scored.map((one) => one[name]),
  );
}

function row(name: string, scored: readonly Scored[]): Cell[] {
  const { recall1, recall5, recall10, hit10, ndcg10, mrr } = average(scored);
  const values = [recall1, recall5, recall10, hit10, ndcg10, mrr];
  return [name, scored.length, ...values.map((value) => round(value, 3))];
}
