/** The verb recall: what matters for a question, best first. */
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { NamespaceName } from '../../domain/memory.ts';
import type { IndexCandidates } from '../../index/types.ts';
import type { NamespaceInfo } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import type { Scope } from '../scope.ts';
import { indexFilter, type RecallFilter } from './filter.ts';
import { hydrate, type RecallResult } from './hydrate.ts';
import { type BuiltQuery, buildQuery, type Signals } from './query.ts';
import { rank } from './rank.ts';

export interface RecallRequest {
  readonly query: string;
  readonly namespace: NamespaceName;
  readonly limit: number;
  /** Least score of a result, 0 to 1. */
  readonly threshold: number;
  readonly filter: RecallFilter;
  readonly signals: Signals;
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
  /** Present when it was asked for and there was a question. */
  readonly explanation?: RecallExplanation;
  /** What this answer had to do without, in words for the caller; empty as a rule. */
  readonly degraded: readonly string[];
}

const nothingFound: RecallAnswer = { results: [], degraded: [] };

/** A namespace that does not exist holds nothing: the answer is empty, not an error. */
export async function recall(
  deps: EngineDeps,
  scope: Scope,
  request: RecallRequest,
): Promise<RecallAnswer> {
  checkQuery(request.query);
  const records = deps.records.open(scope.tenant);
  const info = await records.namespace(request.namespace);
  if (!info) return nothingFound;
  if (request.query.trim().length === 0) {
    return { results: await newest(deps, scope, info, request), degraded: [] };
  }
  const { built, candidates } = await search(deps, scope, info, request);
  const ranked = rank(deps, built, candidates, {
    ...request,
    explain: request.explain === true,
  });
  return {
    results: await hydrate(records, info, ranked),
    ...(request.explain && { explanation: explainAnswer(request, built, candidates) }),
    degraded: [],
  };
}

/** Throws invalid_request when the question is too long. */
export function checkQuery(query: string): void {
  if (query.length <= limits.queryCharsMax) return;
  const message = `The query is longer than ${limits.queryCharsMax} characters.`;
  throw new MemoryError('invalid_request', message, { details: { field: 'query' } });
}

/** Candidates for a question; `include` is a row that is scored whether or not it is found. */
export async function search(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  request: RecallRequest,
  include?: number,
): Promise<{ built: BuiltQuery; candidates: IndexCandidates }> {
  const searcher = await deps.openIndex(scope.tenant, info.no);
  const built = await buildQuery(deps, searcher, request.query, {
    signals: request.signals,
    limit: request.limit,
    filter: indexFilter(deps, scope, info.name, request.filter),
    now: deps.clock.now(),
    ...(include !== undefined && { include }),
  });
  return { built, candidates: await searcher.search(built.query) };
}

function explainAnswer(
  { filter, signals, limit, threshold }: RecallRequest,
  { query, vectorTrust }: BuiltQuery,
  { count, eligible, seq }: IndexCandidates,
): RecallExplanation {
  return {
    ...{ filter, signals, limit, threshold, vectorTrust },
    terms: query.terms.map((term) => term.surface),
    entities: query.entities,
    candidates: count,
    eligible,
    seq,
  };
}

/** An empty question asks for what is new. */
async function newest(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  request: RecallRequest,
): Promise<RecallResult[]> {
  const searcher = await deps.openIndex(scope.tenant, info.no);
  const ordinals = await searcher.list({
    filter: indexFilter(deps, scope, info.name, request.filter),
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
