/** The verb recall: what matters for a question, best first. */
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { NamespaceName } from '../../domain/memory.ts';
import type { IndexFilter } from '../../index/types.ts';
import type { NamespaceInfo } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import type { Scope } from '../scope.ts';
import { indexFilter, type RecallFilter } from './filter.ts';
import { hydrate, type RecallResult } from './hydrate.ts';
import { buildQuery, type Signals } from './query.ts';
import { rank } from './rank.ts';

export interface RecallRequest {
  readonly query: string;
  readonly namespace: NamespaceName;
  readonly limit: number;
  /** Least score of a result, 0 to 1. */
  readonly threshold: number;
  readonly filter: RecallFilter;
  readonly signals: Signals;
}

export interface RecallAnswer {
  readonly results: readonly RecallResult[];
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
  if (request.query.length > limits.queryCharsMax) {
    const message = `The query is longer than ${limits.queryCharsMax} characters.`;
    throw new MemoryError('invalid_request', message, { details: { field: 'query' } });
  }
  const records = deps.records.open(scope.tenant);
  const info = await records.namespace(request.namespace);
  if (!info) return nothingFound;
  const filter = indexFilter(deps, scope, info.name, request.filter);
  if (request.query.trim().length === 0) {
    return { results: await newest(deps, scope, info, request, filter), degraded: [] };
  }
  const searcher = await deps.openIndex(scope.tenant, info);
  const built = await buildQuery(deps, searcher, request.query, {
    signals: request.signals,
    generation: info.generation,
    limit: request.limit,
    filter,
    now: deps.clock.now(),
  });
  const candidates = await searcher.search(built.query);
  const ranked = rank(deps, built, candidates, request);
  return { results: await hydrate(records, info, ranked), degraded: built.degraded };
}

/** An empty question asks for what is new. */
async function newest(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  request: RecallRequest,
  filter: IndexFilter,
): Promise<RecallResult[]> {
  const searcher = await deps.openIndex(scope.tenant, info);
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
