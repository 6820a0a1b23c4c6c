/**
 * Publishes what happens in all namespaces of all tenants to a topic. Nothing is queued for it: a
 * cursor for each namespace says how far it is in the log of changes, and moves after the topic has
 * acknowledged. So a topic that is away costs no storage, a process that ends in between publishes
 * the same events again with the same ids, and two that run at once leave no gap.
 */
import type { DreamEvent } from '../../domain/events.ts';
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import type { TopicEvent } from '../../ports/event-topic.ts';
import { Bell } from '../../util/bell.ts';
import { within } from '../../util/within.ts';
import type { Followers } from '../deps.ts';
import type { PublishDeps } from './deps.ts';
import { publishKeys, type StoredCursor } from './publish-keys.ts';
import { changesPerTurn, type Part, readPart, readTold, type ToldDocument } from './read-part.ts';
import { Rescan } from './rescan.ts';
import { TenantQueue, type Waiting } from './tenant-queue.ts';

/** Namespaces that are known to wait; the next scan finds those that had no room. */
const waitingMax = 10_000;
/** Reading goes on until a batch has so many events ... */
const eventsPerBatch = 200;
/** ... or this many namespaces. */
const namespacesPerBatch = 200;
const namespacesAtOnce = 10;
/** After a batch that was not full: cursors are written so often, and not for each event. */
const gatherMs = 20;
/** After a fault: doubled each time, from the first to the second. */
const pauseMs = { first: 250, most: 5_000 };
/** What is under way when it stops is given so long; it is published again otherwise. */
const stopMs = 2_000;

export interface PublishStatus {
  /** False where another server publishes. */
  readonly isRunning: boolean;
  /** False while events wait because they cannot be published; the log says why. */
  readonly ok: boolean;
  /** Changes that are not published yet, as far as is known. */
  readonly behind: number;
  /** For how long the oldest of them has waited. */
  readonly oldestMs: number;
}

export class EventPublisher implements Followers {
  readonly #deps: PublishDeps;
  #queue = new TenantQueue(waitingMax);
  #rescan: Rescan;
  #ended: AbortController | undefined;
  #bell: Bell | undefined;
  #loop: Promise<void> = Promise.resolve();
  #unfollow: () => void = () => undefined;
  /** Something was told that is no change of a memory. */
  #isTold = true;
  #isFailing = false;
  /** The topic has them, and that is not written down yet. */
  #published: readonly Part[] = [];

  constructor(deps: PublishDeps) {
    this.#deps = deps;
    this.#rescan = new Rescan(deps, this.#queue);
  }

  /** Begins where it stopped, here or in another process. */
  start(): void {
    if (this.#ended) return;
    const ended = new AbortController();
    const bell = new Bell(ended.signal);
    this.#ended = ended;
    this.#bell = bell;
    this.#isTold = true;
    this.#unfollow = this.#deps.feed.followAll((tenant, { namespaceNo, changes }) => {
      // Another server may have told of a dream there.
      if (changes === 0) this.#isTold = true;
      this.#note(tenant, namespaceNo, Math.max(1, changes));
    });
    this.#loop = this.#loop.then(() => this.#run(ended.signal, bell));
  }

  /** From now on another process may publish. */
  async stop(): Promise<void> {
    this.#unfollow();
    this.#ended?.abort();
    this.#ended = undefined;
    // What waits is for another one now.
    this.#queue = new TenantQueue(waitingMax);
    this.#rescan = new Rescan(this.#deps, this.#queue);
    this.#isFailing = false;
    // What the topic has not answered by then is published again, by whoever comes next.
    await within(stopMs, () => this.#loop).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#deps.topic.close();
    await this.#loop;
  }

  get status(): PublishStatus {
    const { topic, clock } = this.#deps;
    const ok = topic.status().ok && !this.#isFailing;
    let behind = this.#rescan.behindElsewhere;
    let since = clock.now();
    for (const waiting of this.#queue) {
      behind += waiting.behind;
      since = Math.min(since, waiting.since);
    }
    const isRunning = this.#ended !== undefined;
    return { isRunning, ok, behind, oldestMs: clock.now() - since };
  }

  /** Before a namespace is removed: its end will be published, though the process may end. */
  async beforeNamespace(tenant: TenantId, no: number, _name: NamespaceName): Promise<void> {
    const value: StoredCursor = { tenant, seq: 0 };
    await this.#deps.control.putIfVersion(publishKeys.cursor(no), JSON.stringify(value), 0);
  }

  /** Whether it is gone is looked for when it has its turn. */
  async afterNamespace(tenant: TenantId, no: number): Promise<void> {
    if (this.#ended) this.#note(tenant, no, 1);
  }

  async dreamTold(tenant: TenantId, { namespace, ...event }: DreamEvent): Promise<void> {
    const key = publishKeys.told(event.namespaceNo, event.id);
    const value: ToldDocument = { ...event, tenant };
    await this.#deps.control.putIfVersion(key, JSON.stringify(value), 0);
    this.#isTold = true;
    if (this.#ended) this.#bell?.ring();
    // The server that publishes hears of it by the namespace.
    else this.#deps.feed.tell(tenant, { namespace, namespaceNo: event.namespaceNo, changes: 0 });
  }

  #note(tenant: TenantId, namespaceNo: number, behind: number): void {
    const since = this.#deps.clock.now();
    this.#wait({ tenant, namespaceNo, behind, since });
    this.#bell?.ring();
  }

  async #run(ended: AbortSignal, bell: Bell): Promise<void> {
    // Nobody rings it.
    const rest = new Bell(ended);
    this.#published = [];
    let pause = 0;
    let failedAt: number | undefined;
    while (!ended.aborted) {
      try {
        // Other servers may have told something too.
        if (await this.#rescan.step()) this.#isTold = true;
        const published = await this.#publishNext();
        if (failedAt !== undefined && published > 0) {
          const forMs = this.#deps.clock.now() - failedAt;
          this.#deps.log('info', 'events are published again', { forMs });
          failedAt = undefined;
        }
        pause = 0;
        this.#isFailing = false;
        if (published > 0 && published < eventsPerBatch) await rest.wait(gatherMs);
        if (published === 0 && !this.#rescan.isUnderWay) await bell.wait(this.#rescan.waitMs);
      } catch (err) {
        if (ended.aborted) return;
        this.#isFailing = true;
        if (failedAt === undefined) this.#deps.log('warn', 'events wait to be published', { err });
        failedAt ??= this.#deps.clock.now();
        pause = Math.min(pauseMs.most, pause * 2 || pauseMs.first);
        await rest.wait(pause);
      }
    }
  }

  /** One batch; how much it had: events, or parts where these have none. */
  async #publishNext(): Promise<number> {
    if (this.#published.length === 0) this.#published = await this.#publishBatch();
    const parts = this.#published;
    // A store that takes no writes is asked again, but the topic gets nothing twice for it.
    const left = await Promise.all(parts.map((part) => part.done()));
    this.#published = [];
    for (const waiting of left) if (waiting) this.#wait(waiting);
    return parts.reduce((sum, { events }) => sum + Math.max(1, events.length), 0);
  }

  /** What could not be published is known as waiting again. */
  async #publishBatch(): Promise<Part[]> {
    const taken: Waiting[] = [];
    const parts: Part[] = [];
    try {
      await this.#gather(taken, parts);
      const events = parts.flatMap((part) => this.#presented(part));
      if (events.length > 0) await this.#deps.topic.publish(events);
      return parts;
    } catch (error) {
      this.#isTold = true;
      for (const waiting of taken) this.#wait(waiting);
      throw error;
    }
  }

  #wait(waiting: Waiting): void {
    if (!this.#queue.note(waiting)) this.#rescan.missed();
  }

  async #gather(taken: Waiting[], parts: Part[]): Promise<void> {
    if (this.#isTold) {
      this.#isTold = false;
      parts.push(...(await readTold(this.#deps, eventsPerBatch)));
      // There may be more of them.
      this.#isTold = parts.length === eventsPerBatch;
    }
    for (let events = parts.length; events < eventsPerBatch; ) {
      const some: Waiting[] = [];
      const room = Math.min(namespacesAtOnce, namespacesPerBatch - taken.length);
      for (let next: Waiting | undefined; some.length < room; some.push(next)) {
        next = this.#queue.take();
        if (next === undefined) break;
      }
      if (some.length === 0) return;
      taken.push(...some);
      const read = await this.#readAll(some);
      parts.push(...read);
      events += read.reduce((sum, part) => sum + part.events.length, 0);
    }
  }

  /** Throws when nothing can be read; a namespace alone that cannot waits for the next scan. */
  async #readAll(some: readonly Waiting[]): Promise<Part[]> {
    const each = Math.max(changesPerTurn, eventsPerBatch / some.length);
    const reading = some.map((waiting) => readPart(this.#deps, waiting, each));
    const read = await Promise.allSettled(reading);
    const parts = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    for (const [i, one] of read.entries()) {
      if (one.status === 'fulfilled') continue;
      if (parts.length === 0) throw one.reason;
      const { tenant, namespaceNo } = some[i] ?? {};
      const details = { err: one.reason, tenant, namespaceNo };
      this.#deps.log('warn', 'events of a namespace wait to be published', details);
    }
    return parts;
  }

  #presented({ tenant, events }: Part): TopicEvent[] {
    return events.map((event) => ({
      key: `${tenant}/${event.namespaceNo}`,
      id: event.id,
      type: event.type,
      value: JSON.stringify(this.#deps.present(event, tenant)),
    }));
  }
}
