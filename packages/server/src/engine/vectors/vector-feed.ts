/**
 * Brings the vectors of large namespaces to the system that searches them, and keeps them there as
 * the records have them. All that it has to do is stored state, so a stop at any moment costs no
 * more than the batch under way; and another server may do the same at the same time.
 */
import { randomUUID } from 'node:crypto';
import type { TenantId } from '../../domain/memory.ts';
import type { IndexLog } from '../../index/index-settings.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { RecordsPort } from '../../ports/records.ts';
import type { VectorIndexPort, VectorPlace } from '../../ports/vector-index.ts';
import { fairTurns, serverItself } from '../../util/fair-turns.ts';
import type { Generations } from '../embed/generations.ts';
import { feedKey, listFeeds, nobody, readFeed, writeFeed } from './feed-document.ts';
import { forgetLeft, isSameSystem, listLeft, noteLeft, type SystemNames } from './left-systems.ts';
import { PlaceFeed } from './place-feed.ts';

export interface VectorFeedOptions {
  readonly records: RecordsPort;
  readonly control: ControlPort;
  readonly index: VectorIndexPort;
  /** Which one that is, in words: an address and a name, and no secret. */
  readonly system: string;
  /** After so many milliseconds no call that was given up is carried out any more. */
  readonly lateMs: number;
  readonly generations: Generations;
  readonly clock: Clock;
  /** Memories from which a namespace keeps its vectors there. */
  readonly from: number;
  /** Says what an operator should know; never content. */
  readonly log: IndexLog;
}

/** How far the vectors of large namespaces are. */
export interface VectorFeedProgress {
  /** Of the system that searches them. */
  readonly name: string;
  /** Namespaces, once per generation, whose vectors are there or on their way. */
  readonly places: number;
  /** Of these, those that are not all there yet: they are searched in memory meanwhile. */
  readonly filling: number;
  /** Changes that are not there yet. */
  readonly behind: number;
  /** Why nothing moves at the moment. */
  readonly problem?: string;
}

/** Known places are looked at so often; a search never waits for it. */
const idleMs = 1_000;
/** All namespaces are looked through for large ones so often. */
const surveyMs = 60_000;
const stopMs = 5_000;
const namespacesPerPage = 500;
const backoffMinMs = 500;
const backoffMaxMs = 30_000;

export class VectorFeed {
  readonly #options: VectorFeedOptions;
  readonly #id = randomUUID();
  readonly #places = new Map<string, PlaceFeed>();
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #wakeUp: () => void = () => {};
  #surveyedAt: number | undefined;
  #failures = 0;
  #problem: string | undefined;

  constructor(options: VectorFeedOptions) {
    this.#options = options;
  }

  /** Which system it brings them to, in words. */
  get system(): string {
    return this.#options.system;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** What is left is done after the next start; a system that stands still is not waited for. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('The server is stopping.'));
    this.#wakeUp();
    await Promise.race([this.#running, pause(stopMs)]);
  }

  /** Told of what has to leave the system soon; `isGone`: a whole namespace. */
  wake(isGone = false): void {
    if (isGone) this.#surveyedAt = undefined;
    this.#wakeUp();
  }

  /**
   * Resolves when all vectors of the place are there, for a namespace that is large; at once for
   * another one. Throws store_unavailable where the system does not answer.
   */
  async complete(tenant: TenantId, namespaceNo: number, generation: number): Promise<void> {
    const place = { tenant, namespaceNo, generation };
    if (!(await this.#isWanted(place))) return;
    const feed = this.#place(place);
    while (!this.#stop.signal.aborted && !feed.isComplete) {
      // Another server is at it.
      if (!(await feed.step()) && !feed.isComplete) await pause(idleMs);
    }
  }

  progress(): VectorFeedProgress {
    const places = [...this.#places.values()];
    const problem = this.#problem;
    return {
      name: this.#options.index.name,
      places: places.length,
      filling: places.filter(({ isComplete }) => !isComplete).length,
      behind: places.reduce((sum, { behind }) => sum + behind, 0),
      ...(problem !== undefined && { problem }),
    };
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      let pauseMs = idleMs;
      try {
        if (await this.#round()) pauseMs = 0;
        if (this.#problem !== undefined) {
          this.#options.log('info', 'Vectors are brought to their system again.');
        }
        this.#failures = 0;
        this.#problem = undefined;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        pauseMs = this.#failed(error);
      }
      if (pauseMs === 0) await fairTurns.again(serverItself);
      else if (!this.#stop.signal.aborted) await this.#rest(pauseMs);
    }
  }

  /** True when something was done, so that there may be more. */
  async #round(): Promise<boolean> {
    await this.#surveyWhenDue();
    let worked = false;
    let failure: { readonly error: unknown } | undefined;
    for (const feed of [...this.#places.values()]) {
      if (this.#stop.signal.aborted) return false;
      try {
        if (await feed.step()) worked = true;
      } catch (error) {
        // One that cannot go on keeps no other from its removals.
        failure ??= { error };
      }
    }
    if (failure) throw failure.error;
    return worked;
  }

  async #surveyWhenDue(): Promise<void> {
    const now = performance.now();
    if (this.#surveyedAt !== undefined && now - this.#surveyedAt < surveyMs) return;
    const { records, control, from } = this.#options;
    const fed = new Map((await listFeeds(control)).map(({ place }) => [feedKey(place), place]));
    for (let after = 0; ; ) {
      const page = await records.namespaces(after, namespacesPerPage);
      for (const { tenant, no, generation, memories } of page) {
        const place = { tenant, namespaceNo: no, generation };
        if (memories >= from && this.#canFeed(generation)) fed.set(feedKey(place), place);
      }
      after = page.at(-1)?.no ?? after;
      if (page.length < namespacesPerPage || this.#stop.signal.aborted) break;
      await fairTurns.again(serverItself);
    }
    for (const place of fed.values()) {
      if (this.#stop.signal.aborted) return;
      if (await this.#isThere(place)) this.#place(place);
      else await this.#forget(place);
    }
    await this.#emptyLeft(fed);
    this.#surveyedAt = now;
  }

  #place(place: VectorPlace): PlaceFeed {
    const key = feedKey(place);
    const dimension = this.#options.generations.find(place.generation)?.dimension ?? 0;
    const known = this.#places.get(key) ?? new PlaceFeed(this.#options, place, dimension, this.#id);
    this.#places.set(key, known);
    return known;
  }

  #canFeed(generation: number): boolean {
    return (this.#options.generations.find(generation)?.dimension ?? 0) > 0;
  }

  /** Neither the namespace nor the generation is gone. */
  async #isThere({ tenant, namespaceNo, generation }: VectorPlace): Promise<boolean> {
    if (!this.#canFeed(generation)) return false;
    return (await this.#options.records.open(tenant).nameOf(namespaceNo)) !== undefined;
  }

  async #isWanted({ tenant, namespaceNo, generation }: VectorPlace): Promise<boolean> {
    if (!this.#canFeed(generation)) return false;
    const records = this.#options.records.open(tenant);
    const name = await records.nameOf(namespaceNo);
    const info = name === undefined ? undefined : await records.namespace(name);
    return (info?.memories ?? 0) >= this.#options.from;
  }

  /**
   * The document goes last: until then it is known that something has to go. Where somebody who
   * fell silent may have a call under way, the place is dropped once more when none can come.
   */
  async #forget(place: VectorPlace): Promise<void> {
    const isUnsure = this.#places.get(feedKey(place))?.isUnsure;
    this.#places.delete(feedKey(place));
    const { index, control, clock, lateMs } = this.#options;
    const stored = await readFeed(control, place);
    if (!stored) return;
    const { state, version } = stored;
    const { holder, late } = state;
    const now = clock.now();
    const isOthers = holder.id !== this.#id && holder.id !== nobody.id;
    if (isOthers && holder.until > now) return;
    const isOpen = isOthers || isUnsure;
    const identity = await index.identity();
    if (state.identity !== '' && !this.#isPresent(state, identity)) {
      await noteLeft(control, place, state);
      await control.delete(feedKey(place));
      return;
    }
    await index.drop(place);
    const at = isOpen ? now + lateMs : (late?.at ?? now);
    if (at > now) {
      const ordinals = late?.ordinals ?? '';
      const next = { ...state, phase: 'drop', holder: nobody, late: { ordinals, at } } as const;
      await writeFeed(control, place, next, version);
      return;
    }
    await control.delete(feedKey(place));
  }

  /** Of a time before another system was in use, and nothing here fills it again. */
  async #emptyLeft(fed: ReadonlyMap<string, VectorPlace>): Promise<void> {
    const { index, control } = this.#options;
    const left = await listLeft(control);
    if (left.length === 0) return;
    const identity = await index.identity();
    for (const { place, state } of left) {
      if (this.#stop.signal.aborted) return;
      if (fed.has(feedKey(place)) || !this.#isPresent(state, identity)) continue;
      await index.drop(place);
      await forgetLeft(control, place, state);
    }
  }

  #isPresent(names: SystemNames, identity: string): boolean {
    return isSameSystem(names, { system: this.#options.system, identity });
  }

  #failed(error: unknown): number {
    const pauseMs = Math.min(backoffMaxMs, backoffMinMs * 2 ** this.#failures);
    this.#failures += 1;
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#problem === undefined) {
      const { name } = this.#options.index;
      this.#options.log('warn', 'Vectors cannot be brought to their system.', { name, reason });
    }
    this.#problem = reason;
    return pauseMs;
  }

  async #rest(pauseMs: number): Promise<void> {
    await pause(pauseMs, (wakeUp) => {
      this.#wakeUp = wakeUp;
    });
  }
}

/** `wake`: gets what ends the pause early. */
function pause(pauseMs: number, wake: (wakeUp: () => void) => void = () => {}): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, pauseMs);
    timer.unref();
    wake(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
