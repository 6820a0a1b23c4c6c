/** What a context may hold, by section, the most wanted first. */
import { limits } from '../../domain/limits.ts';
import type { Memory, MemoryId } from '../../domain/memory.ts';
import type { NamespaceInfo } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import { passesFilter, type RecallFilter } from '../recall/filter.ts';
import { matchingRows } from '../recall/matching.ts';
import { allSignals } from '../recall/query.ts';
import { recall } from '../recall/recall.ts';
import type { RecallResult } from '../recall/show.ts';
import { type QueryTime, withQueryTime } from '../recall/time.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import type { ContextRequest } from './context.ts';
import { beforeText, type ContextItem, isCurrent, itemOf } from './item.ts';
import { profileItems } from './profile-items.ts';
import { lastTurns, type ThreadSource, threadExcerpts } from './threads.ts';

export interface Gathered {
  readonly items: readonly ContextItem[];
  /** Results of the question that were too weak. */
  readonly belowThreshold: number;
  /** How a time in the question was read; null when it names none. */
  readonly time: QueryTime | null;
  readonly degraded: readonly string[];
}

export async function gather(
  deps: EngineDeps,
  scope: Scope,
  request: ContextRequest,
): Promise<Gathered> {
  const system = await gatherSystem(deps, scope, request);
  const user = await gatherUser(deps, scope, request);
  const parts = [system, user];
  return {
    time: user.time,
    items: parts.flatMap((part) => part.items),
    belowThreshold: parts.reduce((sum, part) => sum + part.belowThreshold, 0),
    degraded: [...new Set(parts.flatMap((part) => part.degraded))],
  };
}

const nothing: Gathered = { items: [], belowThreshold: 0, time: null, degraded: [] };

/** The application's own memory: what is pinned or important, then what fits the question. */
async function gatherSystem(
  deps: EngineDeps,
  scope: Scope,
  request: ContextRequest,
): Promise<Gathered> {
  const { systemNamespace, sections } = request;
  if (systemNamespace === undefined || !sections.has('system')) return nothing;
  const info = await openRecords(deps, scope).namespace(systemNamespace);
  if (!info) return nothing;
  // It stands outside of the fence around data: nothing that was flagged gets there.
  const filter: RecallFilter = { audience: 'system', trusted: true };
  // Like a filter, a time of the question leaves nothing of it out, and it does not age.
  const found = await find(deps, scope, {
    ...{ ...request, filter, namespace: info.name },
    ...{ time: request.time === 'off' ? 'off' : 'auto', recency: 0 },
  });
  const standing = await standingMemories(deps, scope, info, filter);
  const items = [
    ...standing.map((memory) => itemOf('system', memory)),
    ...found.results.map(({ memory, score }) => itemOf('system', memory, { score })),
  ];
  return gathered(found, items);
}

/** What is shown anyway, as pinned or as the last turn, is not missed for a low score. */
function gathered({ weak, time, degraded }: Found, items: readonly ContextItem[]): Gathered {
  const shown = new Set(items.map(({ memory }) => memory.id));
  return { items, belowThreshold: weak.filter((id) => !shown.has(id)).length, time, degraded };
}

/** Who the user is, what fits the question, and where the talk stands. */
async function gatherUser(
  deps: EngineDeps,
  scope: Scope,
  request: ContextRequest,
): Promise<Gathered> {
  const records = openRecords(deps, scope);
  const info = await records.namespace(request.namespace);
  if (!info) return nothing;
  const { sections } = request;
  const now = deps.clock.now();
  const filter: RecallFilter = { ...request.filter, audience: 'user' };
  const asked = request.referenceTime ?? filter.asOf ?? now;
  const source = { deps, scope, records, info, filter, now, asked };
  const wanted = sections.has('user') || sections.has('memories');
  const found = wanted ? await find(deps, scope, { ...request, filter }) : noResults;
  const isProfile = ({ memory }: Pick<RecallResult, 'memory'>) =>
    memory.kind === 'fact' && isCurrent(memory, filter.validAt ?? asked);
  const standing =
    sections.has('user') && (filter.kind ?? 'fact') === 'fact'
      ? await standingMemories(deps, scope, info, { ...filter, kind: 'fact' })
      : [];
  const profile = [
    ...standing.filter((memory) => isProfile({ memory })).map((memory) => itemOf('user', memory)),
    ...found.results.filter(isProfile).map((result) => itemOf('user', result.memory, result)),
  ];
  const others = found.results.filter((result) => !isProfile(result));
  const ofTime = { ...source, filter: withQueryTime(filter, found.time) };
  const items = [
    ...(sections.has('user') ? await withFormerFacts(source, profile) : []),
    ...(sections.has('memories') ? await threadExcerpts(ofTime, others) : []),
    ...(sections.has('threads') ? await lastTurns(source) : []),
  ];
  const shown = new Set(items.map(({ memory }) => memory.id));
  // Last, so that of two that say the same the one that was found stays.
  const known = request.profile && sections.has('user') ? await profileItems(source, shown) : [];
  return gathered(found, [...items, ...known]);
}

interface Found extends Omit<Gathered, 'items' | 'belowThreshold'> {
  readonly results: readonly RecallResult[];
  /** Found, and scored too low. */
  readonly weak: readonly MemoryId[];
}

const noResults: Found = { results: [], weak: [], time: null, degraded: [] };

/** An empty question asks for nothing in particular, so it finds nothing in particular. */
async function find(deps: EngineDeps, scope: Scope, request: ContextRequest): Promise<Found> {
  const { query, namespace, limit, threshold, filter } = request;
  if (query.trim() === '') return noResults;
  const { time, referenceTime, recency } = request;
  const answer = await recall(deps, scope, {
    ...{ query, namespace, limit, filter },
    ...(time !== undefined && { time }),
    ...(referenceTime !== undefined && { referenceTime }),
    ...(recency !== undefined && { recency }),
    threshold: 0,
    signals: allSignals,
    // What says the same is told once here, by a rule of its own that counts it.
    collapse: false,
  });
  const results = answer.results.filter((result) => result.score >= threshold);
  const weak = answer.results
    .filter((result) => result.score < threshold)
    .map(({ memory }) => memory.id);
  return { results, weak, time: answer.time, degraded: answer.degraded };
}

/** Pinned ones first, then by importance; of equal ones the newest first. */
async function standingMemories(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  filter: RecallFilter,
): Promise<Memory[]> {
  const wanted = { ...filter, standing: true };
  const page = { order: 'desc', limit: limits.contextStandingMax } as const;
  const rows = await matchingRows(deps, scope, info, wanted, page);
  const memories = rows
    .map((row) => memoryOf(info.name, row))
    .filter((memory) => passesFilter(memory, wanted));
  return memories.sort(
    (a, b) => Number(b.pinned) - Number(a.pinned) || b.importance - a.importance,
  );
}

/** Of two facts under one key the newer is shown, with what the older one said. */
async function withFormerFacts(
  { records, info, now }: ThreadSource,
  items: readonly ContextItem[],
): Promise<ContextItem[]> {
  const ids = items.flatMap(({ memory }) => memory.supersedes ?? []);
  if (ids.length === 0) return [...items];
  const former = new Map(
    (await records.byId([...new Set(ids)], info.no)).map(({ namespace, row }) => [
      row.id,
      memoryOf(namespace, row),
    ]),
  );
  return items.map((item) => {
    const older = item.memory.supersedes === null ? undefined : former.get(item.memory.supersedes);
    return older && mayBeTold(older, now) ? { ...item, before: beforeText(older) } : item;
  });
}

/** Superseded it is anyway; nothing else may keep it hidden. */
function mayBeTold({ trust, archived, expiresAt }: Memory, now: number): boolean {
  return trust !== 'quarantined' && !archived && (expiresAt === null || expiresAt > now);
}
