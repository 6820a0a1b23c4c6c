/**
 * Counts the operations of each tenant and month: in memory, out of leases that are on disk before
 * they are used. So a search costs no fsync, and what was acknowledged is counted after a crash
 * too: the rest of a lease counts as used then.
 */
import { MemoryError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { TenantId } from '../domain/memory.ts';
import type { Plan } from '../domain/plans.ts';
import type { Clock } from '../ports/clock.ts';
import type { ControlPort } from '../ports/control.ts';
import { MonthCount, type UsageCounts } from './month-count.ts';
import { monthBefore, monthEndOf, monthOf } from './months.ts';
import type { OperationKind } from './operations.ts';

export interface Usage {
  /** `2026-11`, UTC. */
  readonly month: string;
  /** When the next month begins, in milliseconds since 1970 UTC. */
  readonly resetsAt: number;
  readonly used: number;
  readonly counts: UsageCounts;
}

/** What was used in a month that is over. */
export type PastUsage = Pick<Usage, 'month' | 'used' | 'counts'>;

/** Operations that were set aside for a request. */
export interface Charge {
  /** For what was not carried out. */
  giveBack(items: number): void;
}

export interface ChargeRequest {
  readonly tenant: TenantId;
  readonly plan: Plan;
  readonly kind: OperationKind;
  readonly items: number;
  readonly isAlwaysAllowed?: boolean;
}

export interface UsageMeterParts {
  readonly control: ControlPort;
  readonly clock: Pick<Clock, 'now'>;
  /** A lease could not be written: counting goes on in memory. */
  readonly onFault?: (error: unknown) => void;
}

export class UsageMeter {
  readonly #parts: UsageMeterParts;
  readonly #months = new Map<TenantId, MonthCount>();

  constructor(parts: UsageMeterParts) {
    this.#parts = parts;
  }

  /**
   * Throws quota_exceeded, with nothing set aside, where the plan has less than `items` left. What
   * one request has set aside nobody else can use.
   */
  async charge({ tenant, plan, kind, items, ...request }: ChargeRequest): Promise<Charge> {
    const { operationsPerMonth } = plan;
    const limit = operationsPerMonth ?? Number.POSITIVE_INFINITY;
    const isRefused = request.isAlwaysAllowed !== true;
    for (;;) {
      const now = this.#parts.clock.now();
      const month = this.#months.get(tenant);
      if (month === undefined || now >= month.endsAt) {
        await this.#open(tenant, now);
        continue;
      }
      const isOver = items > 0 && month.used + items > limit;
      if (isRefused && isOver) throw exceeded(plan, month, items);
      if (month.take(kind, items)) {
        month.renewEarly(limit);
        return { giveBack: (count) => month.giveBack(kind, count) };
      }
      await month.extend(items, limit);
    }
  }

  /** Of the month of now. Reading keeps nothing in memory. */
  async usage(tenant: TenantId): Promise<Usage> {
    const now = this.#parts.clock.now();
    const known = this.#months.get(tenant);
    const month = known && now < known.endsAt ? known : await this.#read(tenant, now);
    const { name, endsAt, used, counts } = month;
    return { month: name, resetsAt: endsAt, used, counts: { ...counts } };
  }

  /** Of the months before this one in which something was used, newest first. */
  async past(tenant: TenantId, months: number): Promise<PastUsage[]> {
    const now = this.#parts.clock.now();
    const prefix = prefixOf(tenant);
    const documents = await this.#parts.control.list(prefix);
    const [first, end] = [monthBefore(now, months), monthOf(now)];
    const past: PastUsage[] = [];
    for (const { key } of documents.reverse()) {
      const name = key.slice(prefix.length);
      if (name < first || name >= end) continue;
      const { used, counts } = await MonthCount.open(this.#parts, { key, name, endsAt: 0 });
      past.push({ month: name, used, counts: { ...counts } });
    }
    return past;
  }

  /** With the tenant. */
  async removeAll(tenant: TenantId): Promise<void> {
    await this.#months.get(tenant)?.close();
    this.#months.delete(tenant);
    for (const { key } of await this.#parts.control.list(prefixOf(tenant))) {
      await this.#parts.control.delete(key);
    }
  }

  /** Writes the exact counts, so that no lease is lost. */
  async close(): Promise<void> {
    for (const month of this.#months.values()) await month.close();
    this.#months.clear();
  }

  /** The month that ends is written as it was. Of many that ask, one opens it. */
  async #open(tenant: TenantId, now: number): Promise<void> {
    const before = this.#months.get(tenant);
    const next = await this.#read(tenant, now);
    if (this.#months.get(tenant) !== before) return;
    this.#months.set(tenant, next);
    await before?.close();
    await this.#removeOld(tenant, now).catch((error: unknown) => this.#parts.onFault?.(error));
  }

  async #removeOld(tenant: TenantId, now: number): Promise<void> {
    const first = prefixOf(tenant) + monthBefore(now, limits.usageMonthsMax);
    for (const { key } of await this.#parts.control.list(prefixOf(tenant))) {
      if (key < first) await this.#parts.control.delete(key);
    }
  }

  #read(tenant: TenantId, now: number): Promise<MonthCount> {
    const name = monthOf(now);
    const place = { key: prefixOf(tenant) + name, name, endsAt: monthEndOf(now) };
    return MonthCount.open(this.#parts, place);
  }
}

const prefixOf = (tenant: TenantId): string => `usage/${tenant}/`;

function exceeded(plan: Plan, { used, endsAt }: MonthCount, needed: number): MemoryError {
  const limit = plan.operationsPerMonth ?? 0;
  const left = Math.max(0, limit - used);
  const message =
    left === 0
      ? `The ${limit} operations of this month are used up.`
      : `${needed} operations are needed, and ${left} of ${limit} are left this month.`;
  const resets_at = new Date(endsAt).toISOString();
  const details = { quota: 'operations', plan: plan.name, limit, used, needed, resets_at };
  return new MemoryError('quota_exceeded', message, { details });
}
