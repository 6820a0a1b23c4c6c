/** The verb recall: what matters for a question, best first. */
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { NamespaceName } from '../../domain/memory.ts';
import type { IndexCandidates } from '../../index/types.ts';
import type { NamespaceInfo, TenantRecords } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { withLiveLinks } from '../links/links.ts';
import type { Scope } from '../scope.ts';
import { indexFilter, type RecallFilter } from './filter.ts';
import { withNamespace } from './last-found.ts';
import { newestFirst } from './newest.ts';
import { type BuiltQuery, buildQuery, type Signals } from './query.ts';
import { onceByGeneration, type VectorOf } from './query-vector.ts';
import { type Ranking, rank } from './rank.ts';
import { findAndRerank } from './rerank.ts';
import { type RecallResult, show } from './show.ts';
import { type QueryTime, type QuestionTime, queryTime, withQueryTime } from './time.ts';

export interface RecallRequest extends QuestionTime {
  readonly query: string;
  readonly namespace: NamespaceName;
  readonly limit: number;
  /** Least score of a result, 0 to 1. */
  readonly threshold: number;
  readonly filter: RecallFilter;
  readonly signals: Signals;
  /** Show memories that say the same once; true when absent. */
  readonly collapse?: boolean;
  /** Whether a model reads the first results again; absent: whether the server has one. */
  readonly rerank?: boolean;
  /** Whether each result says how its score came about. */
  readonly explain?: boolean;
}

/** What the whole answer was made with. */
export interface RecallExplanation {
  readonly filter: RecallFilter;
  readonly signals: Signals;
  readonly limit: number;
  readonly threshold: number;
  /** How far the vector signal was trusted for this question, 0 to 1. */
  readonly vectorTrust: number;
  /** Words that were looked up. */
  readonly terms: readonly string[];
  readonly entities: readonly string[];
  /** Passages that were compared, and those that the filter let through. */
  readonly candidates: number;
  readonly eligible: number;
  /** The change up to which the answer is complete. */
  readonly seq: number;
}

export interface RecallAnswer {
  readonly results: readonly RecallResult[];
  /** How a time in the question was read; null when it names none. */
  readonly time: QueryTime | null;
  /** Present when it was asked for and there was a question. */
  readonly explanation?: RecallExplanation;
  /** What this answer had to do without, in words for the caller; empty as a rule. */
  readonly degraded: readonly string[];
  /** How long the reranker took; absent when it did not decide the order. */
  readonly rerankTimeMs?: number;
}

const nothingFound: RecallAnswer = { results: [], time: null, degraded: [] };

/** A namespace that does not exist holds nothing: the answer is empty, not an error. */
export async function recall(
  deps: EngineDeps,
  scope: Scope,
  request: RecallRequest,
): Promise<RecallAnswer> {
  checkQuery(request.query);
  const vectorOf = onceByGeneration(deps, request.query);
  return withNamespace(placeOf(deps, request), scope, request.namespace, async (records, info) =>
    info ? answer(deps, scope, { records, info, vectorOf }, request) : nothingFound,
  );
}

/** A model that reads results again is asked for one answer alone: nothing begins on a guess. */
function placeOf(deps: EngineDeps, { rerank = deps.reranking !== undefined }: RecallRequest) {
  return { records: deps, ...(!rerank && { lastFound: deps.lastFound }) };
}

interface Within {
  readonly records: TenantRecords;
  readonly info: NamespaceInfo;
  readonly vectorOf: VectorOf;
}

async function answer(
  deps: EngineDeps,
  scope: Scope,
  { records, info, vectorOf }: Within,
  request: RecallRequest,
): Promise<RecallAnswer> {
  if (request.query.trim().length === 0) {
    const order = await newestFirst(deps, scope, info, request);
    const { limit, threshold, filter } = request;
    const options = { limit, threshold, collapse: false, filter };
    const newest = await show(records, info, order, options);
    return { ...nothingFound, results: await withLinks(deps, scope, newest) };
  }
  const found = await search(deps, scope, info, request, { vectorOf });
  const reranked = await findAndRerank(deps.reranking, request, (limit) =>
    deps.watch.phase('show', () => showFound(records, info, found, { ...request, limit })),
  );
  return {
    ...reranked,
    results: await withLinks(deps, scope, reranked.results),
    degraded: [...found.built.degraded, ...reranked.degraded],
    time: found.time,
    ...(request.explain && { explanation: explainAnswer(request, found) }),
  };
}

/** The results without links that lead nowhere any more. */
async function withLinks(
  deps: EngineDeps,
  scope: Scope,
  results: readonly RecallResult[],
): Promise<RecallResult[]> {
  const memories = results.map(({ memory }) => memory);
  const shown = await withLiveLinks(deps, scope, memories);
  return results.map((result, i) => ({ ...result, memory: shown[i] ?? result.memory }));
}

/** Throws invalid_request when the question is too long. */
export function checkQuery(query: string): void {
  if (query.length <= limits.queryCharsMax) return;
  const message = `The query is longer than ${limits.queryCharsMax} characters.`;
  throw new MemoryError('invalid_request', message, { details: { field: 'query' } });
}

export interface Search {
  readonly time: QueryTime | null;
  readonly built: BuiltQuery;
  readonly candidates: IndexCandidates;
  readonly ranking: Ranking;
}

export interface SearchOptions {
  /** A row that is scored whether or not it is found. */
  readonly include?: number;
  /** How the vector of the question is had; of the model, when absent. */
  readonly vectorOf?: VectorOf;
}

/** Everything found, in order. */
export async function search(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  request: RecallRequest,
  { include, vectorOf = onceByGeneration(deps, request.query) }: SearchOptions = {},
): Promise<Search> {
  const { signals, recency = 0 } = request;
  const now = deps.clock.now();
  const asked = request.referenceTime ?? request.filter.asOf ?? now;
  const time = signals.time ? queryTime(request.query, request.time ?? 'auto', asked) : null;
  const searcher = await deps.openIndex(scope.tenant, info);
  const { watch } = deps;
  const options = {
    signals,
    generation: info.generation,
    limit: request.limit,
    filter: indexFilter(deps, scope, info.name, withQueryTime(request.filter, time)),
    now,
    ...{ seen: info, vectorOf },
    ...(include !== undefined && { include }),
  };
  const build = () => buildQuery(deps, searcher, request.query, options);
  const wanted = await watch.phase('query', build);
  const candidates = await watch.phase('search', () => searcher.search(wanted.query));
  if (candidates.vectorMissing !== undefined) watch.vectorsMissed();
  const built = asAnswered(wanted, candidates);
  const modifiers = { signals, time, recency, now: asked };
  const ranking = watch.phase('rank', () => rank(deps, built, candidates, modifiers));
  return { time, built, candidates, ranking };
}

/** What a vector backend that was asked had to leave out is said, and not trusted. */
function asAnswered(
  built: BuiltQuery,
  { vectorMissing, vectorBounded }: IndexCandidates,
): BuiltQuery {
  const said = [vectorMissing, vectorBounded].filter((reason) => reason !== undefined);
  if (said.length === 0) return built;
  const vectorTrust = vectorMissing === undefined ? built.vectorTrust : 0;
  return { ...built, vectorTrust, degraded: [...built.degraded, ...said] };
}

/** The results of a search as the request wants to see them. */
export function showFound(
  records: TenantRecords,
  info: NamespaceInfo,
  { ranking, time }: Search,
  { limit, threshold, filter, collapse = true, explain = false }: RecallRequest,
): Promise<RecallResult[]> {
  return show(records, info, ranking, {
    ...{ limit, threshold, collapse, filter: withQueryTime(filter, time) },
    ...(explain && { explain: ranking.explain }),
  });
}

function explainAnswer(
  { filter, signals, limit, threshold }: RecallRequest,
  { built, candidates }: Search,
): RecallExplanation {
  const { query, vectorTrust } = built;
  const { count, eligible, seq } = candidates;
  return {
    ...{ filter, signals, limit, threshold, vectorTrust },
    terms: query.terms.map((term) => term.surface),
    entities: query.entities.map(({ name }) => name),
    candidates: count,
    eligible,
    seq,
  };
}
