/** The verb recall: what matters for a question, best first. */
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { NamespaceName } from '../../domain/memory.ts';
import type { NamespaceInfo } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import type { Scope } from '../scope.ts';
import { indexFilter, type RecallFilter } from './filter.ts';
import { buildQuery, type Signals } from './query.ts';
import { rank } from './rank.ts';
import { type RecallResult, show } from './show.ts';
import { type QueryTime, queryTime, type TimeMode, withQueryTime } from './time.ts';

export interface RecallRequest {
  readonly query: string;
  readonly namespace: NamespaceName;
  readonly limit: number;
  /** Least score of a result, 0 to 1. */
  readonly threshold: number;
  readonly filter: RecallFilter;
  readonly signals: Signals;
  /** Show memories that say the same once. */
  readonly collapse: boolean;
  /** What to do with a time that the question names. */
  readonly time: TimeMode;
  /** When the question is asked, for "last week"; now when absent. */
  readonly referenceTime?: number;
  /** 0 to 1: how much age counts against a memory. */
  readonly recency: number;
}

export interface RecallAnswer {
  readonly results: readonly RecallResult[];
  /** How a time in the question was read; null when it names none. */
  readonly time: QueryTime | null;
  /** What this answer had to do without, in words for the caller; empty as a rule. */
  readonly degraded: readonly string[];
}

const nothingFound: RecallAnswer = { results: [], time: null, degraded: [] };

/** A namespace that does not exist holds nothing: the answer is empty, not an error. */
export async function recall(
  deps: EngineDeps,
  scope: Scope,
  request: RecallRequest,
): Promise<RecallAnswer> {
  if (request.query.length > limits.queryCharsMax) {
    const message = `The query is longer than ${limits.queryCharsMax} characters.`;
    throw new MemoryError('invalid_request', message, { details: { field: 'query' } });
  }
  const records = deps.records.open(scope.tenant);
  const info = await records.namespace(request.namespace);
  if (!info) return nothingFound;
  if (request.query.trim().length === 0) {
    return { ...nothingFound, results: await newest(deps, scope, info, request) };
  }
  const now = deps.clock.now();
  const { asOf } = request.filter;
  const asked = request.referenceTime ?? asOf ?? now;
  const time = request.signals.time ? queryTime(request.query, request.time, asked) : null;
  const searcher = await deps.openIndex(scope.tenant, info.no);
  const built = await buildQuery(deps, searcher, request.query, {
    signals: request.signals,
    limit: request.limit,
    filter: indexFilter(deps, scope, info.name, withQueryTime(request.filter, time)),
    now,
  });
  const candidates = await searcher.search(built.query);
  const { signals, recency } = request;
  const ranking = rank(deps, built, candidates, { signals, time, recency, now: asked });
  const results = await show(records, info, ranking, { ...request, asOf });
  return { results, time, degraded: [] };
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
  const alike = {
    score: 1,
    signals: nothing,
    matched: { terms: [], entities: [] },
    passage: 0,
    thread: 0,
    threadPlace: 0,
  };
  const inOrder = {
    count: ordinals.length,
    score: () => 1,
    at: (position: number) => ({ ordinal: ordinals[position] ?? 0, ...alike }),
  };
  const records = deps.records.open(scope.tenant);
  return show(records, info, inOrder, {
    ...request,
    collapse: false,
    asOf: request.filter.asOf,
  });
}
