/** Deliveries of one webhook that wait for another attempt, and those that were given up. */

import { limits } from '../../domain/limits.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { Delivery } from './delivery.ts';
import type { Webhook } from './webhook.ts';
import { webhookKeys } from './webhook-keys.ts';

interface Kept {
  readonly delivery: Delivery;
  readonly version: number;
}

/** All are held in memory: they are few and hold ids only. */
export class WaitingRoom {
  readonly #control: ControlPort;
  readonly #prefix: string;
  readonly #kept = new Map<string, Kept>();
  /** Since the last reading began. */
  readonly #removed = new Set<string>();
  /** Those that wait, in order; made when it is asked for. */
  #order: readonly Delivery[] | undefined;

  private constructor(control: ControlPort, prefix: string) {
    this.#control = control;
    this.#prefix = prefix;
  }

  static async open(
    control: ControlPort,
    { tenant, id }: Pick<Webhook, 'tenant' | 'id'>,
  ): Promise<WaitingRoom> {
    const room = new WaitingRoom(control, webhookKeys.deliveries(tenant, id));
    await room.reload();
    return room;
  }

  /** Reads what other servers have put there or taken away. */
  async reload(): Promise<void> {
    const before = new Map(this.#kept);
    this.#removed.clear();
    const there = new Set<string>();
    for (const { value, version } of await this.#control.list(this.#prefix)) {
      const delivery: Delivery = JSON.parse(value);
      const { id } = delivery.event;
      there.add(id);
      if (this.#removed.has(id)) continue;
      // One that was put here while the list was read is newer, or stays.
      if ((this.#kept.get(id)?.version ?? 0) < version) this.#kept.set(id, { delivery, version });
    }
    for (const id of before.keys()) if (!there.has(id)) this.#kept.delete(id);
    this.#order = undefined;
  }

  all(): Delivery[] {
    return [...this.#kept.values()].map(({ delivery }) => delivery);
  }

  /** In the order in which they happened. */
  waiting(): readonly Delivery[] {
    this.#order ??= this.all()
      .filter(({ state }) => state === 'waiting')
      .sort((a, b) => a.event.at - b.event.at || orderOf(a) - orderOf(b));
    return this.#order;
  }

  get waitingCount(): number {
    return this.waiting().length;
  }

  find(eventId: string): Delivery | undefined {
    return this.#kept.get(eventId)?.delivery;
  }

  /** Durable when it resolves. Of too many dead ones the oldest leave. */
  async put(delivery: Delivery): Promise<void> {
    const { id } = delivery.event;
    const before = this.#kept.get(id);
    const value = JSON.stringify(delivery);
    const expected = before?.version ?? 0;
    const version = await this.#control.putIfVersion(this.#prefix + id, value, expected);
    // It is there already: an earlier try got so far.
    this.#kept.set(id, { delivery, version: version ?? expected + 1 });
    this.#order = undefined;
    if (delivery.state === 'dead') await this.#dropOldest();
  }

  async remove(eventId: string): Promise<void> {
    this.#kept.delete(eventId);
    this.#removed.add(eventId);
    this.#order = undefined;
    await this.#control.delete(this.#prefix + eventId);
  }

  /** What is left of a namespace that is gone, except for the word that it is. */
  async dropNamespace(namespaceNo: number): Promise<void> {
    for (const { event } of this.all()) {
      const isOfIt = 'namespaceNo' in event && event.namespaceNo === namespaceNo;
      if (isOfIt && event.type !== 'namespace.deleted') await this.remove(event.id);
    }
  }

  async clear(): Promise<void> {
    for (const { event } of this.all()) await this.remove(event.id);
  }

  async #dropOldest(): Promise<void> {
    const dead = this.all().filter(({ state }) => state === 'dead');
    const tooMany = dead.length - limits.webhookDeadMax;
    const oldest = dead.sort((a, b) => a.event.at - b.event.at).slice(0, Math.max(0, tooMany));
    for (const { event } of oldest) await this.remove(event.id);
  }
}

const orderOf = ({ event }: Delivery): number => ('seq' in event ? event.seq : 0);
