/**
 * Delivers the events of one webhook. Nothing is queued for it: it remembers for each namespace how
 * far it is in the log of changes, so that a receiver that is away costs no storage. What failed
 * waits apart, and the namespace goes on.
 */
import type { Access } from '../../domain/access.ts';
import { type DreamEvent, type NamespaceEvent, wantsEvent } from '../../domain/events.ts';
import { limits } from '../../domain/limits.ts';
import type { NamespaceName } from '../../domain/memory.ts';
import { type EventSource, readEvents, seqBefore } from '../events/read-events.ts';
import {
  type Attempt,
  type Delivery,
  isArrived,
  loggedEvent,
  pauseAfter,
  storedEvent,
} from './delivery.ts';
import { DeliveryLog } from './delivery-log.ts';
import type { DeliverySlots } from './delivery-slots.ts';
import type { WebhookDeps } from './deps.ts';
import { type KeyState, keyStateOf } from './key-state.ts';
import { NamespaceCursor } from './namespace-cursor.ts';
import { queueEvent } from './queue-event.ts';
import { recordsOf, sendEvent } from './send-event.ts';
import { WaitingRoom } from './waiting-room.ts';
import { accessOfWebhook, type Webhook } from './webhook.ts';

/** Changes that are read at once; then another namespace has its turn. */
const changesPerTurn = 100;
/** After so many failures in a row only what waits is tried, until something gets through. */
const failuresBeforeProbing = 3;
/** While nothing gets through, one delivery is tried so often, whatever its pause. */
const probeMs = 5 * 60_000;
/** After a fault of the store. */
const faultPauseMs = 10_000;
/** While its key opens nothing: a tenant that is suspended may go on later. */
const keyPauseMs = 60_000;
/** While it is not known what its key opens: that is looked for twice a second. */
const blindPauseMs = 1_000;

export interface RunnerOptions {
  readonly deps: WebhookDeps;
  readonly slots: DeliverySlots;
  /** As it is now; undefined once it is deleted. */
  readonly webhook: () => Webhook | undefined;
  /** Called when nothing got through for days. */
  readonly onFailing: () => Promise<void>;
}

type Outcome = 'done' | 'failed' | 'stopped';

export class WebhookRunner {
  readonly #options: RunnerOptions;
  readonly #access: Access;
  readonly #ended = new AbortController();
  readonly #dirty = new Map<number, NamespaceName>();
  readonly #busy = new Set<number>();
  /** Events that are being tried again. */
  readonly #retrying = new Set<string>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #id: string;
  readonly log: DeliveryLog;
  readonly room: WaitingRoom;
  #failures = 0;
  #isOff: boolean;
  #pausedUntil = 0;
  #lastTryAt = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    options: RunnerOptions,
    webhook: Webhook,
    { log, room }: Pick<WebhookRunner, 'log' | 'room'>,
  ) {
    this.#options = options;
    this.#access = accessOfWebhook(webhook);
    this.#id = webhook.id;
    this.#isOff = webhook.disabled !== undefined;
    this.log = log;
    this.room = room;
  }

  static async open(options: RunnerOptions, webhook: Webhook): Promise<WebhookRunner> {
    const { control, warn } = options.deps;
    const { id } = webhook;
    const onFault = (err: unknown) => warn('the log of a webhook was not written', { err, id });
    const log = await DeliveryLog.open(control, webhook, onFault);
    const room = await WaitingRoom.open(control, webhook);
    return new WebhookRunner(options, webhook, { log, room });
  }

  /** Something was written there. */
  note(namespaceNo: number, namespace: NamespaceName): void {
    // Where that is known already, whatever it waits for looks again.
    if (this.#dirty.has(namespaceNo) || !this.#access.allows(namespace)) return;
    this.#dirty.set(namespaceNo, namespace);
    this.pump();
  }

  /** A namespace is gone for good. */
  async namespaceGone(event: NamespaceEvent): Promise<void> {
    await this.room.dropNamespace(event.namespaceNo);
    await this.queue(event);
  }

  /** What is no change of a memory; sent once, however often it is told. */
  async queue(event: NamespaceEvent | DreamEvent): Promise<void> {
    const webhook = this.#options.webhook();
    if (webhook && (await queueEvent(this.room, webhook, event))) this.pump();
  }

  /** Another server has changed the webhook, or put something among its deliveries. */
  async reload(): Promise<void> {
    await this.room.reload();
    const isOff = this.#options.webhook()?.disabled !== undefined;
    if (this.#isOff && !isOff) await this.startAnew();
    this.#isOff = isOff;
    this.pump();
  }

  /** From now on nothing is sent. */
  switchedOff(): void {
    this.#isOff = true;
  }

  /** Starts what can be started now, and sets the clock for the rest. */
  pump(): void {
    const { deps, webhook } = this.#options;
    const now = deps.clock.now();
    const isOpen = webhook()?.disabled === undefined && deps.isSending;
    if (this.#ended.signal.aborted || webhook() === undefined || !isOpen) return;
    clearTimeout(this.#timer);
    const key = this.#keyState();
    if (key !== 'open') this.#pausedUntil = now + (key === 'shut' ? keyPauseMs : blindPauseMs);
    if (now >= this.#pausedUntil) {
      for (const delivery of this.#due(now)) this.#start(() => this.#retry(delivery));
      if (!this.#isProbing) this.#startNamespaces();
    }
    const next = this.#nextAt(now);
    if (next === undefined) return;
    this.#timer = setTimeout(() => this.pump(), Math.max(10, next - now)).unref();
  }

  /** It was switched on again: what happened before counts no more. */
  async startAnew(): Promise<void> {
    this.#isOff = false;
    this.#failures = 0;
    this.log.startAnew();
    await this.#wakeAll();
  }

  /** One attempt that is only logged. */
  async ping(webhook: Webhook, event: Parameters<typeof sendEvent>[2]): Promise<Attempt> {
    const { deps, slots } = this.#options;
    const attempt = await slots.run(webhook.tenant, () =>
      sendEvent(deps, webhook, event, this.#ended.signal),
    );
    const told = attempt ?? stopped(deps);
    this.#noteAttempt({ ...told, event: loggedEvent(event.event), attempt: event.attempt });
    return told;
  }

  /** What is under way is cut, and sent again by whoever comes next. */
  async close(): Promise<void> {
    this.#ended.abort();
    clearTimeout(this.#timer);
    await Promise.all(this.#tasks);
    await this.log.close();
  }

  #keyState(): KeyState {
    const webhook = this.#options.webhook();
    return webhook ? keyStateOf(this.#options.deps, webhook) : 'shut';
  }

  get #isProbing(): boolean {
    return this.#failures >= failuresBeforeProbing && this.room.waitingCount > 0;
  }

  #due(now: number): Delivery[] {
    const open = this.room.waiting().filter(({ event }) => !this.#retrying.has(event.id));
    // Waking all is a task too, beside four deliveries.
    const free = Math.max(0, limits.webhookDeliveriesMax - this.#tasks.size);
    if (!this.#isProbing) return open.filter(({ nextAt }) => nextAt <= now).slice(0, free);
    // One by one: a receiver that is down is not asked by four at once.
    const isDue = open[0] !== undefined && now >= this.#probeAt(open[0]);
    return this.#tasks.size === 0 && isDue ? open.slice(0, 1) : [];
  }

  #probeAt(first: Delivery): number {
    return Math.min(first.nextAt, this.#lastTryAt + probeMs);
  }

  #nextAt(now: number): number | undefined {
    if (now < this.#pausedUntil) return this.#pausedUntil;
    const waiting = this.room.waiting().filter(({ event }) => !this.#retrying.has(event.id));
    const [first] = waiting;
    if (first === undefined) return undefined;
    if (this.#isProbing) return this.#probeAt(first);
    return Math.min(...waiting.map(({ nextAt }) => nextAt));
  }

  #startNamespaces(): void {
    for (const [namespaceNo, namespace] of this.#dirty) {
      if (this.#tasks.size >= limits.webhookDeliveriesMax) return;
      if (this.room.waitingCount >= limits.webhookWaitingMax) return;
      if (this.#busy.has(namespaceNo)) continue;
      this.#dirty.delete(namespaceNo);
      this.#busy.add(namespaceNo);
      this.#start(async () => {
        try {
          const isThrough = await this.#follow(namespaceNo, namespace);
          if (!isThrough) this.#dirty.set(namespaceNo, namespace);
        } catch (error) {
          this.#dirty.set(namespaceNo, namespace);
          throw error;
        } finally {
          this.#busy.delete(namespaceNo);
        }
      });
    }
  }

  #start(task: () => Promise<void>): void {
    const running = task()
      .catch((err: unknown) => {
        this.#pausedUntil = this.#options.deps.clock.now() + faultPauseMs;
        // That its key was revoked is no fault: pump() waits, and GET says it. Of a store that does
        // not answer the peers tell.
        if (this.#keyState() === 'open')
          this.#options.deps.warn('a webhook rests', { err, id: this.#id });
      })
      .finally(() => {
        this.#tasks.delete(running);
        this.pump();
      });
    this.#tasks.add(running);
  }

  /** Sends what happened in a namespace, in order. True when it is through. */
  async #follow(namespaceNo: number, namespace: NamespaceName): Promise<boolean> {
    const { deps } = this.#options;
    const webhook = this.#options.webhook();
    if (webhook === undefined) return true;
    const records = recordsOf(deps, webhook);
    const info = await records.namespace(namespace);
    if (info?.no !== namespaceNo) return true;
    const place = { tenant: webhook.tenant, namespaceNo, namespace, webhookId: webhook.id };
    const source = { ...place, records, access: this.#access };
    const cursor = await NamespaceCursor.open(deps.control, place, () =>
      firstSeq(source, info, webhook.createdAt),
    );
    await deps.turn(webhook.tenant);
    const { events, through } = await readEvents(source, cursor.seq, changesPerTurn);
    for (const event of events) {
      if (!wantsEvent(webhook.events, event.type)) continue;
      const delivery = { event: storedEvent(event), attempts: 0 };
      const outcome = this.#mayGoOn ? await this.#attempt(delivery) : 'stopped';
      // The next turn begins with it again.
      if (outcome === 'stopped') return !(await cursor.move(event.seq - 1));
      if (!(await cursor.move(event.seq))) return true;
    }
    if (!(await cursor.move(through))) return true;
    return through >= info.seq;
  }

  get #mayGoOn(): boolean {
    const isRoom = this.room.waitingCount < limits.webhookWaitingMax;
    const isOn = this.#options.webhook()?.disabled === undefined;
    return !this.#ended.signal.aborted && isRoom && isOn && !this.#isProbing;
  }

  async #retry(delivery: Delivery): Promise<void> {
    this.#retrying.add(delivery.event.id);
    try {
      const outcome = await this.#attempt(delivery);
      if (outcome === 'done') await this.room.remove(delivery.event.id);
    } finally {
      this.#retrying.delete(delivery.event.id);
    }
  }

  /** `failed`: it waits from now on, or was given up; durable when this resolves. */
  async #attempt(
    delivery: Pick<Delivery, 'event' | 'attempts'> & { readonly nextAt?: number },
  ): Promise<Outcome> {
    const { deps, slots } = this.#options;
    const { event, attempts, nextAt: plannedAt = 0 } = delivery;
    // One that only asks whether the receiver is back does not count.
    const isProbe = plannedAt > deps.clock.now();
    const attempt = isProbe ? attempts : attempts + 1;
    const tenant = this.#options.webhook()?.tenant;
    if (tenant === undefined) return 'stopped';
    const sent = await this.#unlessEnded(
      slots.run(tenant, async () => {
        if (this.#ended.signal.aborted) return stopped(deps);
        await deps.turn(tenant);
        // Others may have changed its secret, or have deleted it, while this one waited.
        const webhook = this.#options.webhook();
        if (webhook === undefined) return stopped(deps);
        return sendEvent(deps, webhook, { event, attempt }, this.#ended.signal);
      }),
    );
    if (sent === undefined) return 'done';
    if (sent.fault === 'stopped') return 'stopped';
    this.#noteAttempt({ ...sent, event: loggedEvent(event), attempt });
    if (isArrived(sent)) {
      deps.onAttempt('delivered');
      return 'done';
    }
    const pauseMs = isProbe ? plannedAt - deps.clock.now() : pauseAfter(attempt, deps.random());
    const state = pauseMs === undefined ? 'dead' : 'waiting';
    deps.onAttempt(pauseMs === undefined ? 'dead' : 'failed');
    const nextAt = deps.clock.now() + (pauseMs ?? 0);
    await this.room.put({ event, state, attempts: attempt, nextAt, last: sent });
    await this.#stopIfHopeless(sent);
    return 'failed';
  }

  /** Whoever waits for a slot does not keep it from closing. */
  #unlessEnded(sending: Promise<Attempt | undefined>): Promise<Attempt | undefined> {
    const { signal } = this.#ended;
    const ended = new Promise<Attempt>((resolve) => {
      const end = () => resolve(stopped(this.#options.deps));
      signal.addEventListener('abort', end, { once: true });
      void sending.catch(() => undefined).then(() => signal.removeEventListener('abort', end));
    });
    return Promise.race([sending, ended]);
  }

  async #stopIfHopeless(sent: Attempt): Promise<void> {
    const { failingSince } = this.log;
    const isHopeless =
      failingSince !== undefined && sent.at - failingSince >= limits.webhookFailingMsMax;
    if (isHopeless) await this.#options.onFailing();
  }

  #noteAttempt(attempt: Parameters<DeliveryLog['add']>[0]): void {
    this.#lastTryAt = attempt.at;
    this.log.add(attempt);
    if (!isArrived(attempt)) {
      this.#failures += 1;
      return;
    }
    const wasAway = this.#failures >= failuresBeforeProbing;
    this.#failures = 0;
    if (wasAway) this.#start(() => this.#wakeAll());
  }

  /** The receiver is back: what waits has waited long enough. */
  async #wakeAll(): Promise<void> {
    const now = this.#options.deps.clock.now();
    for (const delivery of this.room.waiting()) {
      if (this.#retrying.has(delivery.event.id) || delivery.nextAt <= now) continue;
      await this.room.put({ ...delivery, nextAt: now });
    }
    this.pump();
  }
}

function stopped({ clock }: Pick<WebhookDeps, 'clock'>): Attempt {
  return { at: clock.now(), ms: 0, fault: 'stopped' };
}

/** A webhook tells of what happened after it was made. */
async function firstSeq(
  source: EventSource,
  info: { readonly seq: number; readonly createdAt: number; readonly changedAt: number },
  since: number,
): Promise<number> {
  if (info.createdAt >= since) return 0;
  if (info.changedAt < since) return info.seq;
  return seqBefore(source, info.seq, since);
}
