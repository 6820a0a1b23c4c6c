/** Keeps one number per query of a run, and compares two runs by them. */
import { createHash } from 'node:crypto';
import { type Cell, type QueryScores, type Result, round, type Table } from '../lib/results.ts';
import { mean } from '../lib/stats.ts';
import { formatDifference, pairedBootstrap, verdict } from './bootstrap.ts';
import type { Scored } from './measure.ts';

/** The scores of a run in a form that is small enough to commit. */
export function toQueryScores(scored: readonly Scored[]): QueryScores {
  const categories = [...new Set(scored.map((one) => one.category))].sort();
  const hash = createHash('sha256');
  for (const { group, id, category } of scored) hash.update(JSON.stringify([group, id, category]));
  return {
    fingerprint: hash.digest('hex').slice(0, 16),
    categories,
    category: scored.map((one) => categories.indexOf(one.category)),
    recall10: scored.map((one) => round(one.recall10, 3) ?? 0),
    ndcg10: scored.map((one) => round(one.ndcg10, 3) ?? 0),
  };
}

/** One table: per category and over all, what the second run gained. Throws when unpaired. */
export function compareResults(first: Result, second: Result): Table {
  const [a, b] = [scoresOf(first), scoresOf(second)];
  if (a.fingerprint !== b.fingerprint) {
    throw new Error(
      `${first.name} and ${second.name} did not ask the same queries in the same order; compare ` +
        'two results of one data file.',
    );
  }
  const everything = a.category.map((_, index) => index);
  const parts = a.categories.map((label, at) => ({
    label,
    picked: everything.filter((index) => a.category[index] === at),
  }));
  const rows = [...(parts.length > 1 ? parts : []), { label: 'all', picked: everything }];
  const measures = [
    { label: 'recall@10', name: 'recall10' },
    { label: 'nDCG@10', name: 'ndcg10' },
  ] as const;
  return {
    title: `${first.name}: B against A, paired bootstrap`,
    columns: ['queries', 'n', 'measure', 'A', 'B', 'B - A [95 %]', 'B is'],
    rows: rows.flatMap(({ label, picked }) =>
      measures.map((measure): Cell[] => {
        const [one, other] = [a[measure.name], b[measure.name]].map((list) =>
          picked.map((index) => list[index] ?? 0),
        );
        const difference = pairedBootstrap(one ?? [], other ?? []);
        return [
          ...[label, picked.length, measure.label, round(mean(one ?? []), 3)],
          ...[round(mean(other ?? []), 3), formatDifference(difference), verdict(difference)],
        ];
      }),
    ),
  };
}

function scoresOf(result: Result): QueryScores {
  if (result.queries !== undefined) return result.queries;
  throw new Error(
    `The result of ${result.name} from ${result.date.slice(0, 10)} holds no scores per query; ` +
      'measure it again with npm run bench:recall -- --json.',
  );
}
