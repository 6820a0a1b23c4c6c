/** From candidates with every signal's score to the memories that are shown, best first. Pure. */
import type { IndexCandidates, IndexQuery } from '../../index/types.ts';
import type { EngineDeps } from '../deps.ts';
import { calibrate, type Evidence, evidenceScore } from './calibrate.ts';
import { type Explanation, explain } from './explain.ts';
import { defaultWeights, fuse, fusionParts } from './fuse.ts';
import type { BuiltQuery, Signals } from './query.ts';

export interface Ranked {
  readonly ordinal: number;
  /** 0 to 1; higher is better, the same meaning in every namespace. */
  readonly score: number;
  /** Each signal's own score: cosine, BM25, entity idf. */
  readonly signals: { readonly vector: number; readonly text: number; readonly entity: number };
  readonly matched: { readonly terms: readonly string[]; readonly entities: readonly string[] };
  /** The number of the best passage inside the memory. */
  readonly passage: number;
  /** Present when it was asked for. */
  readonly explanation?: Explanation;
}

export interface RankOptions {
  readonly limit: number;
  /** Least score of a result, 0 to 1. */
  readonly threshold: number;
  readonly signals: Signals;
  /** Whether results say how their score came about. */
  readonly explain: boolean;
}

/** A memory stands for its best passage. */
export function rank(
  deps: Pick<EngineDeps, 'wordWeight'>,
  built: BuiltQuery,
  candidates: IndexCandidates,
  { limit, threshold, signals, explain: isExplained }: RankOptions,
): Ranked[] {
  const { query, vectorTrust } = built;
  const parts = fusionParts(candidates, {
    ...defaultWeights,
    ...(!signals.thread && { threadText: 0 }),
    vector: defaultWeights.vector * vectorTrust,
  });
  const fused = fuse(parts, candidates.count);
  const order = bestPassages(candidates, fused).sort(
    (a, b) =>
      (fused[b] ?? 0) - (fused[a] ?? 0) ||
      (candidates.ordinals[b] ?? 0) - (candidates.ordinals[a] ?? 0),
  );
  const weights = termWeights(deps, query);
  const evidence = (i: number) => evidenceOf(built, candidates, weights, i);
  const best = Math.max(
    0,
    ...order.slice(0, topForEvidence).map((i) => evidenceScore(evidence(i))),
  );
  const shown = order.slice(0, limit);
  const scores = calibrate(
    shown.map((i) => fused[i] ?? 0),
    best,
  );
  const input = { candidates, parts, fused, best, top: fused[order[0] ?? 0] ?? 0 };
  return shown
    .map((i, position) => {
      const result = describe(query, candidates, i, scores[position] ?? 0);
      if (!isExplained) return result;
      return { ...result, explanation: explain(input, i, position + 1, evidence(i)) };
    })
    .filter((result) => result.score >= threshold);
}

/** The best candidate of each memory; candidates come by ordinal, so passages stand together. */
function bestPassages({ count, ordinals }: IndexCandidates, fused: Float64Array): number[] {
  const best: number[] = [];
  for (let i = 0; i < count; i++) {
    if ((fused[i] ?? 0) <= 0) continue;
    const last = best.at(-1);
    if (last === undefined || ordinals[last] !== ordinals[i]) best.push(i);
    else if ((fused[i] ?? 0) > (fused[last] ?? 0)) best[best.length - 1] = i;
  }
  return best;
}

/** The strongest evidence need not stand first: a neighbour may have lifted another turn. */
const topForEvidence = 3;

/** A query word that is unknown to general text is rare, so it tells much. */
function termWeights(deps: Pick<EngineDeps, 'wordWeight'>, query: IndexQuery): number[] {
  const seen = query.terms.slice(0, 32);
  return seen.map((term) => Math.max(0.1, deps.wordWeight(term.surface)));
}

function evidenceOf(
  { query, vectorTrust }: BuiltQuery,
  candidates: IndexCandidates,
  weights: readonly number[],
  i: number,
): Evidence {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mask = candidates.matchedTerms[i] ?? 0;
  const matched = weights.reduce((sum, weight, bit) => sum + (mask & (1 << bit) ? weight : 0), 0);
  const known = candidates.entityFrequencies.filter((frequency) => frequency > 0).length;
  const named = bits(candidates.matchedEntities[i] ?? 0, query.entities).length;
  return {
    coverage: total > 0 ? matched / total : 0,
    cosine: vectorTrust * (candidates.vector[i] ?? 0),
    entities: known > 0 ? named / known : 0,
  };
}

function describe(
  query: IndexQuery,
  candidates: IndexCandidates,
  i: number,
  score: number,
): Ranked {
  const surfaces = query.terms.map((term) => term.surface);
  return {
    ordinal: candidates.ordinals[i] ?? 0,
    score,
    passage: candidates.passages[i] ?? 0,
    signals: {
      vector: candidates.vector[i] ?? 0,
      text: candidates.text[i] ?? 0,
      entity: candidates.entity[i] ?? 0,
    },
    matched: {
      terms: bits(candidates.matchedTerms[i] ?? 0, surfaces),
      entities: bits(candidates.matchedEntities[i] ?? 0, query.entities),
    },
  };
}

function bits(mask: number, names: readonly string[]): string[] {
  return names.filter((_, bit) => bit < 32 && (mask & (1 << bit)) !== 0);
}
