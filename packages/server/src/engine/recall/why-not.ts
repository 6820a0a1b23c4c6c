/** Why a memory is not among the results of a question: one memory, every reason. */
import { MemoryError } from '../../domain/errors.ts';
import type { Memory, MemoryId, NamespaceName } from '../../domain/memory.ts';
import type { NamespaceInfo } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import { rowsAsOf } from '../time-filter.ts';
import type { Explanation } from './explain.ts';
import { showsArchived, showsQuarantined, unmetConditions } from './filter.ts';
import { matchingOrdinals } from './matching.ts';
import type { Signals } from './query.ts';
import type { Ranked, Ranking } from './rank.ts';
import { checkQuery, type RecallRequest, type Search, search, showFound } from './recall.ts';
import { findAndRerank, rerankedMax } from './rerank.ts';
import type { RecallResult } from './show.ts';
import { type QueryTime, withQueryTime } from './time.ts';

export interface WhyNotRequest extends RecallRequest {
  readonly memoryId: MemoryId;
}

export const whyNotCodes = [
  'found',
  'below_limit',
  'below_threshold',
  'filtered',
  'duplicate',
  'archived',
  'superseded',
  'expired',
  'quarantined',
  'no_shared_words',
  'text_not_used',
  'no_shared_entities',
  'entity_not_used',
  'far_in_meaning',
  'vector_missing',
  'vector_not_used',
  'not_a_candidate',
] as const;
export type WhyNotCode = (typeof whyNotCodes)[number];

export interface WhyNotReason {
  readonly code: WhyNotCode;
  /** One sentence for people. */
  readonly message: string;
  /** Numbers and names behind the sentence. */
  readonly details: Readonly<Record<string, string | number | null>>;
}

export interface WhyNotAnswer {
  readonly memoryId: MemoryId;
  readonly namespace: NamespaceName;
  /** Whether the same question shows the memory. */
  readonly found: boolean;
  /** As in `Explanation`; null too where an empty question does not show it. */
  readonly rank: number | null;
  readonly score: number | null;
  readonly reasons: readonly WhyNotReason[];
  /** How its score came about, where it could be scored. */
  readonly explanation?: Explanation;
  /** What the answer had to do without, as a search says it. */
  readonly degraded: readonly string[];
}

/** Throws memory_not_found: the same for a missing memory and for one of another namespace. */
export async function whyNot(
  deps: EngineDeps,
  scope: Scope,
  request: WhyNotRequest,
): Promise<WhyNotAnswer> {
  checkQuery(request.query);
  const records = openRecords(deps, scope);
  const info = await records.namespace(request.namespace);
  const found = info && (await records.byId([request.memoryId], info.no))[0];
  if (!info || !found) throw new MemoryError('memory_not_found');
  // Of what was not known then there is only the current version.
  const [row = found.row] = await rowsAsOf(records, info.no, [found.row], request.filter.asOf);
  const memory = memoryOf(info.name, row);
  const answer = { memoryId: memory.id, namespace: info.name };
  const current = memoryOf(info.name, found.row);
  const hidden = [
    ...hiddenReasons(current, memory, request, deps.clock.now()),
    ...unmetReasons(memory, request),
  ];
  if (hidden.length > 0) {
    return { ...answer, found: false, rank: null, score: null, reasons: hidden, degraded: [] };
  }
  const place = request.query.trim() === '' ? placeAmongNewest : placeAmongFound;
  return { ...answer, degraded: [], ...(await place(deps, scope, info, request, memory)) };
}

type Place = Pick<WhyNotAnswer, 'found' | 'rank' | 'score' | 'reasons' | 'explanation'> &
  Partial<Pick<WhyNotAnswer, 'degraded'>>;

/** What keeps a memory out of every search; what it was then decides whether it was put aside. */
function hiddenReasons(
  memory: Memory,
  then: Memory,
  request: WhyNotRequest,
  now: number,
): WhyNotReason[] {
  const reasons: WhyNotReason[] = [];
  if (memory.trust === 'quarantined' && !showsQuarantined(request.filter)) {
    reasons.push(reason('quarantined', 'The memory is quarantined.'));
  }
  if (then.archived && !showsArchived(request.filter)) {
    reasons.push(reason('archived', 'The memory is archived.'));
  }
  if (memory.supersededAt !== null && memory.supersededAt <= (request.filter.asOf ?? now)) {
    const by = memory.supersededBy;
    const message = `A newer fact took its place${by === null ? '' : `: ${by}`}.`;
    reasons.push(reason('superseded', message, { superseded_by: by }));
  }
  if (memory.expiresAt !== null && memory.expiresAt <= now) {
    const at = new Date(memory.expiresAt).toISOString();
    reasons.push(reason('expired', `The memory expired at ${at}.`, { expires_at: at }));
  }
  return reasons;
}

/** What the filter asks that the memory is not, in the version that is asked for. */
function unmetReasons(memory: Memory, request: WhyNotRequest): WhyNotReason[] {
  return unmetConditions(memory, request.filter).map((field) =>
    reason('filtered', `The filter on ${field} leaves the memory out.`, { field }),
  );
}

/** An empty question shows the newest. */
async function placeAmongNewest(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  request: WhyNotRequest,
  memory: Memory,
): Promise<Place> {
  const { filter, limit } = request;
  const newest = await matchingOrdinals(deps, scope, info, filter, { order: 'desc', limit });
  const place = newest.indexOf(memory.ordinal);
  if (place >= 0) return shown(place + 1, 1);
  const message = `An empty query shows the ${limit} newest; the memory is older.`;
  const reasons = [reason('below_limit', message, { limit })];
  return { found: false, rank: null, score: null, reasons };
}

async function placeAmongFound(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  request: WhyNotRequest,
  memory: Memory,
): Promise<Place> {
  const found = await search(deps, scope, info, request);
  const unmet = unmetConditions(memory, withQueryTime(request.filter, found.time));
  if (unmet.length > 0) return outOfTime(found.time);
  const position = placeOf(found.ranking, memory.ordinal);
  if (position === undefined) {
    const asked = await search(deps, scope, info, request, { include: memory.ordinal });
    const place = notFound(asked, request.signals, memory.ordinal, bestCosine(found.ranking));
    return { ...place, degraded: found.built.degraded };
  }
  const records = openRecords(deps, scope);
  // A reranker puts those that it read into another order: all of them tell the place.
  const limit = deps.reranking ? Math.max(request.limit, rerankedMax) : request.limit;
  const reranked = await findAndRerank(deps.reranking, { ...request, limit }, (most) =>
    showFound(records, info, found, { ...request, limit: most }),
  );
  const { results } = reranked;
  const place = placed(request, results, found.ranking.at(position), position, memory);
  const degraded = [...found.built.degraded, ...reranked.degraded];
  return { ...place, explanation: found.ranking.explain(position, place.rank), degraded };
}

/** The time in the question was asked to filter, and the memory is of another. */
function outOfTime(time: QueryTime | null): Place {
  const message = `The question is about another time: "${time?.text ?? ''}".`;
  const reasons = [reason('filtered', message, { field: 'time' })];
  return { found: false, rank: null, score: null, reasons };
}

function placeOf(ranking: Ranking, ordinal: number): number | undefined {
  for (let position = 0; position < ranking.count; position += 1) {
    if (ranking.at(position).ordinal === ordinal) return position;
  }
  return undefined;
}

function bestCosine(ranking: Ranking): number | null {
  let best: number | null = null;
  for (let position = 0; position < ranking.count; position += 1) {
    best = Math.max(best ?? 0, ranking.at(position).signals.vector);
  }
  return best;
}

/** The memory is a candidate: it is shown, or another one that says the same, or it was cut off. */
function placed(
  { limit, threshold }: WhyNotRequest,
  order: readonly RecallResult[],
  { score }: Ranked,
  position: number,
  { id }: Memory,
): Place {
  const place = order.findIndex(({ memory }) => memory.id === id);
  const own = order[place];
  if (own !== undefined && place < limit) return shown(place + 1, own.score);
  const twinPlace = order.findIndex(({ duplicates, echoes }) =>
    [...duplicates, ...echoes].includes(id),
  );
  const twin = order[twinPlace];
  if (twin !== undefined && twinPlace < limit) {
    const rank = twinPlace + 1;
    const message = `${twin.memory.id} says the same and is shown in its place.`;
    const reasons = [reason('duplicate', message, { shown: twin.memory.id })];
    return { found: false, rank, score, reasons };
  }
  // Those above it that are not shown on their own take no place.
  const hidden = order.reduce(
    (sum, { duplicates, echoes }) => sum + duplicates.length + echoes.length,
    0,
  );
  const known = Math.max(place, twinPlace);
  const rank = known >= 0 ? known + 1 : position + 1 - hidden;
  const results = order.slice(0, limit);
  const last = results.at(-1)?.score ?? null;
  const reasons: WhyNotReason[] = [];
  if (results.length >= limit) {
    const message =
      `It comes at place ${rank}, after the ${limit} that are shown; the last of them has ` +
      `${(last ?? 0).toFixed(2)}, it has ${score.toFixed(2)}.`;
    const details = { rank, limit, score, last_shown_score: last, gap: (last ?? 0) - score };
    reasons.push(reason('below_limit', message, details));
  }
  if (score < threshold) {
    const message = `Its score of ${score.toFixed(2)} is below the threshold of ${threshold}.`;
    reasons.push(reason('below_threshold', message, { score, threshold }));
  }
  return { found: false, rank, score, reasons };
}

function shown(rank: number, score: number): Place {
  const message = `The question shows it at place ${rank}.`;
  return { found: true, rank, score, reasons: [reason('found', message, { rank, score })] };
}

/** No signal found it: what each of them says. `best` is the best cosine that was found. */
function notFound(
  { built, candidates, ranking }: Search,
  signals: Signals,
  ordinal: number,
  best: number | null,
): Place {
  const { query, vectorTrust } = built;
  const passages = Array.from(candidates.ordinals.keys()).filter(
    (i) => candidates.ordinals[i] === ordinal,
  );
  const any = (signal: Uint32Array) => passages.some((i) => (signal[i] ?? 0) !== 0);
  const reasons: WhyNotReason[] = [];
  if (!signals.text) {
    reasons.push(reason('text_not_used', 'The question was not searched by words.'));
  } else if (!any(candidates.matchedTerms)) {
    reasons.push(reason('no_shared_words', 'It shares no word with the question.'));
  }
  if (!signals.entity) {
    reasons.push(reason('entity_not_used', 'The question was not searched by names.'));
  } else if (!any(candidates.matchedEntities)) {
    reasons.push(reason('no_shared_entities', 'It names nothing that the question names.'));
  }
  const cosine = Math.max(0, ...passages.map((i) => candidates.vector[i] ?? 0));
  const hasVector = passages.some((i) => (candidates.vector[i] ?? 0) !== 0);
  if (query.vector === null || vectorTrust === 0) {
    reasons.push(
      reason('vector_not_used', 'The question was not searched by meaning.', {
        vector_trust: vectorTrust,
      }),
    );
  } else if (!hasVector) {
    const message =
      'It has no vector: it is waiting for one, or the model knows none of its words.';
    reasons.push(reason('vector_missing', message));
  } else {
    const bestFound = (best ?? 0).toFixed(2);
    const message = `In meaning it is at ${cosine.toFixed(2)}; the best found is at ${bestFound}.`;
    reasons.push(reason('far_in_meaning', message, { cosine, best_cosine: best }));
  }
  const position = placeOf(ranking, ordinal);
  const message = `Each way of finding keeps its best ${query.candidates}; it is in none of them.`;
  reasons.push(reason('not_a_candidate', message, { candidates: query.candidates }));
  return {
    found: false,
    rank: null,
    score: position === undefined ? 0 : ranking.score(position),
    reasons,
    ...(position !== undefined && { explanation: ranking.explain(position, null) }),
  };
}

function reason(
  code: WhyNotCode,
  message: string,
  details: WhyNotReason['details'] = {},
): WhyNotReason {
  return { code, message, details };
}
