/** Scores one ranking against its gold, and averages scores. */
import { mean } from '../lib/stats.ts';

/** Each in [0, 1]. */
export interface Score {
  /** Share of the gold among the first 1, 5 and 10. */
  readonly recall1: number;
  readonly recall5: number;
  readonly recall10: number;
  /** 1 when any gold is among the first 10. */
  readonly hit10: number;
  /** Binary relevance, discount log2(rank + 1), ideal over min(10, |gold|). */
  readonly ndcg10: number;
  /** Reciprocal rank of the first gold in the whole ranking, 0 when there is none. */
  readonly mrr: number;
}

/** Scores a ranking of document ids, best first. A repeated id counts once, at its best rank. */
export function score(ranking: readonly string[], gold: readonly string[]): Score {
  const wanted = new Set(gold);
  const ranked = [...new Set(ranking)];
  const found = (k: number): number => ranked.slice(0, k).filter((id) => wanted.has(id)).length;
  const gain = ranked
    .slice(0, 10)
    .reduce((sum, id, index) => sum + (wanted.has(id) ? 1 / Math.log2(index + 2) : 0), 0);
  let ideal = 0;
  for (let index = 0; index < Math.min(10, wanted.size); index += 1) {
    ideal += 1 / Math.log2(index + 2);
  }
  const first = ranked.findIndex((id) => wanted.has(id));
  return {
    recall1: found(1) / wanted.size,
    recall5: found(5) / wanted.size,
    recall10: found(10) / wanted.size,
    hit10: found(10) > 0 ? 1 : 0,
    ndcg10: gain / ideal,
    mrr: first < 0 ? 0 : 1 / (first + 1),
  };
}

/** LongMemEval's measures: is any of the gold among the first k, is all of it? Each 0 or 1. */
export interface LevelScore {
  readonly any1: number;
  readonly all1: number;
  readonly any5: number;
  readonly all5: number;
  readonly any10: number;
  readonly all10: number;
  readonly ndcg10: number;
}

/** Scores a ranking of turns or of sessions; a repeated id counts once, at its best rank. */
export function levelScore(ranking: readonly string[], gold: readonly string[]): LevelScore {
  const wanted = new Set(gold);
  const ranked = [...new Set(ranking)];
  const found = (k: number): number => ranked.slice(0, k).filter((id) => wanted.has(id)).length;
  const hasAny = (k: number): number => (found(k) > 0 ? 1 : 0);
  const hasAll = (k: number): number => (found(k) === wanted.size ? 1 : 0);
  return {
    any1: hasAny(1),
    all1: hasAll(1),
    any5: hasAny(5),
    all5: hasAll(5),
    any10: hasAny(10),
    all10: hasAll(10),
    ndcg10: score(ranking, gold).ndcg10,
  };
}

/** The mean of each measure over queries; NaN throughout when there are none. */
export function average(scores: readonly Score[]): Score {
  return {
    recall1: mean(scores.map((one) => one.recall1)),
    recall5: mean(scores.map((one) => one.recall5)),
    recall10: mean(scores.map((one) => one.recall10)),
    hit10: mean(scores.map((one) => one.hit10)),
    ndcg10: mean(scores.map((one) => one.ndcg10)),
    mrr: mean(scores.map((one) => one.mrr)),
  };
}
