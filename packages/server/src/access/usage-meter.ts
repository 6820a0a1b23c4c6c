/**
 * Counts the operations of each tenant and month: in memory, out of shares that are on disk before
 * they are used. So a search costs no fsync, and what was acknowledged is counted after a crash
 * too: the rest of a share counts as used then. Several servers over one store have a share each.
 */
import { MemoryError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { TenantId } from '../domain/memory.ts';
import type { Plan } from '../domain/plans.ts';
import type { Clock } from '../ports/clock.ts';
import type { ControlPort } from '../ports/control.ts';
import type { SharedCounters } from '../ports/shared-counters.ts';
import { MonthCount, type MonthParts } from './month-count.ts';
import type { UsageCounts } from './month-document.ts';
import { MonthTogether } from './month-together.ts';
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
  readonly clock: Clock;
  /** A share could not be written: counting goes on in memory. */
  readonly onFault?: (error: unknown) => void;
  /** Several servers may count in this store. */
  readonly isShared?: boolean;
  /** Of all servers; without them each has a share. */
  readonly shared?: SharedCounters | undefined;
}

interface OpenMonth {
  readonly count: MonthCount;
  /** Where all servers ask one counter. */
  readonly together: MonthTogether | undefined;
}

export class UsageMeter {
  readonly #parts: UsageMeterParts;
  readonly #months = new Map<TenantId, OpenMonth>();
  readonly #monthParts: MonthParts;
  readonly #settling: NodeJS.Timeout | undefined;

  constructor(parts: UsageMeterParts) {
    const { control, clock, onFault, isShared = false } = parts;
    this.#parts = parts;
    const server = Buffer.from(clock.randomBytes(8)).toString('hex');
    this.#monthParts = { control, clock, server, isAlone: !isShared, onFault };
    if (!isShared) return;
    this.#settling = setInterval(() => void this.settle(), limits.usageSettleMs).unref();
  }

  /**
   * Throws quota_exceeded, with nothing set aside, where the plan has less than `items` left. What
   * one request has set aside nobody else can use.
   */
  async charge(request: ChargeRequest): Promise<Charge> {
    const { tenant, plan, kind, items, isAlwaysAllowed = false } = request;
    const limit = plan.operationsPerMonth ?? Number.POSITIVE_INFINITY;
    for (;;) {
      const now = this.#parts.clock.now();
      const month = this.#months.get(tenant);
      if (month === undefined || now >= month.count.endsAt) {
        await this.#open(tenant, now);
        continue;
      }
      const { count, together } = month;
      const charge: Charge = {
        giveBack: (given) => {
          count.giveBack(kind, given);
          together?.tell();
        },
      };
      if (together?.answers && plan.operationsPerMonth !== null && items > 0) {
        const verdict = await together.ask({ items, isAlwaysAllowed }, limit);
        if (verdict?.isGranted === false) throw exceeded(plan, count, items, verdict.used);
        if (verdict) await together.taken(kind, items, limit);
        if (verdict) return charge;
      }
      const isOver = items > 0 && count.used + items > limit;
      if (isOver && !isAlwaysAllowed) {
        // Another server may have given its share back.
        if (await count.refresh()) continue;
        throw exceeded(plan, count, items, count.counted);
      }
      if (count.take(kind, items, true)) {
        count.renewEarly(limit, limit);
        return charge;
      }
      await count.extend({ items, limit, cap: limit, isForced: isAlwaysAllowed });
    }
  }

  /** Of the month of now. Reading keeps nothing in memory. */
  async usage(tenant: TenantId): Promise<Usage> {
    const now = this.#parts.clock.now();
    const known = this.#months.get(tenant);
    const isOpen = known !== undefined && now < known.count.endsAt;
    const count = isOpen ? known.count : await this.#read(tenant, now);
    await count.refresh();
    const { name, endsAt, counted, counts } = count;
    return { month: name, resetsAt: endsAt, used: counted, counts };
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
      const place = { key, name, endsAt: 0 };
      const { counted, counts } = await MonthCount.open(this.#monthParts, place);
      past.push({ month: name, used: counted, counts });
    }
    return past;
  }

  /** With the tenant. */
  async removeAll(tenant: TenantId): Promise<void> {
    await this.#months.get(tenant)?.count.close();
    this.#months.delete(tenant);
    for (const { key } of await this.#parts.control.list(prefixOf(tenant))) {
      await this.#parts.control.delete(key);
    }
  }

  /** Gives back what this server has set aside and did not need, for others to use. */
  async settle(): Promise<void> {
    for (const { count } of this.#months.values()) await count.settle();
  }

  /** Writes the exact counts, so that no share is lost. */
  async close(): Promise<void> {
    clearInterval(this.#settling);
    for (const { count, together } of this.#months.values()) {
      await count.close();
      await together?.leave();
    }
    this.#months.clear();
  }

  /** The month that ends is written as it was. Of many that ask, one opens it. */
  async #open(tenant: TenantId, now: number): Promise<void> {
    const before = this.#months.get(tenant);
    const count = await this.#read(tenant, now);
    if (this.#months.get(tenant) !== before) return;
    const { shared, isShared } = this.#parts;
    const { server } = this.#monthParts;
    const name = `${tenant} ${count.name}`;
    const together = shared && isShared && new MonthTogether({ shared, name, server, count });
    this.#months.set(tenant, { count, together: together || undefined });
    await before?.count.close();
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
    return MonthCount.open(this.#monthParts, place);
  }
}

const prefixOf = (tenant: TenantId): string => `usage/${tenant}/`;

/** `used`: as far as it is known here. */
function exceeded(plan: Plan, { endsAt }: MonthCount, needed: number, used: number): MemoryError {
  const limit = plan.operationsPerMonth ?? 0;
  const left = Math.max(0, limit - used);
  const resets_at = new Date(endsAt).toISOString();
  const details = { quota: 'operations', plan: plan.name, limit, used, needed, resets_at };
  return new MemoryError('quota_exceeded', reasonOf(limit, left, needed), { details });
}

function reasonOf(limit: number, left: number, needed: number): string {
  if (left === 0) return `The ${limit} operations of this month are used up.`;
  return needed <= left
    ? `The last ${left} of ${limit} operations of this month are set aside by other servers.`
    : `${needed} operations are needed, and ${left} of ${limit} are left this month.`;
}
