/** The verb dream: started, watched, read as a diff, applied, discarded and undone. */
import { requireNamespace, requireRead } from '../../domain/access.ts';
import type { DreamBudget, StrategyId } from '../../domain/dream.ts';
import { MemoryError } from '../../domain/errors.ts';
import { makeId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import type { Memory, MemoryId, NamespaceName } from '../../domain/memory.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import type { ApplyOutcome } from './apply.ts';
import { DreamEndings, type EndingsOptions } from './dream-endings.ts';
import { DreamRunner, type RunnerOptions } from './dream-runner.ts';
import { type DreamPlace, DreamStore } from './dream-store.ts';
import { openDream, rowsById } from './open-dream.ts';
import {
  type AutoApply,
  type DreamAction,
  noDreamCounts,
  refsOf,
  type StoredDream,
} from './stored-dream.ts';
import { type UndoOutcome, undoDream } from './undo.ts';

export interface DreamRequest {
  readonly namespace: NamespaceName;
  /** Run in the order of `strategyIds`, whatever the order here. */
  readonly strategies: readonly StrategyId[];
  readonly budget: DreamBudget;
  /** `compress` leaves alone what happened after this, in milliseconds since 1970 UTC. */
  readonly before?: number;
  readonly autoApply?: AutoApply;
  readonly dryRun: boolean;
  readonly schedule?: string;
}

export interface Dream extends StoredDream {
  readonly id: string;
  readonly namespace: NamespaceName;
}

export interface DreamDiff {
  readonly dream: Dream;
  readonly actions: readonly DreamAction[];
  /** Those that are still there. */
  readonly memories: ReadonlyMap<MemoryId, Memory>;
  /** Where the next page begins; absent at the end. */
  readonly next?: number;
}

export type DreamsOptions = RunnerOptions & EndingsOptions;

/** How often one asks for a dream that another process runs. */
const lookEveryMs = 500;

export class Dreams {
  readonly #deps: EngineDeps;
  readonly #store: DreamStore;
  readonly #endings: DreamEndings;
  readonly #runner: DreamRunner;

  constructor(deps: EngineDeps, options: DreamsOptions) {
    this.#deps = deps;
    this.#store = new DreamStore(deps.control);
    this.#endings = new DreamEndings(deps, options);
    this.#runner = new DreamRunner(deps, options, this.#endings);
  }

  /** Resolves when the dream is written down; it runs on. Throws dream_running. */
  async start(scope: Scope, request: DreamRequest): Promise<Dream> {
    const { namespace, ...wanted } = request;
    requireNamespace(scope.access, namespace);
    requireRead(scope.access, namespace);
    const records = openRecords(this.#deps, scope);
    const info = await records.namespace(namespace);
    if (!info) throw new MemoryError('namespace_not_found');
    this.#runner.requireBudget(request.budget);
    const { clock } = this.#deps;
    const id = makeId('dream', clock.now(), clock.randomBytes(10));
    const place: DreamPlace = { tenant: scope.tenant, namespaceNo: info.no, id };
    const dream: StoredDream = {
      ...wanted,
      ...{ state: 'running', actor: scope.actor, createdAt: clock.now(), run: 1 },
      ...{ done: [], notes: [], dropped: [], counts: noDreamCounts, touched: [], added: [] },
    };
    await this.#runner.begin(place, async () => {
      await this.#runner.takeFirst(place);
      await this.#store.create(place, dream);
      const store = new DreamStore(this.#deps.control, dream.run);
      this.#runner.run(withoutOnce(scope), { store, place, records, info });
    });
    return { ...dream, id, namespace };
  }

  async read(scope: Scope, id: string): Promise<Dream> {
    const { place, info } = await openDream(this.#deps, scope, id);
    return { ...(await this.#store.need(place)).dream, id, namespace: info.name };
  }

  /** In the order in which they are applied; none while it runs. */
  async actions(scope: Scope, id: string): Promise<DreamAction[]> {
    const { place } = await openDream(this.#deps, scope, id);
    const { dream } = await this.#store.need(place);
    if (dream.state === 'running') return [];
    const all = (await this.#store.actions(place)).flatMap(({ actions }) => actions);
    return dream.strategies.flatMap((id) => all.filter(({ strategy }) => strategy === id));
  }

  /** A page of its actions, with every memory that they name as it is now. */
  async diff(
    scope: Scope,
    id: string,
    { after = 0, limit }: { readonly after?: number; readonly limit: number },
  ): Promise<DreamDiff> {
    const opened = await openDream(this.#deps, scope, id);
    const dream = await this.read(scope, id);
    const all = await this.actions(scope, id);
    const actions = all.slice(after, after + limit);
    const named = actions.flatMap((action) => [
      ...refsOf({ ...action, sources: action.sources.slice(0, limits.dreamSourcesShown) }),
      ...(action.addedId === undefined ? [] : [{ id: action.addedId }]),
    ]);
    const rows = await rowsById(
      opened,
      named.map(({ id }) => id),
    );
    const shown = [...rows].filter(([, { audience }]) => audience === 'user');
    const memories = new Map(shown.map(([id, row]) => [id, memoryOf(dream.namespace, row)]));
    const next = after + actions.length;
    return { dream, actions, memories, ...(next < all.length && { next }) };
  }

  /** The newest first. */
  async list(
    scope: Scope,
    namespace: NamespaceName,
    page: { readonly before?: string; readonly limit: number },
  ): Promise<Dream[]> {
    const info = await openRecords(this.#deps, scope).namespace(namespace);
    if (!info) throw new MemoryError('namespace_not_found');
    requireRead(scope.access, namespace);
    const found = await this.#store.list(scope.tenant, info.no, page);
    return found.map(({ id, dream }) => ({ ...dream, id, namespace }));
  }

  /** Resolves when it has ended, or after so many milliseconds. */
  async wait(scope: Scope, id: string, waitMs: number): Promise<Dream> {
    const until = performance.now() + waitMs;
    for (;;) {
      const dream = await this.read(scope, id);
      const leftMs = until - performance.now();
      if (dream.endedAt !== undefined || leftMs <= 0 || this.#runner.isClosed) return dream;
      const ended = this.#runner.endOf(id);
      await waitAtMost(ended ? leftMs : Math.min(leftMs, lookEveryMs), ended);
    }
  }

  /** Those actions, or all that wait. Throws dream_state, and invalid_request for unknown ids. */
  async apply(scope: Scope, id: string, ids?: readonly string[]): Promise<ApplyOutcome> {
    const opened = await openDream(this.#deps, scope, id);
    requireNamespace(scope.access, opened.info.name);
    if (ids === undefined) return this.#endings.apply(scope, opened, () => true);
    const known = new Set((await this.actions(scope, id)).map((action) => action.id));
    const unknown = ids.find((one) => !known.has(one));
    if (unknown !== undefined) {
      const message = `The dream has no action "${unknown.slice(0, 80)}".`;
      throw new MemoryError('invalid_request', message, { details: { field: 'actions' } });
    }
    const chosen = new Set(ids);
    return this.#endings.apply(scope, opened, (action) => chosen.has(action.id));
  }

  /** What waits is not applied any more; what was applied stays. */
  async discard(scope: Scope, id: string): Promise<Dream> {
    const opened = await openDream(this.#deps, scope, id);
    requireNamespace(scope.access, opened.info.name);
    await this.#endings.discard(opened);
    return this.read(scope, id);
  }

  async undo(scope: Scope, id: string, isPartial: boolean): Promise<UndoOutcome> {
    const opened = await openDream(this.#deps, scope, id);
    requireNamespace(scope.access, opened.info.name);
    const outcome = await undoDream(this.#deps, opened, isPartial);
    await this.#endings.tellNews(opened.place);
    return outcome;
  }

  /** It ends soon, and proposes nothing. One that has ended stays as it is. */
  async cancel(scope: Scope, id: string): Promise<Dream> {
    const opened = await openDream(this.#deps, scope, id);
    requireNamespace(scope.access, opened.info.name);
    await this.#store.change(opened.place, (dream) => {
      if (dream.state === 'running') return { ...dream, isCancelAsked: true };
      const message = `The dream is ${dream.state}: it does not run any more.`;
      throw new MemoryError('dream_state', message, { details: { state: dream.state } });
    });
    await this.#runner.cancel(id);
    return this.read(scope, id);
  }

  /** Takes over what processes left that have ended, now and from time to time. */
  watch(): Promise<void> {
    return this.#runner.watch();
  }

  /** What runs goes on with the next start. */
  close(): Promise<void> {
    return this.#runner.close();
  }
}

async function waitAtMost(ms: number, done: Promise<void> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([late, ...(done ? [done] : [])]);
  clearTimeout(timer);
}

/** What runs on by itself is not part of the request that started it. */
function withoutOnce({ once: _, ...scope }: Scope): Scope {
  return scope;
}
