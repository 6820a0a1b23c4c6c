/** The verb dream: started, watched, read as a diff, applied, discarded and undone. */
import { fullAccess, requireNamespace, requireRead } from '../../domain/access.ts';
import type { DreamBudget, StrategyId } from '../../domain/dream.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { DreamEvent } from '../../domain/events.ts';
import { makeId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import type { Memory, MemoryId, NamespaceName, TenantId } from '../../domain/memory.ts';
import type { Generator } from '../../ports/generator.ts';
import type { NamespaceInfo } from '../../ports/records.ts';
import { Slots } from '../../util/slots.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import { type ApplyOutcome, applyActions } from './apply.ts';
import { askModel } from './ask-model.ts';
import { automaticActions } from './automatic.ts';
import { DreamEnded, type EndReason } from './dream-ended.ts';
import { keepNews, tellNews } from './dream-news.ts';
import { type DreamPlace, DreamStore } from './dream-store.ts';
import { giveLease, holdsLease, leftLeases, takeLease } from './lease.ts';
import { type OpenDream, openDream, rowsById } from './open-dream.ts';
import { type RunParts, runStrategies } from './run-dream.ts';
import { Spending } from './spending.ts';
import {
  type AutoApply,
  type DreamAction,
  noDreamCounts,
  refsOf,
  type StoredDream,
  withoutWords,
} from './stored-dream.ts';
import type { Strategy } from './strategy.ts';
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

export interface DreamsOptions {
  readonly strategies: readonly Strategy[];
  /** Absent without a language model. */
  readonly generator?: Generator | undefined;
  /** The rights that a key has now; undefined where it has none any more. */
  readonly scopeOf: (tenant: TenantId, actor: string) => Scope | undefined;
  /** Where actions were applied without a decision of a reader. */
  readonly onApplied?: ((scope: Scope, id: string) => Promise<void>) | undefined;
  readonly onFault: (error: unknown) => void;
}

interface Running {
  readonly ended: Promise<void>;
  end(reason: EndReason): void;
}

/** How often it is looked for what nobody runs any more, and whether a dream is to be ended. */
const watchEveryMs = 30_000;
const checkEveryMs = 10_000;
/** How often one asks for a dream that another process runs. */
const lookEveryMs = 500;
/** Dreams plan beside searches and stores: few at a time. */
const atOnce = 2;

export class Dreams {
  readonly #deps: EngineDeps;
  readonly #options: DreamsOptions;
  readonly #store: DreamStore;
  readonly #running = new Map<string, Running>();
  /** On their way to be run here. */
  readonly #beginning = new Set<string>();
  readonly #slots = new Slots(atOnce);
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: EngineDeps, options: DreamsOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#store = new DreamStore(deps.control);
  }

  /** Resolves when the dream is written down; it runs on. Throws dream_running. */
  async start(scope: Scope, request: DreamRequest): Promise<Dream> {
    const { namespace, ...wanted } = request;
    requireNamespace(scope.access, namespace);
    requireRead(scope.access, namespace);
    const records = openRecords(this.#deps, scope);
    const info = await records.namespace(namespace);
    if (!info) throw new MemoryError('namespace_not_found');
    this.#spendingOf(request.budget);
    const { clock } = this.#deps;
    const id = makeId('dream', clock.now(), clock.randomBytes(10));
    const place: DreamPlace = { tenant: scope.tenant, namespaceNo: info.no, id };
    const dream: StoredDream = {
      ...wanted,
      ...{ state: 'running', actor: scope.actor, createdAt: clock.now(), run: 1 },
      ...{ done: [], notes: [], dropped: [], counts: noDreamCounts, touched: [], added: [] },
    };
    await this.#begin(place, async () => {
      await this.#takeFirst(place);
      await this.#store.create(place, dream);
      const store = new DreamStore(this.#deps.control, dream.run);
      this.#run(withoutOnce(scope), { store, place, records, info });
    });
    return { ...dream, id, namespace };
  }

  /** What begins here is not taken for something that was left. */
  async #begin(place: DreamPlace, begin: () => Promise<void>): Promise<void> {
    this.#beginning.add(place.id);
    try {
      await begin();
    } finally {
      this.#beginning.delete(place.id);
    }
  }

  /** Throws dream_running. One that nobody runs any more goes on before another begins. */
  async #takeFirst(place: DreamPlace): Promise<void> {
    let other = await takeLease(this.#deps, place);
    if (other?.isLeft) {
      await this.#resume({ ...place, id: other.dream });
      other = await takeLease(this.#deps, place);
    }
    if (!other) return;
    throw new MemoryError('dream_running', undefined, { details: { dream_id: other.dream } });
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
      if (dream.endedAt !== undefined || leftMs <= 0 || this.#isClosed) return dream;
      const running = this.#running.get(id);
      await waitAtMost(running ? leftMs : Math.min(leftMs, lookEveryMs), running?.ended);
    }
  }

  /** Those actions, or all that wait. Throws dream_state, and invalid_request for unknown ids. */
  async apply(scope: Scope, id: string, ids?: readonly string[]): Promise<ApplyOutcome> {
    const opened = await openDream(this.#deps, scope, id);
    requireNamespace(scope.access, opened.info.name);
    if (ids === undefined) return this.#apply(scope, opened, () => true);
    const known = new Set((await this.actions(scope, id)).map((action) => action.id));
    const unknown = ids.find((one) => !known.has(one));
    if (unknown !== undefined) {
      const message = `The dream has no action "${unknown.slice(0, 80)}".`;
      throw new MemoryError('invalid_request', message, { details: { field: 'actions' } });
    }
    const chosen = new Set(ids);
    return this.#apply(scope, opened, (action) => chosen.has(action.id));
  }

  async #apply(
    scope: Scope,
    opened: OpenDream,
    chosen: (action: DreamAction) => boolean,
  ): Promise<ApplyOutcome> {
    const outcome = await applyActions(this.#deps, scope, opened, chosen);
    await this.#tellNews(opened.place);
    return outcome;
  }

  /** What cannot be told now is told by the next start. */
  async #tellNews(place?: DreamPlace): Promise<void> {
    await tellNews(this.#deps, place).catch(this.#options.onFault);
  }

  /** What waits is not applied any more; what was applied stays. */
  async discard(scope: Scope, id: string): Promise<Dream> {
    const opened = await openDream(this.#deps, scope, id);
    requireNamespace(scope.access, opened.info.name);
    const lock = JSON.stringify(['dream', scope.tenant, opened.info.no]);
    await this.#deps.keyLocks.run(lock, async () => {
      const { dream, version } = await this.#store.need(opened.place);
      // Before it is done: what a kill cuts in between is told twice rather than never.
      if (dream.state === 'planned') await this.#keepNews(opened, 'dream.discarded', version);
      await this.#store.change(opened.place, (dream) => {
        if (dream.state === 'applied') return dream;
        if (dream.state === 'planned') return { ...dream, state: 'discarded' };
        const message = `The dream is ${dream.state}; nothing of it can be discarded.`;
        throw new MemoryError('dream_state', message, { details: { state: dream.state } });
      });
      await this.#discardPending(opened.place);
    });
    await this.#tellNews(opened.place);
    return this.read(scope, id);
  }

  async undo(scope: Scope, id: string, isPartial: boolean): Promise<UndoOutcome> {
    const opened = await openDream(this.#deps, scope, id);
    requireNamespace(scope.access, opened.info.name);
    const outcome = await undoDream(this.#deps, scope, opened, isPartial);
    await this.#tellNews(opened.place);
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
    const running = this.#running.get(id);
    running?.end('cancelled');
    await running?.ended;
    return this.read(scope, id);
  }

  /** Takes over what processes left that have ended, now and from time to time. */
  async watch(): Promise<void> {
    if (this.#isClosed) return;
    this.#timer ??= setInterval(() => void this.watch(), watchEveryMs).unref();
    await this.#tellNews();
    try {
      for (const place of await leftLeases(this.#deps)) await this.#resume(place);
    } catch (error) {
      this.#options.onFault(error);
    }
  }

  /** What runs goes on with the next start. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    const all = [...this.#running.values()];
    for (const running of all) running.end('stopped');
    await Promise.all(all.map(({ ended }) => ended));
  }

  async #resume(place: DreamPlace): Promise<void> {
    const isHere = this.#running.has(place.id) || this.#beginning.has(place.id);
    if (this.#isClosed || isHere) return;
    await this.#begin(place, () => this.#goOn(place));
  }

  async #goOn(place: DreamPlace): Promise<void> {
    if ((await takeLease(this.#deps, place)) !== undefined) return;
    const kept = await this.#store.read(place);
    // Its namespace was removed while it wrote, or it was never written down.
    if (!kept) await this.#store.remove(place);
    if (!kept || kept.dream.endedAt !== undefined) return giveLease(this.#deps, place, true);
    const store = await this.#store.begin(place);
    const scope = this.#options.scopeOf(place.tenant, kept.dream.actor);
    const opened = scope && (await openDream(this.#deps, scope, place.id).catch(() => undefined));
    if (scope && opened) return this.#run(scope, { ...opened, store });
    const error = { code: 'permission_denied', message: 'The key that asked is gone.' } as const;
    const records = openRecords(this.#deps, { tenant: place.tenant, access: fullAccess });
    const name = await records.nameOf(place.namespaceNo);
    if (name !== undefined) await this.#keepNews({ place, info: { name } }, 'dream.failed');
    await this.#end({ store, place }, { state: 'failed', error });
  }

  #run(scope: Scope, opened: OpenDream): void {
    const { place } = opened;
    let reason: EndReason | undefined;
    const ending = new AbortController();
    const check = (): void => {
      if (reason !== undefined) throw new DreamEnded(reason);
    };
    const checking = setInterval(() => void this.#check(opened), checkEveryMs).unref();
    const ended = this.#runInTurn(scope, opened, { check, signal: ending.signal })
      .catch((error) => this.#options.onFault(error))
      .finally(() => {
        clearInterval(checking);
        this.#running.delete(place.id);
      });
    this.#running.set(place.id, {
      ended,
      end: (why) => {
        reason ??= why;
        ending.abort();
      },
    });
  }

  async #runInTurn(scope: Scope, opened: OpenDream, ending: Ending): Promise<void> {
    const turn = this.#slots.take();
    const isOver = new Promise<void>((resolve) => {
      ending.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([turn, isOver]);
    try {
      await this.#runNow(scope, opened, ending);
    } catch (error) {
      await this.#fail(opened, error);
    } finally {
      void turn.then(() => this.#slots.free());
    }
  }

  async #runNow(scope: Scope, opened: OpenDream, { check, signal }: Ending): Promise<void> {
    const { place, store } = opened;
    const { strategies } = this.#options;
    check();
    const requireLease = () => this.#requireLease(place);
    await requireLease();
    const { dream } = await store.need(place);
    if (dream.isCancelAsked) throw new DreamEnded('cancelled');
    const endsAt = performance.now() + dream.budget.seconds * 1000;
    const checkAll = (): void => {
      check();
      if (performance.now() > endsAt) throw new DreamEnded('time');
    };
    const model = this.#modelFor(leftOf(dream), signal);
    const parts = { deps: this.#deps, strategies, check: checkAll, requireLease };
    // One that was cut short may have planned all that it wanted to.
    if (dream.state === 'running') await runStrategies({ ...parts, model }, opened);
    check();
    await requireLease();
    await this.#finish(scope, opened);
  }

  /** What another process runs by now is its own. */
  async #requireLease(place: DreamPlace): Promise<void> {
    if (!(await holdsLease(this.#deps, place))) throw new DreamEnded('stopped');
  }

  #modelFor(budget: DreamBudget, signal: AbortSignal): RunParts['model'] {
    const { generator } = this.#options;
    const spending = this.#spendingOf(budget);
    if (!generator || !spending) return undefined;
    const { openTokenizer } = this.#deps;
    const generate = askModel({ generator, openTokenizer, spending }, signal);
    return { generate, spent: () => spending.report() };
  }

  /** Throws invalid_request for dollars where nobody said the prices. */
  #spendingOf(budget: DreamBudget): Spending | undefined {
    const { generator } = this.#options;
    if (!generator) return undefined;
    return new Spending({ budget, prices: generator.prices, now: () => performance.now() });
  }

  /** The lease is held until what needs no decision is applied. */
  async #finish(scope: Scope, opened: OpenDream): Promise<void> {
    const { place, store } = opened;
    const all = (await store.actions(place)).flatMap(({ actions }) => actions);
    const state = all.length === 0 ? 'empty' : 'planned';
    const dream = await store.change(place, (now) => {
      if (now.state === 'running' && now.isCancelAsked) throw new DreamEnded('cancelled');
      return { ...now, state: now.state === 'running' ? state : now.state };
    });
    await this.#keepNews(opened, 'dream.planned');
    // Somebody may have decided already.
    const isOpen = dream.state === 'planned' || dream.state === 'applied';
    const policy = dream.dryRun || !isOpen ? undefined : dream.autoApply;
    const chosen = policy && (await automaticActions(opened, all, policy));
    const fault = chosen && (await this.#applyAlone(scope, opened, chosen));
    await this.#end(opened, fault ?? {});
  }

  /** What cannot be applied now still can be later: the dream stays planned, and says why. */
  async #applyAlone(
    scope: Scope,
    opened: OpenDream,
    chosen: ReadonlySet<string>,
  ): Promise<Pick<StoredDream, 'error'>> {
    try {
      const { applied } = await this.#apply(scope, opened, ({ id }) => chosen.has(id));
      if (applied > 0) await this.#tellApplied(scope, opened.place.id);
      return {};
    } catch (error) {
      if (error instanceof DreamEnded) throw error;
      return { error: this.#told(error) };
    }
  }

  /** It is applied, whether somebody hears of it or not. */
  async #tellApplied(scope: Scope, id: string): Promise<void> {
    try {
      await this.#options.onApplied?.(scope, id);
    } catch (error) {
      this.#options.onFault(error);
    }
  }

  async #fail(opened: OpenDream, error: unknown): Promise<void> {
    const { place } = opened;
    if (error instanceof DreamEnded && error.reason === 'stopped') {
      await giveLease(this.#deps, place, false);
      return;
    }
    // Another process has it by now.
    if (!(await holdsLease(this.#deps, place))) return;
    if (error instanceof DreamEnded && error.reason === 'cancelled') {
      await this.#keepNews(opened, 'dream.cancelled');
      await this.#end(opened, { state: 'cancelled' });
      await this.#discardPending(place);
      return;
    }
    await this.#keepNews(opened, 'dream.failed');
    await this.#end(opened, { state: 'failed', error: this.#told(error) });
    await this.#discardPending(place);
  }

  #keepNews(
    { place, info }: { readonly place: DreamPlace; readonly info: Pick<NamespaceInfo, 'name'> },
    type: DreamEvent['type'],
    step = 0,
  ): Promise<void> {
    const news = { ...place, namespace: info.name, type, step, at: this.#deps.clock.now() };
    return keepNews(this.#deps.control, news);
  }

  #told(error: unknown): NonNullable<StoredDream['error']> {
    if (!MemoryError.isInstance(error)) this.#options.onFault(error);
    const { code, message } = MemoryError.isInstance(error) ? error : new MemoryError('internal');
    return { code, message };
  }

  async #end(
    { store, place }: Pick<OpenDream, 'store' | 'place'>,
    last: Partial<StoredDream>,
  ): Promise<void> {
    const endedAt = this.#deps.clock.now();
    // The namespace may be gone by now, and its dreams with it.
    if (await store.read(place)) {
      await store.change(place, ({ current: _, ...dream }) => ({
        ...{ ...dream, endedAt },
        ...last,
      }));
    } else await store.remove(place);
    await giveLease(this.#deps, place, true);
    await this.#tellNews(place);
    await this.#prune(place);
  }

  #discardPending(place: DreamPlace): Promise<void> {
    return this.#store.changeActions(place, (action) =>
      action.state === 'pending' ? { ...withoutWords(action), state: 'discarded' } : action,
    );
  }

  /** The newest ones are kept. */
  async #prune({ tenant, namespaceNo }: DreamPlace): Promise<void> {
    const ids = await this.#store.ids(tenant, namespaceNo);
    for (const id of ids.slice(limits.dreamsKeptMax)) {
      await this.#store.remove({ tenant, namespaceNo, id });
    }
  }

  /** Whether another process has it by now, or somebody wants it to end. */
  async #check({ place, store }: OpenDream): Promise<void> {
    try {
      const isOurs = await holdsLease(this.#deps, place);
      if (!isOurs) this.#running.get(place.id)?.end('stopped');
      const kept = await store.read(place);
      if (kept?.dream.isCancelAsked) this.#running.get(place.id)?.end('cancelled');
    } catch (error) {
      this.#options.onFault(error);
    }
  }
}

interface Ending {
  /** Throws DreamEnded. */
  readonly check: () => void;
  readonly signal: AbortSignal;
}

/** What one that was cut short has left of what it may spend. */
function leftOf({ budget, spent }: StoredDream): DreamBudget {
  if (!spent) return budget;
  const { inputTokens, outputTokens, dollars } = spent;
  const tokens = Math.max(0, budget.tokens - inputTokens - outputTokens);
  if (budget.dollars === undefined) return { ...budget, tokens };
  return { ...budget, tokens, dollars: Math.max(0, budget.dollars - (dollars ?? 0)) };
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
