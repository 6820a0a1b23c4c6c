/** Can a score tell a question with an answer from one without? Tables over top scores. */
import { round, type Table } from '../lib/results.ts';
import { percentile } from '../lib/stats.ts';

/** What a question that has an answer got. */
export interface OwnAnswer {
  /** 0 when nothing came back. */
  readonly topScore: number;
  /** The best score of a right result among the first ten; undefined when there is none. */
  readonly goldScore: number | undefined;
}

export interface Asked {
  readonly own: readonly OwnAnswer[];
  /** Top scores of questions that were asked in the namespace of another group. */
  readonly foreign: readonly number[];
  /** The same with the other group's speakers in place of their own, where they name any. */
  readonly renamed: readonly number[];
  /** Top scores of questions of which the file says that their corpus holds no answer. */
  readonly unanswerable: readonly number[];
}

const thresholds = [0, 0.2, 0.3, 0.4, 0.5];

/** Distribution and thresholds; nothing when no question without an answer was asked. */
export function abstentionTables(asked: Asked): Table[] {
  const own = asked.own.map((answer) => answer.topScore);
  const without = [
    { name: 'foreign', scores: asked.foreign },
    { name: 'foreign, speakers renamed', scores: asked.renamed },
    { name: 'without an answer', scores: asked.unanswerable },
  ].filter(({ scores }) => scores.length > 0);
  if (without.length === 0 || own.length === 0) return [];
  const spread = (name: string, scores: readonly number[], area: number | null) => [
    name,
    scores.length,
    ...[0.1, 0.5, 0.9].map((share) => round(percentile(scores, share), 3)),
    area,
  ];
  const kept = (threshold: number): number =>
    share(asked.own, ({ goldScore }) => goldScore !== undefined && goldScore >= threshold);
  const any = (scores: readonly number[], threshold: number): number =>
    share(scores, (score) => score > 0 && score >= threshold);
  return [
    {
      title: 'Top score of own questions, and of questions without an answer here',
      columns: ['questions', 'n', 'p10', 'median', 'p90', 'AUC against own'],
      rows: [
        spread('own', own, null),
        ...without.map(({ name, scores }) => spread(name, scores, round(auc(own, scores), 3))),
      ],
    },
    {
      title: 'What a threshold keeps (share of questions)',
      columns: ['score at least', 'own: gold kept', ...without.map(({ name }) => `${name}: any`)],
      rows: thresholds.map((threshold) => [
        threshold,
        round(kept(threshold), 3),
        ...without.map(({ scores }) => round(any(scores, threshold), 3)),
      ]),
    },
  ];
}

/** The chance that a score of `high` is above one of `low`; a tie counts half. */
export function auc(high: readonly number[], low: readonly number[]): number {
  const all = [
    ...high.map((score) => ({ score, isHigh: true })),
    ...low.map((score) => ({ score, isHigh: false })),
  ].sort((one, other) => one.score - other.score);
  let rankSum = 0;
  for (let start = 0; start < all.length; ) {
    let end = start + 1;
    while (end < all.length && all[end]?.score === all[start]?.score) end += 1;
    const members = all.slice(start, end).filter((one) => one.isHigh).length;
    // Ranks start + 1 to end are shared evenly by equal scores.
    rankSum += (members * (start + 1 + end)) / 2;
    start = end;
  }
  return (rankSum - (high.length * (high.length + 1)) / 2) / (high.length * low.length);
}

function share<T>(list: readonly T[], test: (one: T) => boolean): number {
  return list.filter(test).length / list.length;
}
