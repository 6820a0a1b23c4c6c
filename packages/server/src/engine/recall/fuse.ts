/** One order from several signals: a sum of scores, each divided by its best. Pure. */
import type { IndexCandidates } from '../../index/types.ts';

export interface FusionWeights {
  readonly textWindow: number;
  readonly threadText: number;
  readonly vector: number;
  readonly entity: number;
}

/**
 * The plain sum of normalised scores keeps what reciprocal ranks throw away: how much better the
 * best is. Measured on LoCoMo, ranks fused with a weak vector signal fall below BM25 alone.
 */
export const defaultWeights: FusionWeights = {
  textWindow: 1,
  threadText: 0.2,
  vector: 0.9,
  entity: 0.1,
};

/** Fused score per candidate; unordered, aligned with the candidates. */
export function fuse(candidates: IndexCandidates, weights: FusionWeights): Float64Array {
  const scores = new Float64Array(candidates.count);
  addNormalised(scores, candidates.textWindow, weights.textWindow);
  addNormalised(scores, candidates.threadText, weights.threadText);
  addNormalised(scores, candidates.vector, weights.vector);
  addNormalised(scores, candidates.entity, weights.entity);
  return scores;
}

function addNormalised(scores: Float64Array, signal: Float32Array, weight: number): void {
  if (weight === 0) return;
  let best = 0;
  for (let i = 0; i < scores.length; i++) best = Math.max(best, signal[i] ?? 0);
  if (best <= 0) return;
  for (let i = 0; i < scores.length; i++) {
    scores[i] = (scores[i] ?? 0) + (weight * Math.max(0, signal[i] ?? 0)) / best;
  }
}
