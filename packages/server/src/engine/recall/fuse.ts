/** One order from several signals: a sum of scores, each divided by its best. Pure. */
import type { IndexCandidates } from '../../index/types.ts';
import type { FusionFactor } from './factors.ts';

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

/** The signals that are summed, by their names in {@link IndexCandidates}. */
export const fusedSignals = ['textWindow', 'threadText', 'vector', 'entity'] as const;
export type FusedSignal = (typeof fusedSignals)[number];

/** One signal as it enters the sum: `weight * max(0, raw) / best`. */
export interface FusionPart {
  readonly name: FusedSignal;
  readonly weight: number;
  /** The best raw score of a candidate; 0 or less when the signal says nothing. */
  readonly best: number;
  readonly raw: Float32Array;
}

export interface Fusion {
  readonly parts: readonly FusionPart[];
  /** Each multiplies the sum. */
  readonly factors: readonly FusionFactor[];
  /** Fused score per candidate; unordered, aligned with the candidates. */
  readonly scores: Float64Array;
}

export function fuse(
  candidates: IndexCandidates,
  weights: FusionWeights,
  factors: readonly FusionFactor[] = [],
): Fusion {
  const { count } = candidates;
  const parts = fusedSignals.map((name): FusionPart => {
    const raw = candidates[name];
    return { name, weight: weights[name], best: bestOf(raw, count), raw };
  });
  const scores = new Float64Array(count);
  for (const part of parts) {
    for (let i = 0; i < count; i++) scores[i] = (scores[i] ?? 0) + contribution(part, i);
  }
  for (const { values } of factors) {
    for (let i = 0; i < count; i++) scores[i] = (scores[i] ?? 0) * (values[i] ?? 1);
  }
  return { parts, factors, scores };
}

/** What a signal adds to the sum of candidate `i`. */
export function contribution({ weight, best, raw }: FusionPart, i: number): number {
  return best <= 0 ? 0 : (weight * Math.max(0, raw[i] ?? 0)) / best;
}

function bestOf(raw: Float32Array, count: number): number {
  let best = 0;
  for (let i = 0; i < count; i++) best = Math.max(best, raw[i] ?? 0);
  return best;
}
