/** Why a result stands where it stands, read from the numbers that ranked it. Pure. */
import type { IndexCandidates } from '../../index/types.ts';
import type { Evidence } from './calibrate.ts';
import type { FusionFactor } from './factors.ts';
import { contribution, type FusedSignal, type Fusion, type FusionPart } from './fuse.ts';

/** One term of the fused score. */
export interface ExplainedPart {
  readonly name: FusedSignal;
  /** The signal's own score: BM25, cosine, idf. */
  readonly raw: number;
  /** `raw` divided by the best of all candidates, 0 to 1. */
  readonly normalised: number;
  readonly weight: number;
  /** `normalised` times `weight`: what it adds to the fused score. */
  readonly contribution: number;
  /** Place among the candidates by this signal alone, from 1; null where it says nothing. */
  readonly rank: number | null;
}

export interface Explanation {
  /**
   * Place among what is shown, from 1, before a reranker. One that is not shown has the place of
   * the one that says the same, or the place that it would have with a larger limit; null where
   * nothing finds it.
   */
  readonly rank: number | null;
  /** The sum of the contributions times every factor: what the order goes by. */
  readonly fused: number;
  readonly parts: readonly ExplainedPart[];
  /** Reasons to take it for less than the sum; 1 is none. */
  readonly factors: readonly { readonly name: FusionFactor['name']; readonly value: number }[];
  /** score = evidence * share. */
  readonly calibration: {
    /** The strongest evidence among the first results. */
    readonly evidence: number;
    /** This result's fused score over the best one. */
    readonly share: number;
    readonly own: Evidence;
  };
}

export interface ExplainInput {
  readonly candidates: IndexCandidates;
  readonly fusion: Fusion;
  /** The strongest evidence, and the fused score of the first result. */
  readonly best: { readonly evidence: number; readonly fused: number };
}

/** `i` is the candidate's place, `rank` the one to tell. */
export function explain(
  { candidates, fusion, best }: ExplainInput,
  i: number,
  rank: number | null,
  own: Evidence,
): Explanation {
  const { parts, factors, scores } = fusion;
  const fused = scores[i] ?? 0;
  return {
    rank,
    fused,
    parts: parts.map((part) => explainPart(part, i, candidates.count)),
    factors: factors.map(({ name, values }) => ({ name, value: values[i] ?? 1 })),
    calibration: {
      evidence: best.evidence,
      share: best.fused > 0 ? fused / best.fused : 0,
      own,
    },
  };
}

function explainPart(part: FusionPart, i: number, count: number): ExplainedPart {
  const raw = part.raw[i] ?? 0;
  let better = 0;
  for (let other = 0; other < count; other++) if ((part.raw[other] ?? 0) > raw) better += 1;
  return {
    name: part.name,
    raw,
    normalised: part.best > 0 ? Math.max(0, raw) / part.best : 0,
    weight: part.weight,
    contribution: contribution(part, i),
    rank: raw > 0 ? better + 1 : null,
  };
}
