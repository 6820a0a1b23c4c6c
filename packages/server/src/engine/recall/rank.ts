/** From candidates with every signal's score to an order of memories, best first. Pure. */
import type { IndexCandidates, IndexQuery } from '../../index/types.ts';
import type { EngineDeps } from '../deps.ts';
import { fieldTerm } from '../fields.ts';
import { calibrated, type Evidence, evidenceScore } from './calibrate.ts';
import { type Explanation, explain } from './explain.ts';
import { type FactorOptions, factorsOf } from './factors.ts';
import { defaultWeights, type FusionWeights, fuse } from './fuse.ts';
import { type BuiltQuery, maskBits, type Signals } from './query.ts';

export interface Ranked {
  readonly ordinal: number;
  /** 0 to 1; higher is better, the same meaning in every namespace. */
  readonly score: number;
  /** Each signal's own score: cosine, BM25, entity idf. */
  readonly signals: { readonly vector: number; readonly text: number; readonly entity: number };
  readonly matched: { readonly terms: readonly string[]; readonly entities: readonly string[] };
  /** The number of the best passage inside the memory. */
  readonly passage: number;
  /** Small number of the thread in this answer; 0 for a memory that stands alone. */
  readonly thread: number;
  /** Place in the thread. */
  readonly threadPlace: number;
}

/** Memories in order; what is shown of one is made when it is asked for. */
export interface Order {
  readonly count: number;
  /** The same whatever else is read. */
  score(position: number): number;
  at(position: number): Ranked;
}

/** Every memory that was found, best first. */
export interface Ranking extends Order {
  /** How its score came about; only what is shown, and where, gives it a rank. */
  explain(position: number, rank: number | null): Explanation;
}

export interface RankOptions extends Omit<FactorOptions, 'question'> {
  readonly signals: Signals;
}

/** A memory stands for its best passage. */
export function rank(
  deps: Pick<EngineDeps, 'wordWeight'>,
  built: Pick<BuiltQuery, 'query' | 'vectorTrust'>,
  candidates: IndexCandidates,
  { signals, ...modifiers }: RankOptions,
): Ranking {
  const { query, vectorTrust } = built;
  const weights = weightsFor(candidates, vectorTrust, signals);
  const fusion = fuse(
    candidates,
    weights,
    factorsOf(candidates, { ...modifiers, question: signals.question }),
  );
  const { scores: fused } = fusion;
  const order = bestPassages(candidates, fused).sort(
    (a, b) =>
      (fused[b] ?? 0) - (fused[a] ?? 0) ||
      (candidates.ordinals[b] ?? 0) - (candidates.ordinals[a] ?? 0),
  );
  const telling = termWeights(deps, query, candidates);
  const evidence = (i: number) => evidenceOf(built, candidates, telling, i);
  const strongest = order.slice(0, topForEvidence).map((i) => evidenceScore(evidence(i)));
  const best = { evidence: Math.max(0, ...strongest), fused: fused[order[0] ?? 0] ?? 0 };
  const candidate = (position: number) => order[position] ?? 0;
  const score = (position: number) => calibrated(fused[candidate(position)] ?? 0, best);
  return {
    count: order.length,
    score,
    at: (position) => describe(query, candidates, candidate(position), score(position)),
    explain: (position, rank) => {
      const i = candidate(position);
      return explain({ candidates, fusion, best }, i, rank, evidence(i));
    },
  };
}

/** Below this share of the question in the best memory, words begin to count less. */
const coverageFull = 0.4;
const textTrustMin = 0.2;

function weightsFor(
  candidates: IndexCandidates,
  vectorTrust: number,
  signals: Signals,
): FusionWeights {
  // Without vectors there is nothing that words could count less than.
  const textTrust = vectorTrust === 0 ? 1 : textTrustIn(candidates);
  const { textWindow, threadText, vector } = defaultWeights;
  return {
    ...defaultWeights,
    textWindow: textWindow * textTrust,
    threadText: signals.thread ? threadText * textTrust : 0,
    vector: vector * vectorTrust,
  };
}

/**
 * A long question of which no memory holds more than a few words is answered by meaning: the more
 * of its information the best memory holds, the more its words count.
 */
function textTrustIn(candidates: IndexCandidates): number {
  const { count, eligible, termFrequencies, matchedTerms } = candidates;
  const weights = Array.from(termFrequencies.subarray(0, maskBits), (frequency) =>
    Math.log1p((eligible - frequency + 0.5) / (frequency + 0.5)),
  );
  let best = 0;
  for (let i = 0; i < count; i++) best = Math.max(best, shareOf(matchedTerms[i] ?? 0, weights));
  return Math.min(1, Math.max(textTrustMin, best / coverageFull));
}

/** The share of the weights whose bits are set; 0 when there are none. */
function shareOf(mask: number, weights: readonly number[]): number {
  let all = 0;
  let set = 0;
  for (let bit = 0; bit < weights.length; bit++) {
    const weight = weights[bit] ?? 0;
    all += weight;
    if ((mask & (1 << bit)) !== 0) set += weight;
  }
  return all > 0 ? set / all : 0;
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
/** A name that stands on every turn of a speaker tells little of what is asked. */
const speakerNameShare = 0.25;

/** A query word that is unknown to general text is rare, so it tells much. */
function termWeights(
  deps: Pick<EngineDeps, 'wordWeight'>,
  query: IndexQuery,
  { speakerFrequencies }: IndexCandidates,
): number[] {
  const speakers = new Set(query.speakers.filter((_, i) => (speakerFrequencies[i] ?? 0) > 0));
  return query.terms.slice(0, maskBits).map(({ surface }) => {
    const weight = Math.max(0.1, deps.wordWeight(surface));
    return speakers.has(fieldTerm.said(surface.toLowerCase())) ? weight * speakerNameShare : weight;
  });
}

function evidenceOf(
  { query, vectorTrust }: Pick<BuiltQuery, 'query' | 'vectorTrust'>,
  candidates: IndexCandidates,
  weights: readonly number[],
  i: number,
): Evidence {
  const known = candidates.entityFrequencies.filter((frequency) => frequency > 0).length;
  const named = bits(candidates.matchedEntities[i] ?? 0, query.entities).length;
  return {
    coverage: shareOf(candidates.matchedTerms[i] ?? 0, weights),
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
  const names = query.entities.map((entity) => entity.name);
  return {
    ordinal: candidates.ordinals[i] ?? 0,
    score,
    passage: candidates.passages[i] ?? 0,
    thread: candidates.threads[i] ?? 0,
    threadPlace: candidates.threadPlaces[i] ?? 0,
    signals: {
      vector: candidates.vector[i] ?? 0,
      text: candidates.text[i] ?? 0,
      entity: candidates.entity[i] ?? 0,
    },
    matched: {
      terms: bits(candidates.matchedTerms[i] ?? 0, surfaces),
      entities: bits(candidates.matchedEntities[i] ?? 0, names),
    },
  };
}

function bits<T>(mask: number, names: readonly T[]): T[] {
  return names.filter((_, bit) => bit < maskBits && (mask & (1 << bit)) !== 0);
}
