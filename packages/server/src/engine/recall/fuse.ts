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

/** One term of the sum. What explains a result is read from the very same parts. */
export interface FusionPart {
  /** As the wire names it. */
  readonly name: string;
  /** The signal's own score per candidate; below 0 counts as 0. */
  readonly raw: Float32Array;
  /** The best of them, 0 where none is above 0. */
  readonly best: number;
  readonly weight: number;
}

/** Every term of the sum, those that add nothing included. */
export function fusionParts(candidates: IndexCandidates, weights: FusionWeights): FusionPart[] {
  return [
    fusionPart('text_window', candidates.textWindow, weights.textWindow),
    fusionPart('thread_text', candidates.threadText, weights.threadText),
    fusionPart('vector', candidates.vector, weights.vector),
    fusionPart('entity', candidates.entity, weights.entity),
  ];
}

/** What a part adds to the score of candidate `i`. */
export function contribution({ raw, best, weight }: FusionPart, i: number): number {
  return best <= 0 ? 0 : (weight * Math.max(0, raw[i] ?? 0)) / best;
}

/** Fused score per candidate; unordered, aligned with the candidates. */
export function fuse(parts: readonly FusionPart[], count: number): Float64Array {
  const scores = new Float64Array(count);
  for (const part of parts) {
    if (part.weight === 0 || part.best <= 0) continue;
    for (let i = 0; i < count; i++) scores[i] = (scores[i] ?? 0) + contribution(part, i);
  }
  return scores;
}

function fusionPart(name: string, raw: Float32Array, weight: number): FusionPart {
  let best = 0;
  for (const score of raw) best = Math.max(best, score);
  return { name, raw, best, weight };
}
