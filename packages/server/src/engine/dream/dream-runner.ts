/** Runs the dreams of one process: few at a time, each under its lease, and to its end. */
import { fullAccess } from '../../domain/access.ts';
import type { DreamBudget } from '../../domain/dream.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { Generator } from '../../ports/generator.ts';
import { FairSlots } from '../../util/fair-slots.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import type { Scope } from '../scope.ts';
import { askModel } from './ask-model.ts';
import { DreamEnded, type EndReason } from './dream-ended.ts';
import type { DreamEndings } from './dream-endings.ts';
import { type DreamPlace, DreamStore } from './dream-store.ts';
import { giveLease, holdsLease, leftLeases, takeLease } from './lease.ts';
import { type OpenDream, openDream } from './open-dream.ts';
import { type RunParts, runStrategies } from './run-dream.ts';
import { Spending } from './spending.ts';
import type { StoredDream } from './stored-dream.ts';
import type { Strategy } from './strategy.ts';

export interface RunnerOptions {
  readonly strategies: readonly Strategy[];
  /** Absent without a language model. */
  readonly generator?: Generator | undefined;
  /** The rights that a key has now; undefined where it has none any more. */
  readonly scopeOf: (tenant: TenantId, actor: string) => Scope | undefined;
  readonly onFault: (error: unknown) => void;
}

interface Running {
  readonly ended: Promise<void>;
  end(reason: EndReason): void;
}

/** How often it is looked for what nobody runs any more, and whether a dream is to be ended. */
const watchEveryMs = 30_000;
const checkEveryMs = 10_000;
/** Dreams plan beside searches and stores: few at a time, and of several tenants in turn. */
const atOnce = 2;

export class DreamRunner {
  readonly #deps: EngineDeps;
  readonly #options: RunnerOptions;
  readonly #endings: DreamEndings;
  readonly #store: DreamStore;
  readonly #running = new Map<string, Running>();
  /** On their way to be run here. */
  readonly #beginning = new Set<string>();
  readonly #slots = new FairSlots(atOnce);
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: EngineDeps, options: RunnerOptions, endings: DreamEndings) {
    this.#deps = deps;
    this.#options = options;
    this.#endings = endings;
    this.#store = new DreamStore(deps.control);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Throws invalid_request for dollars where nobody said the prices. */
  requireBudget(budget: DreamBudget): void {
    this.#spendingOf(budget);
  }

  /** What begins here is not taken for something that was left. */
  async begin(place: DreamPlace, begin: () => Promise<void>): Promise<void> {
    this.#beginning.add(place.id);
    try {
      await begin();
    } finally {
      this.#beginning.delete(place.id);
    }
  }

  /** Throws dream_running. One that nobody runs any more goes on before another begins. */
  async takeFirst(place: DreamPlace): Promise<void> {
    let other = await takeLease(this.#deps, place);
    if (other?.isLeft) {
      await this.#resume({ ...place, id: other.dream });
      other = await takeLease(this.#deps, place);
    }
    if (!other) return;
    throw new MemoryError('dream_running', undefined, { details: { dream_id: other.dream } });
  }

  /** Begins one whose lease was taken. */
  run(scope: Scope, opened: OpenDream): void {
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

  /** Resolves when it has ended; undefined where this process does not run it. */
  endOf(id: string): Promise<void> | undefined {
    return this.#running.get(id)?.ended;
  }

  async cancel(id: string): Promise<void> {
    const running = this.#running.get(id);
    running?.end('cancelled');
    await running?.ended;
  }

  /** Takes over what processes left that have ended, now and from time to time. */
  async watch(): Promise<void> {
    if (this.#isClosed) return;
    this.#timer ??= setInterval(() => void this.watch(), watchEveryMs).unref();
    await this.#endings.tellNews();
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
    await this.begin(place, () => this.#goOn(place));
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
    if (scope && opened) return this.run(scope, { ...opened, store });
    const records = openRecords(this.#deps, { tenant: place.tenant, access: fullAccess });
    const name = await records.nameOf(place.namespaceNo);
    await this.#endings.failKeyless({ store, place }, name);
  }

  async #runInTurn(scope: Scope, opened: OpenDream, ending: Ending): Promise<void> {
    const { tenant } = opened.place;
    const turn = this.#slots.take(tenant);
    const isOver = new Promise<void>((resolve) => {
      ending.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([turn, isOver]);
    try {
      await this.#runNow(scope, opened, ending);
    } catch (error) {
      await this.#endings.fail(opened, error);
    } finally {
      void turn.then(() => this.#slots.free(tenant));
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
    await this.#endings.finish(scope, opened);
  }

  /** What another process runs by now is its own. */
  async #requireLease(place: DreamPlace): Promise<void> {
    if (!(await holdsLease(this.#deps, place))) throw new DreamEnded('stopped');
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

  #modelFor(budget: DreamBudget, signal: AbortSignal): RunParts['model'] {
    const { generator } = this.#options;
    const spending = this.#spendingOf(budget);
    if (!generator || !spending) return undefined;
    const { openTokenizer } = this.#deps;
    const generate = askModel({ generator, openTokenizer, spending }, signal);
    return { generate, spent: () => spending.report() };
  }

  #spendingOf(budget: DreamBudget): Spending | undefined {
    const { generator } = this.#options;
    if (!generator) return undefined;
    return new Spending({ budget, prices: generator.prices, now: () => performance.now() });
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
