/** Dreams: consolidation that is read as a diff, applied in one step, and undone. */
import type { Calls } from './calls.ts';
import type { CallOptions } from './client-types.ts';
import type {
  ApplyResult,
  Dream,
  DreamAction,
  DreamDiff,
  DreamInput,
  DreamPage,
  DreamStatus,
  Strategy,
  UndoResult,
} from './dream-types.ts';
import type { JsonObject } from './json-types.ts';
import { pages } from './pages.ts';
import { search, segment } from './path.ts';
import {
  count,
  countOrNull,
  isObject,
  objectFrom,
  objects,
  results,
  text,
  textOrNull,
  texts,
} from './read-wire.ts';
import { timeToWire } from './to-wire.ts';

export interface DreamCalls {
  /**
   * Plans changes to a namespace and resolves when the plan is there; nothing is changed before
   * {@link DreamCalls.applyDream}, but what `autoApply` allows. Throws `dream_running`.
   */
  dream(input?: DreamInput, options?: CallOptions): Promise<Dream>;
  /** Resolves at once; the dream runs on. */
  startDream(input?: DreamInput, options?: CallOptions): Promise<Dream>;
  /** The dreams of a namespace, newest first. */
  dreams(input?: { namespace?: string | undefined }, options?: CallOptions): AsyncIterable<Dream>;
  /** A dream and a page of its diff; `waitMs` waits for its end, a minute at most. */
  dreamPage(
    id: string,
    input?: { limit?: number | undefined; cursor?: string; waitMs?: number },
    options?: CallOptions,
  ): Promise<DreamPage>;
  /** All actions that wait, or those that are named, in one step. */
  applyDream(
    id: string,
    input?: { actions?: readonly string[] | undefined },
    options?: CallOptions,
  ): Promise<ApplyResult>;
  /** What is not applied yet never is. */
  discardDream(id: string, options?: CallOptions): Promise<Dream>;
  /** Ends one that runs. */
  cancelDream(id: string, options?: CallOptions): Promise<Dream>;
  /** Throws `dream_conflict` where something was written since, unless `partial`. */
  undoDream(
    id: string,
    input?: { partial?: boolean | undefined },
    options?: CallOptions,
  ): Promise<UndoResult>;
}

/** How long one request waits; shorter than the usual timeout of a call. */
const waitMs = 20_000;

export function dreamCalls({ post, get }: Calls, shared: string | undefined): DreamCalls {
  const pathOf = (id: string, verb = ''): string => `/v1/dreams/${segment(id)}${verb}`;
  const start: DreamCalls['startDream'] = async (input = {}, each) => {
    const raw = await post('/v1/dreams', dreamToWire(input, shared), each, true);
    return dreamFrom(objectFrom(raw.dream, 'dream'));
  };
  const read: DreamCalls['dreamPage'] = async (id, input = {}, each) => {
    const { limit, cursor, waitMs: wait_ms } = input;
    return pageFrom(await get(`${pathOf(id)}${search({ limit, cursor, wait_ms })}`, each));
  };
  const decide = async (id: string, verb: string, each?: CallOptions): Promise<Dream> => {
    const raw = await post(pathOf(id, verb), {}, each, true);
    return dreamFrom(objectFrom(raw.dream, 'dream'));
  };
  return {
    async dream(input, each) {
      let dream = await start(input, each);
      while (dream.endedAt === null) {
        ({ dream } = await read(dream.id, { limit: 1, waitMs }, each));
      }
      return dream;
    },
    startDream: start,
    dreams: ({ namespace = shared } = {}, each) =>
      pages(undefined, async (cursor) => {
        const raw = await get(`/v1/dreams${search({ namespace, cursor })}`, each);
        return { results: results(raw).map(dreamFrom), nextCursor: textOrNull(raw.next_cursor) };
      }),
    dreamPage: read,
    async applyDream(id, { actions } = {}, each) {
      const raw = await post(pathOf(id, '/apply'), { actions }, each, true);
      const dream = dreamFrom(objectFrom(raw.dream, 'dream'));
      return { dream, applied: count(raw.applied, 0), dropped: count(raw.dropped, 0) };
    },
    discardDream: (id, each) => decide(id, '/discard', each),
    cancelDream: (id, each) => decide(id, '/cancel', each),
    async undoDream(id, { partial } = {}, each) {
      const raw = await post(pathOf(id, '/undo'), { partial }, each, true);
      return {
        dream: dreamFrom(objectFrom(raw.dream, 'dream')),
        restored: count(raw.restored, 0),
        removed: count(raw.removed, 0),
        forgotten: count(raw.forgotten, 0),
        conflicts: objects(raw.conflicts).map((conflict) => ({
          id: text(conflict, 'id'),
          reason: text(conflict, 'reason'),
        })),
      };
    },
  };
}

function dreamToWire(input: DreamInput, shared: string | undefined) {
  const { namespace = shared, strategies, budget, before, autoApply, dryRun } = input;
  return {
    ...{ namespace, strategies, budget },
    before: timeToWire(before, 'before'),
    auto_apply: autoApplyToWire(autoApply),
    dry_run: dryRun,
  };
}

export function autoApplyToWire(policy: DreamInput['autoApply']) {
  if (typeof policy !== 'object') return policy;
  const { additionsOnly: additions_only, ...rest } = policy;
  return { ...rest, additions_only };
}

export function dreamFrom(raw: JsonObject): Dream {
  const progress = objectFrom(raw.progress, 'progress');
  const counts = objectFrom(raw.counts, 'counts');
  const number = (name: string): number => count(counts[name], 0);
  return {
    id: text(raw, 'id'),
    namespace: text(raw, 'namespace'),
    status: text(raw, 'status') as DreamStatus,
    strategies: strategiesFrom(raw.strategies),
    dryRun: raw.dry_run === true,
    schedule: textOrNull(raw.schedule),
    createdAt: text(raw, 'created_at'),
    endedAt: textOrNull(raw.ended_at),
    appliedAt: textOrNull(raw.applied_at),
    undoneAt: textOrNull(raw.undone_at),
    progress: {
      done: strategiesFrom(progress.done),
      current: textOrNull(progress.current) as Strategy | null,
    },
    snapshot: isObject(raw.snapshot) ? snapshotFrom(raw.snapshot) : null,
    counts: {
      ...{ added: number('added'), updated: number('updated'), linked: number('linked') },
      ...{ superseded: number('superseded'), archived: number('archived') },
      ...{ tokensArchived: number('tokens_archived'), tokensAdded: number('tokens_added') },
    },
    notes: texts(raw.notes),
    dropped: objects(raw.dropped).map((dropped) => ({
      strategy: text(dropped, 'strategy') as Strategy,
      reason: text(dropped, 'reason'),
      count: count(dropped.count, 0),
    })),
    spent: isObject(raw.spent) ? spentFrom(raw.spent) : null,
    error: isObject(raw.error)
      ? { code: text(raw.error, 'code'), message: text(raw.error, 'message') }
      : null,
  };
}

function strategiesFrom(value: JsonObject[string] | undefined): Strategy[] {
  return texts(value) as Strategy[];
}

function snapshotFrom(raw: JsonObject): NonNullable<Dream['snapshot']> {
  const complete = raw.complete !== false;
  return { seq: count(raw.seq, 0), memories: count(raw.memories, 0), complete };
}

function spentFrom(raw: JsonObject): NonNullable<Dream['spent']> {
  return {
    calls: count(raw.calls, 0),
    inputTokens: count(raw.input_tokens, 0),
    outputTokens: count(raw.output_tokens, 0),
    dropped: count(raw.dropped, 0),
    dollars: countOrNull(raw.dollars),
  };
}

function pageFrom(raw: JsonObject): DreamPage {
  return {
    dream: dreamFrom(objectFrom(raw.dream, 'dream')),
    diff: diffFrom(objectFrom(raw.diff, 'diff')),
    nextCursor: textOrNull(raw.next_cursor),
  };
}

function diffFrom(raw: JsonObject): DreamDiff {
  const memories = isObject(raw.memories) ? Object.entries(raw.memories) : [];
  return {
    actions: objects(raw.actions).map(actionFrom),
    added: objects(raw.added).map((added) => ({
      action: text(added, 'action'),
      id: textOrNull(added.id),
      value: textOrNull(added.value),
      type: text(added, 'type'),
      tags: texts(added.tags),
      metadata: isObject(added.metadata) ? added.metadata : {},
      occurredAt: text(added, 'occurred_at'),
    })),
    updated: objects(raw.updated).map(updatedFrom),
    superseded: objects(raw.superseded).map(retiredFrom),
    archived: objects(raw.archived).map(retiredFrom),
    linked: objects(raw.linked).map((link) => ({
      action: text(link, 'action'),
      type: text(link, 'type'),
      from: text(link, 'from'),
      to: text(link, 'to'),
    })),
    memories: Object.fromEntries(
      memories.flatMap(([id, named]) => (isObject(named) ? [[id, namedFrom(named)]] : [])),
    ),
  };
}

function actionFrom(raw: JsonObject): DreamAction {
  return {
    id: text(raw, 'id'),
    strategy: text(raw, 'strategy') as Strategy,
    status: text(raw, 'status') as DreamAction['status'],
    reason: text(raw, 'reason'),
    confidence: count(raw.confidence, 0),
    why: textOrNull(raw.why),
    sources: objects(raw.sources).map((source) => ({
      id: text(source, 'id'),
      version: count(source.version, 1),
    })),
  };
}

function updatedFrom(raw: JsonObject): DreamDiff['updated'][number] {
  return {
    action: text(raw, 'action'),
    id: text(raw, 'id'),
    ...(typeof raw.confidence === 'number' && { confidence: raw.confidence }),
    ...(typeof raw.importance === 'number' && { importance: raw.importance }),
    ...(raw.valid_to !== undefined && { validTo: textOrNull(raw.valid_to) }),
  };
}

function retiredFrom(raw: JsonObject): DreamDiff['archived'][number] {
  return { action: text(raw, 'action'), id: text(raw, 'id'), by: textOrNull(raw.by) };
}

function namedFrom(raw: JsonObject): DreamDiff['memories'][string] {
  return {
    content: text(raw, 'content'),
    kind: text(raw, 'kind'),
    key: textOrNull(raw.key),
    speaker: textOrNull(raw.speaker),
    version: count(raw.version, 1),
    archived: raw.archived === true,
    occurredAt: text(raw, 'occurred_at'),
  };
}
