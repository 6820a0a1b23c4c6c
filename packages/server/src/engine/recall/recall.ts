/** The verb recall: what matters for a question, best first. */
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { Memory, NamespaceName } from '../../domain/memory.ts';
import { indexedText } from '../../domain/store-rules.ts';
import type { IndexCandidates, IndexFilter, IndexQuery } from '../../index/types.ts';
import type { NamespaceInfo, TenantRecords } from '../../ports/records.ts';
import { splitPassages } from '../../text/passages.ts';
import type { EngineDeps } from '../deps.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import { calibrate, evidenceScore } from './calibrate.ts';
import { indexFilter, type RecallFilter } from './filter.ts';
import { defaultWeights, fuse } from './fuse.ts';
import { type BuiltQuery, buildQuery, type Signals } from './query.ts';

export interface RecallRequest {
  readonly query: string;
  readonly namespace: NamespaceName;
  readonly limit: number;
  /** Least score of a result, 0 to 1. */
  readonly threshold: number;
  readonly filter: RecallFilter;
  readonly signals: Signals;
}

export interface RecallResult {
  readonly memory: Memory;
  /** 0 to 1; higher is better, the same meaning in every namespace. */
  readonly score: number;
  /** Each signal's own score: cosine, BM25, entity idf. */
  readonly signals: { readonly vector: number; readonly text: number; readonly entity: number };
  readonly matched: { readonly terms: readonly string[]; readonly entities: readonly string[] };
  /** The best passage, as UTF-16 offsets into the memory's text. */
  readonly passage: { readonly start: number; readonly end: number };
}

/** A namespace that does not exist holds nothing: the answer is empty, not an error. */
export async function recall(
  deps: EngineDeps,
  scope: Scope,
  request: RecallRequest,
): Promise<RecallResult[]> {
  if (request.query.length > limits.queryCharsMax) {
    const message = `The query is longer than ${limits.queryCharsMax} characters.`;
    throw new MemoryError('invalid_request', message, { details: { field: 'query' } });
  }
  const records = deps.records.open(scope.tenant);
  const info = await records.namespace(request.namespace);
  if (!info) return [];
  const filter = indexFilter(deps, scope, info.name, request.filter);
  if (request.query.trim().length === 0) return newest(deps, scope, info, request, filter);
  const searcher = await deps.openIndex(scope.tenant, info.no);
  const built = await buildQuery(deps, searcher, request.query, {
    signals: request.signals,
    limit: request.limit,
    filter,
    now: deps.clock.now(),
  });
  const candidates = await searcher.search(built.query);
  const ranked = rank(deps, built, candidates, request);
  return hydrate(deps.records.open(scope.tenant), info, ranked);
}

interface Ranked {
  readonly ordinal: number;
  readonly score: number;
  readonly signals: RecallResult['signals'];
  readonly matched: RecallResult['matched'];
  readonly passage: number;
}

/** A memory stands for its best passage. */
function rank(
  deps: EngineDeps,
  { query, vectorTrust }: BuiltQuery,
  candidates: IndexCandidates,
  { limit, threshold, signals }: RecallRequest,
): Ranked[] {
  const fused = fuse(candidates, {
    ...defaultWeights,
    ...(!signals.thread && { threadText: 0 }),
    vector: defaultWeights.vector * vectorTrust,
  });
  const order = bestPassages(candidates, fused).sort(
    (a, b) =>
      (fused[b] ?? 0) - (fused[a] ?? 0) ||
      (candidates.ordinals[b] ?? 0) - (candidates.ordinals[a] ?? 0),
  );
  const weights = termWeights(deps, query);
  const evidence = order
    .slice(0, topForEvidence)
    .map((i) => evidenceOf({ query, vectorTrust }, candidates, weights, i));
  const shown = order.slice(0, limit);
  const scores = calibrate(
    shown.map((i) => fused[i] ?? 0),
    Math.max(0, ...evidence),
  );
  return shown
    .map((i, position) => describe(query, candidates, i, scores[position] ?? 0))
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
function termWeights(deps: EngineDeps, query: IndexQuery): number[] {
  const seen = query.terms.slice(0, 32);
  return seen.map((term) => Math.max(0.1, deps.wordWeight(term.surface)));
}

function evidenceOf(
  { query, vectorTrust }: BuiltQuery,
  candidates: IndexCandidates,
  weights: readonly number[],
  i: number,
): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mask = candidates.matchedTerms[i] ?? 0;
  const matched = weights.reduce((sum, weight, bit) => sum + (mask & (1 << bit) ? weight : 0), 0);
  const known = candidates.entityFrequencies.filter((frequency) => frequency > 0).length;
  const named = bits(candidates.matchedEntities[i] ?? 0, query.entities).length;
  return evidenceScore({
    coverage: total > 0 ? matched / total : 0,
    cosine: vectorTrust * (candidates.vector[i] ?? 0),
    entities: known > 0 ? named / known : 0,
  });
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

async function hydrate(
  records: TenantRecords,
  info: NamespaceInfo,
  ranked: readonly Ranked[],
): Promise<RecallResult[]> {
  const rows = await records.byOrdinal(
    info.no,
    ranked.map((result) => result.ordinal),
  );
  const results: RecallResult[] = [];
  // Rows come in the order of the ranking. One that was erased after the search is left out.
  let next = 0;
  for (const { ordinal, score, signals, matched, passage } of ranked) {
    const row = rows[next];
    if (row?.ordinal !== ordinal) continue;
    next += 1;
    const memory = memoryOf(info.name, row);
    results.push({ memory, score, signals, matched, passage: passageOf(memory, passage) });
  }
  return results;
}

function passageOf(memory: Memory, passage: number): RecallResult['passage'] {
  const text = indexedText(memory.body);
  return splitPassages(text)[passage] ?? { start: 0, end: text.length };
}

/** An empty question asks for what is new. */
async function newest(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  request: RecallRequest,
  filter: IndexFilter,
): Promise<RecallResult[]> {
  const searcher = await deps.openIndex(scope.tenant, info.no);
  const ordinals = await searcher.list({
    filter,
    now: deps.clock.now(),
    order: 'desc',
    limit: request.limit,
  });
  const nothing = { vector: 0, text: 0, entity: 0 };
  const matched = { terms: [], entities: [] };
  const ranked = ordinals.map((ordinal) => ({
    ordinal,
    score: 1,
    signals: nothing,
    matched,
    passage: 0,
  }));
  return hydrate(deps.records.open(scope.tenant), info, ranked);
}
