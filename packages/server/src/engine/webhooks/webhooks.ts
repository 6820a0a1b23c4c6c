/** Webhooks: what may be done with them, and who is told of what. */
import { fullAccess } from '../../domain/access.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { DreamEvent, EventPattern, NamespaceEvent } from '../../domain/events.ts';
import { makeId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import { KeyedMutex } from '../../util/mutex.ts';
import { eventId } from '../events/event-id.ts';
import { openRecords } from '../open-records.ts';
import type { Attempt, Delivery, LoggedAttempt, LoggedEvent, StoredEvent } from './delivery.ts';
import { DeliveryLog } from './delivery-log.ts';
import { DeliverySlots } from './delivery-slots.ts';
import type { WebhookDeps } from './deps.ts';
import { keyStateOf } from './key-state.ts';
import type { StoredCursor } from './namespace-cursor.ts';
import { queueEvent } from './queue-event.ts';
import { WaitingRoom } from './waiting-room.ts';
import {
  accessOfWebhook,
  type DisabledReason,
  type Webhook,
  type WebhookInclude,
} from './webhook.ts';
import { WebhookBook } from './webhook-book.ts';
import { readCursorKey, webhookKeys } from './webhook-keys.ts';
import { type RunnerOptions, WebhookRunner } from './webhook-runner.ts';

export interface NewWebhook
  extends Pick<Webhook, 'tenant' | 'keyId' | 'grants' | 'url' | 'namespaces' | 'description'> {
  readonly events: readonly EventPattern[];
  readonly include: readonly WebhookInclude[];
  /** Made where it is absent. */
  readonly secret?: string | undefined;
}

export interface WebhookStatus {
  readonly waiting: number;
  readonly dead: number;
  /** Undefined while something gets through. */
  readonly failingSince: number | undefined;
  readonly last: LoggedAttempt | undefined;
  /** False when its key was revoked or has expired, or the tenant is suspended. */
  readonly hasKey: boolean;
}

export class Webhooks {
  readonly #deps: WebhookDeps;
  readonly #book: WebhookBook;
  readonly #slots = new DeliverySlots();
  readonly #creating = new KeyedMutex();
  readonly #runners = new Map<string, WebhookRunner>();
  readonly #following = new Map<TenantId, () => void>();
  /** Of several servers of one store one sends. */
  #isOn = false;
  #starting: Promise<void> = Promise.resolve();

  private constructor(deps: WebhookDeps, book: WebhookBook) {
    this.#deps = deps;
    this.#book = book;
  }

  static async open(deps: WebhookDeps): Promise<Webhooks> {
    return new Webhooks(deps, await WebhookBook.open(deps.control));
  }

  /** From now on this server sends, beginning with what was written and not sent before. */
  async start(): Promise<void> {
    this.#isOn = true;
    for (const webhook of this.#book.all()) await this.#run(webhook);
    this.lookEverywhere();
  }

  /** Others may have written in any namespace. */
  lookEverywhere(): void {
    if (!this.#isOn) return;
    this.#starting = this.#starting
      .then(() => this.#catchUp())
      .catch((err: unknown) => {
        this.#deps.warn('what webhooks have to send was not looked for', { err });
      });
  }

  /** Cuts what is under way; it is sent again by whoever goes on, with the same ids. */
  async stop(): Promise<void> {
    this.#isOn = false;
    for (const tenant of [...this.#following.keys()]) this.#unfollow(tenant);
    await this.#starting;
    const runners = [...this.#runners.values()];
    this.#runners.clear();
    await Promise.all(runners.map((runner) => runner.close()));
  }

  /** Reads what other servers have changed: the documents that are named, or all. */
  async reload(documents?: readonly string[]): Promise<void> {
    const changed = await this.#book.reload(documents);
    if (!this.#isOn) return;
    for (const { tenant, id } of changed) {
      const webhook = this.#book.find(tenant, id);
      const runner = this.#runners.get(id);
      if (!webhook) await this.#end(tenant, id);
      else if (runner) await runner.reload();
      else {
        await this.#run(webhook);
        await this.#noteAll(tenant);
      }
    }
  }

  /** Throws too_many_webhooks, and invalid_url. */
  async create(wanted: NewWebhook): Promise<Webhook> {
    this.#deps.outgoing.check(wanted.url);
    const { tenant } = wanted;
    // One after another: those that come together must not be more than there may be.
    const webhook = await this.#creating.run(tenant, () =>
      this.#deps.inTurn(
        `webhooks/${tenant}`,
        () => this.#create(wanted),
        (made) => this.#book.remove(made),
      ),
    );
    if (this.#isOn) await this.#run(webhook);
    else await this.#deps.settle();
    return webhook;
  }

  async #create({ secret, ...wanted }: NewWebhook): Promise<Webhook> {
    const { clock } = this.#deps;
    if (this.#book.ofTenant(wanted.tenant).length >= limits.webhooksPerTenantMax) {
      const details = { limit: limits.webhooksPerTenantMax };
      throw new MemoryError('too_many_webhooks', undefined, { details });
    }
    const createdAt = clock.now();
    const id = makeId('whk', createdAt, clock.randomBytes(10));
    const webhook = { ...wanted, id, createdAt, secret: secret ?? this.#makeSecret() };
    await this.#book.add(webhook);
    return webhook;
  }

  ofTenant(tenant: TenantId): Webhook[] {
    return this.#book.ofTenant(tenant);
  }

  /** Throws webhook_not_found. */
  get(tenant: TenantId, id: string): Webhook {
    return this.#book.get(tenant, id);
  }

  async status(webhook: Webhook): Promise<WebhookStatus> {
    const { log, room } = await this.#state(webhook);
    const waiting = room.waitingCount;
    const hasKey = keyStateOf(this.#deps, webhook) !== 'shut';
    const dead = room.all().length - waiting;
    return { waiting, dead, failingSince: log.failingSince, last: log.attempts.at(-1), hasKey };
  }

  /** Switched on again it goes on where it stopped. */
  async setEnabled(webhook: Webhook, isEnabled: boolean): Promise<Webhook> {
    if ((webhook.disabled === undefined) === isEnabled) {
      await this.#deps.settle();
      return webhook;
    }
    const changed = isEnabled ? await this.#enable(webhook) : await this.#disable(webhook, 'asked');
    await this.#deps.settle();
    return changed;
  }

  /** The former secret signs beside the new one for `overlapMs` more. */
  async rotate(webhook: Webhook, overlapMs: number): Promise<Webhook> {
    const { former: _, ...rest } = webhook;
    const until = this.#deps.clock.now() + overlapMs;
    const former = overlapMs > 0 ? { former: { secret: webhook.secret, until } } : {};
    const rotated = { ...rest, ...former, secret: this.#makeSecret() };
    await this.#book.replace(rotated);
    await this.#deps.settle();
    return rotated;
  }

  async remove(webhook: Webhook): Promise<void> {
    await this.#removeAll([webhook]);
  }

  /** With the tenant. */
  async removeTenant(tenant: TenantId): Promise<void> {
    await this.#removeAll(this.#book.ofTenant(tenant));
  }

  async #removeAll(webhooks: readonly Webhook[]): Promise<void> {
    for (const webhook of webhooks) {
      await this.#book.remove(webhook);
      await this.#end(webhook.tenant, webhook.id);
    }
    // Whoever sends for them has ended by then, and puts nothing there any more.
    if (webhooks.length > 0) await this.#deps.settle();
    for (const webhook of webhooks) await this.#clear(webhook);
  }

  async #clear(webhook: Webhook): Promise<void> {
    const { tenant, id } = webhook;
    const { control } = this.#deps;
    await (await WaitingRoom.open(control, webhook)).clear();
    await control.delete(webhookKeys.log(tenant, id));
    for (const { key } of await control.list(webhookKeys.cursors(tenant))) {
      if (readCursorKey(key).webhookId === id) await control.delete(key);
    }
  }

  /** What waits or was given up, and the log of attempts, oldest first. */
  async deliveries(webhook: Webhook): Promise<{
    readonly kept: readonly Delivery[];
    readonly attempts: readonly LoggedAttempt[];
  }> {
    const { log, room } = await this.#state(webhook);
    return { kept: room.all(), attempts: log.attempts };
  }

  /** Sends it once more, with the same id. Throws delivery_not_found. */
  async redeliver(webhook: Webhook, id: string): Promise<Delivery> {
    const { log, room } = await this.#state(webhook);
    const logged = log.attempts.find(({ event }) => event.id === id)?.event;
    const event = room.find(id)?.event ?? (logged && asStored(logged));
    if (event === undefined) throw new MemoryError('delivery_not_found');
    const nextAt = this.#deps.clock.now();
    const delivery: Delivery = { event, state: 'waiting', attempts: 0, nextAt };
    await room.put(delivery);
    await this.#tell(webhook);
    return delivery;
  }

  /** Sends a ping now, whether the webhook is switched on or not; not without its key. */
  async test(webhook: Webhook): Promise<Attempt> {
    const { clock, isSending } = this.#deps;
    const at = clock.now();
    if (!isSending || keyStateOf(this.#deps, webhook) === 'shut')
      return { at, ms: 0, fault: 'stopped' };
    const event = { id: makeId('evt', at, clock.randomBytes(10)), type: 'ping' as const, at };
    const ping = { event, attempt: 1 };
    const runner = this.#runners.get(webhook.id);
    return runner ? runner.ping(webhook, ping) : this.#pingAlone(webhook, ping);
  }

  /** From a server that does not send otherwise. */
  async #pingAlone(webhook: Webhook, ping: Parameters<WebhookRunner['ping']>[1]): Promise<Attempt> {
    const alone = await WebhookRunner.open(this.#optionsOf(webhook), webhook);
    try {
      return await alone.ping(webhook, ping);
    } finally {
      await alone.close();
    }
  }

  /** Deliveries of all webhooks that wait for another attempt. */
  get waiting(): number {
    return [...this.#runners.values()].reduce((sum, { room }) => sum + room.waitingCount, 0);
  }

  /** Before a namespace is removed: who follows it will be told, though the process may end. */
  async beforeNamespace(tenant: TenantId, no: number, namespace: NamespaceName): Promise<void> {
    const stored: StoredCursor = { seq: null, namespace };
    for (const webhook of this.#book.ofTenant(tenant)) {
      if (!accessOfWebhook(webhook).allows(namespace)) continue;
      const key = webhookKeys.cursor(tenant, no, webhook.id);
      await this.#deps.control.putIfVersion(key, JSON.stringify(stored), 0);
    }
  }

  /** After it: nothing happens where it is still there. Twice is as good as once. */
  async afterNamespace(tenant: TenantId, no: number): Promise<void> {
    const records = openRecords(this.#deps, { tenant, access: fullAccess });
    if ((await records.nameOf(no)) !== undefined) return;
    for (const { key, value } of await this.#deps.control.list(webhookKeys.cursorsOf(tenant, no))) {
      const { namespace }: StoredCursor = JSON.parse(value);
      // A time would make another event of it each time that it is found.
      const id = eventId(tenant, { namespaceNo: no, seq: 0, at: 0 });
      const place = { namespace, namespaceNo: no, at: this.#deps.clock.now() };
      const event: NamespaceEvent = { id, type: 'namespace.deleted', ...place };
      const webhook = this.#book.find(tenant, readCursorKey(key).webhookId);
      if (webhook) await this.#namespaceGone(webhook, event);
      await this.#deps.control.delete(key);
    }
  }

  async dreamTold(tenant: TenantId, event: DreamEvent): Promise<void> {
    for (const webhook of this.#book.ofTenant(tenant)) {
      if (!accessOfWebhook(webhook).allows(event.namespace)) continue;
      const runner = this.#runners.get(webhook.id);
      if (runner) await runner.queue(event);
      else await this.#queueAlone(webhook, event);
    }
  }

  async #namespaceGone(webhook: Webhook, event: NamespaceEvent): Promise<void> {
    const runner = this.#runners.get(webhook.id);
    if (runner) return runner.namespaceGone(event);
    await (await WaitingRoom.open(this.#deps.control, webhook)).dropNamespace(event.namespaceNo);
    await this.#queueAlone(webhook, event);
  }

  /** From a server that does not send: the one that does hears of it. */
  async #queueAlone(webhook: Webhook, event: NamespaceEvent | DreamEvent): Promise<void> {
    const room = await WaitingRoom.open(this.#deps.control, webhook);
    await queueEvent(room, webhook, event);
    await this.#tell(webhook);
  }

  /** Whoever sends for it looks at its deliveries. */
  async #tell(webhook: Webhook): Promise<void> {
    const runner = this.#runners.get(webhook.id);
    if (runner) runner.pump();
    else await this.#book.touch(webhook);
  }

  async #run(webhook: Webhook): Promise<void> {
    const { tenant, id } = webhook;
    const runner = await WebhookRunner.open(this.#optionsOf(webhook), webhook);
    // Meanwhile the duty may have gone, or somebody else have started it.
    if (!this.#isOn || this.#runners.has(id)) return runner.close();
    this.#runners.set(id, runner);
    this.#follow(tenant);
  }

  async #end(tenant: TenantId, id: string): Promise<void> {
    const runner = this.#runners.get(id);
    this.#runners.delete(id);
    await runner?.close();
    if (this.#book.ofTenant(tenant).length === 0) this.#unfollow(tenant);
  }

  #optionsOf({ tenant, id }: Webhook): RunnerOptions {
    const current = () => this.#book.find(tenant, id);
    const onFailing = async (): Promise<void> => {
      const failing = current();
      if (failing && failing.disabled === undefined) await this.#disable(failing, 'failing');
    };
    return { deps: this.#deps, slots: this.#slots, webhook: current, onFailing };
  }

  #follow(tenant: TenantId): void {
    if (this.#following.has(tenant)) return;
    const unfollow = this.#deps.feed.follow(tenant, (changed) => {
      if (changed === undefined) return this.lookEverywhere();
      const { namespace, namespaceNo } = changed;
      for (const { id } of this.#book.ofTenant(tenant)) {
        this.#runners.get(id)?.note(namespaceNo, namespace);
      }
    });
    this.#following.set(tenant, unfollow);
  }

  #unfollow(tenant: TenantId): void {
    this.#following.get(tenant)?.();
    this.#following.delete(tenant);
  }

  async #enable({ disabled: _, ...enabled }: Webhook): Promise<Webhook> {
    await this.#book.replace(enabled);
    await this.#runners.get(enabled.id)?.startAnew();
    return enabled;
  }

  async #disable(webhook: Webhook, reason: DisabledReason): Promise<Webhook> {
    const disabled = { ...webhook, disabled: { at: this.#deps.clock.now(), reason } };
    await this.#book.replace(disabled);
    this.#runners.get(webhook.id)?.switchedOff();
    if (reason === 'failing') {
      const { tenant, id } = webhook;
      this.#deps.warn('a webhook is switched off: nothing got through for days', { tenant, id });
    }
    return disabled;
  }

  /** Namespaces that are further than a webhook is, and those that are gone. */
  async #catchUp(): Promise<void> {
    for (const tenant of new Set(this.#book.all().map((webhook) => webhook.tenant))) {
      const there = await this.#noteAll(tenant);
      const cursors = await this.#deps.control.list(webhookKeys.cursors(tenant));
      const known = new Set(cursors.map(({ key }) => readCursorKey(key).namespaceNo));
      for (const no of known) {
        if (!this.#isOn) return;
        if (!there.has(no)) await this.afterNamespace(tenant, no);
      }
      for (const { key } of cursors) await this.#dropOrphan(key, readCursorKey(key).webhookId);
    }
    for (const { key } of await this.#deps.control.list(webhookKeys.allDeliveries)) {
      await this.#dropOrphan(key, key.split('/')[2] ?? '');
    }
    for (const { key } of await this.#deps.control.list(webhookKeys.allLogs)) {
      await this.#dropOrphan(key, key.split('/')[2] ?? '');
    }
    for (const runner of this.#runners.values()) runner.pump();
  }

  /** What a delete that was cut short has left. */
  async #dropOrphan(key: string, webhookId: string): Promise<void> {
    const { control } = this.#deps;
    if (this.#runners.has(webhookId)) return;
    // Another server may just have made it.
    const [, tenant = ''] = key.split('/');
    const webhook = webhookKeys.all + [tenant, webhookId].join('/');
    if (!(await control.get(webhook))) await control.delete(key);
  }

  async #noteAll(tenant: TenantId): Promise<ReadonlySet<number>> {
    const records = openRecords(this.#deps, { tenant, access: fullAccess });
    const there = new Set<number>();
    const limit = limits.listLimitMax;
    for (let after: NamespaceName | undefined; this.#isOn; ) {
      const from = after === undefined ? {} : { after };
      const page = await records.namespaces({ ...from, limit });
      for (const { no, name, changedAt } of page) {
        there.add(no);
        for (const { id, createdAt } of this.#book.ofTenant(tenant)) {
          if (changedAt >= createdAt) this.#runners.get(id)?.note(no, name);
        }
      }
      after = page.at(-1)?.name;
      if (page.length < limit) break;
    }
    return there;
  }

  /** In memory where this server sends, as stored where another one does. */
  async #state(webhook: Webhook): Promise<Pick<WebhookRunner, 'log' | 'room'>> {
    const { control } = this.#deps;
    const runner = this.#runners.get(webhook.id);
    if (runner) return runner;
    const room = await WaitingRoom.open(control, webhook);
    return { room, log: await DeliveryLog.open(control, webhook, () => {}) };
  }

  #makeSecret(): string {
    return `whsec_${Buffer.from(this.#deps.clock.randomBytes(32)).toString('base64url')}`;
  }
}

/** Undefined for a ping, and for a namespace whose name went with it. */
function asStored(logged: LoggedEvent): StoredEvent | undefined {
  return 'memoryId' in logged || 'dream' in logged ? logged : undefined;
}
