/** What becomes of a dream that has planned: applied alone, given up, told of, and ended. */
import { MemoryError } from '../../domain/errors.ts';
import type { DreamEvent } from '../../domain/events.ts';
import { limits } from '../../domain/limits.ts';
import type { NamespaceName } from '../../domain/memory.ts';
import type { NamespaceInfo } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import type { Scope } from '../scope.ts';
import { type ApplyOutcome, applyActions } from './apply.ts';
import { automaticActions } from './automatic.ts';
import { DreamEnded } from './dream-ended.ts';
import { lockDreams } from './dream-lock.ts';
import { keepNews, tellNews } from './dream-news.ts';
import { type DreamPlace, DreamStore } from './dream-store.ts';
import { giveLease, holdsLease } from './lease.ts';
import type { OpenDream } from './open-dream.ts';
import { type DreamAction, type StoredDream, withoutWords } from './stored-dream.ts';

export interface EndingsOptions {
  /** Where actions were applied without a decision of a reader. */
  readonly onApplied?: ((scope: Scope, id: string) => Promise<void>) | undefined;
  readonly onFault: (error: unknown) => void;
}

/** A dream of this process, and its documents as this run of it may write them. */
type Held = Pick<OpenDream, 'store' | 'place'>;

export class DreamEndings {
  readonly #deps: EngineDeps;
  readonly #options: EndingsOptions;
  readonly #store: DreamStore;

  constructor(deps: EngineDeps, options: EndingsOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#store = new DreamStore(deps.control);
  }

  /** Throws dream_state. */
  async apply(
    scope: Scope,
    opened: OpenDream,
    chosen: (action: DreamAction) => boolean,
  ): Promise<ApplyOutcome> {
    const outcome = await applyActions(this.#deps, scope, opened, chosen);
    await this.tellNews(opened.place);
    return outcome;
  }

  /** What waits is not applied any more. Throws dream_state. */
  async discard(opened: OpenDream): Promise<void> {
    const { place } = opened;
    await lockDreams(this.#deps, place, async () => {
      const { dream, version } = await this.#store.need(place);
      // Before it is done: what a kill cuts in between is told twice rather than never.
      if (dream.state === 'planned') await this.#keepNews(opened, 'dream.discarded', version);
      await this.#store.change(place, (dream) => {
        if (dream.state === 'applied') return dream;
        if (dream.state === 'planned') return { ...dream, state: 'discarded' };
        const message = `The dream is ${dream.state}; nothing of it can be discarded.`;
        throw new MemoryError('dream_state', message, { details: { state: dream.state } });
      });
      await this.#discardPending(place);
    });
    await this.tellNews(place);
  }

  /** The lease is held until what needs no decision is applied. */
  async finish(scope: Scope, opened: OpenDream): Promise<void> {
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

  /** It goes on in another process where this one stops, and is over else. */
  async fail(opened: OpenDream, error: unknown): Promise<void> {
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
    } else {
      await this.#keepNews(opened, 'dream.failed');
      await this.#end(opened, { state: 'failed', error: this.#told(error) });
    }
    await this.#discardPending(place);
  }

  /** Nobody may run it any more; its namespace may be gone as well. */
  async failKeyless(held: Held, namespace: NamespaceName | undefined): Promise<void> {
    const { place } = held;
    const error = { code: 'permission_denied', message: 'The key that asked is gone.' } as const;
    if (namespace !== undefined) {
      await this.#keepNews({ place, info: { name: namespace } }, 'dream.failed');
    }
    await this.#end(held, { state: 'failed', error });
  }

  /** What cannot be told now is told by the next start. */
  async tellNews(place?: DreamPlace): Promise<void> {
    await tellNews(this.#deps, place).catch(this.#options.onFault);
  }

  /** What cannot be applied now still can be later: the dream stays planned, and says why. */
  async #applyAlone(
    scope: Scope,
    opened: OpenDream,
    chosen: ReadonlySet<string>,
  ): Promise<Pick<StoredDream, 'error'>> {
    try {
      const { applied } = await this.apply(scope, opened, ({ id }) => chosen.has(id));
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

  /** `step`: which version of it that changed, where it can happen more than once. */
  #keepNews(
    { place, info }: { readonly place: DreamPlace; readonly info: Pick<NamespaceInfo, 'name'> },
    type: DreamEvent['type'],
    step = 0,
  ): Promise<void> {
    const news = { ...place, namespace: info.name, type, step, at: this.#deps.clock.now() };
    return keepNews(this.#deps.control, news);
  }

  #discardPending(place: DreamPlace): Promise<void> {
    return this.#store.changeActions(place, (action) =>
      action.state === 'pending' ? { ...withoutWords(action), state: 'discarded' } : action,
    );
  }

  #told(error: unknown): NonNullable<StoredDream['error']> {
    if (!MemoryError.isInstance(error)) this.#options.onFault(error);
    const { code, message } = MemoryError.isInstance(error) ? error : new MemoryError('internal');
    return { code, message };
  }

  async #end({ store, place }: Held, last: Partial<StoredDream>): Promise<void> {
    const endedAt = this.#deps.clock.now();
    // The namespace may be gone by now, and its dreams with it.
    if (await store.read(place)) {
      await store.change(place, ({ current: _, ...dream }) => ({
        ...{ ...dream, endedAt },
        ...last,
      }));
    } else await store.remove(place);
    await giveLease(this.#deps, place, true);
    await this.tellNews(place);
    await this.#prune(place);
  }

  /** The newest are kept; those that proposed nothing push out none that can be undone. */
  async #prune({ tenant, namespaceNo }: DreamPlace): Promise<void> {
    const all = await this.#store.all(tenant, namespaceNo);
    const old = [
      ...all.filter(({ isEmpty }) => !isEmpty).slice(limits.dreamsKeptMax),
      ...all.filter(({ isEmpty }) => isEmpty).slice(limits.dreamsEmptyKeptMax),
    ];
    for (const { id } of old) await this.#store.remove({ tenant, namespaceNo, id });
  }
}
