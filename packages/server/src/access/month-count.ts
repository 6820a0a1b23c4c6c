/**
 * The operations of one tenant in one month: what all servers have brought together, and the share
 * of this one. Operations are taken out of the share, which is on disk before it is used.
 */
import { MemoryError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { ControlPort } from '../ports/control.ts';
import type { KnownShares } from '../ports/shared-counters.ts';
import {
  interrupted,
  type MonthDocument,
  readMonth,
  type Share,
  sumOf,
  type UsageCounts,
  writeMonth,
} from './month-document.ts';
import { type OperationKind, operationKinds } from './operations.ts';

export interface MonthPlace {
  /** Of the document. */
  readonly key: string;
  readonly name: string;
  readonly endsAt: number;
}

export interface MonthParts {
  readonly control: Pick<ControlPort, 'get' | 'putIfVersion'>;
  readonly clock: { now(): number };
  /** Of this process: no other has the same. */
  readonly server: string;
  /** True where no other server can count in this store. */
  readonly isAlone: boolean;
  readonly onFault?: ((error: unknown) => void) | undefined;
}

export interface Extension {
  readonly items: number;
  /** Of the plan: a share is a small part of it. */
  readonly limit: number;
  /** Shares do not go over it; absent where the counters of all servers see to that. */
  readonly cap?: number;
  /** For `items` there is room in any case. */
  readonly isForced: boolean;
}

type Counts = Partial<Record<OperationKind, number>>;

const noShare: Share = { held: 0, counted: 0, write: 0, at: 0 };
/** Of many servers that write at once one wins each time, so each is through after so many. */
const triesMax = 100;
/** How old what others have written may be before somebody is refused for it, or told of it. */
const freshMs = 1_000;

export class MonthCount implements MonthPlace {
  readonly key: string;
  readonly name: string;
  readonly endsAt: number;
  readonly #parts: MonthParts;
  #document: MonthDocument = { counts: {}, shares: {} };
  #documentSum = 0;
  #othersHeld = 0;
  #others: Readonly<Record<string, number>> = {};
  #version = 0;
  #readAt = 0;
  /** This server's, as it was last known to be written. */
  #written: Share = noShare;
  /** What may be taken before the next write; more than is written where that failed. */
  #held = 0;
  /** What was taken and not brought to the document yet; below 0 for what was given back. */
  #pending: Counts = {};
  #pendingSum = 0;
  /** Writes of which it is not known whether they were done, with what they bring. */
  readonly #unclear = new Map<number, Counts>();
  #writes = 0;
  /** While a share is given back or cut nothing is taken out of it. */
  #isFrozen = false;
  /** The share was within the plan when it was written, beside all that others held. */
  #isCapped = true;
  #isIdle = false;
  #busy: Promise<void> | undefined;

  private constructor(parts: MonthParts, { key, name, endsAt }: MonthPlace) {
    this.#parts = parts;
    this.key = key;
    this.name = name;
    this.endsAt = endsAt;
  }

  static async open(parts: MonthParts, place: MonthPlace): Promise<MonthCount> {
    const month = new MonthCount(parts, place);
    await month.#read();
    return month;
  }

  /** All that is known to be used, by kind. */
  get counts(): UsageCounts {
    return added(this.#document.counts, this.#pending);
  }

  get counted(): number {
    return this.#documentSum + this.#pendingSum;
  }

  /** With the shares that other servers hold: they may use them at any moment. */
  get used(): number {
    return this.counted + this.#othersHeld;
  }

  /** What this server has counted, and not given back. */
  get mine(): number {
    return this.#written.counted + this.#pendingSum;
  }

  /** What other servers have written that they have counted. */
  get others(): Readonly<Record<string, number>> {
    return this.#others;
  }

  /**
   * False, and nothing taken, where the share has not so many left. `isCapped`: nobody else has
   * said that there is room, so the share itself has to be within the plan.
   */
  take(kind: OperationKind, items: number, isCapped: boolean): boolean {
    if (isCapped && !this.#isCapped) return false;
    if (this.#isFrozen || this.#pendingSum + items > this.#held) return false;
    this.#add(kind, items);
    return true;
  }

  giveBack(kind: OperationKind, items: number): void {
    this.#add(kind, -items);
  }

  /** Durable when it resolves; then there is room for `items`, unless others were faster. */
  async extend(extension: Extension): Promise<void> {
    if (this.#busy) return this.#busy;
    await this.#alone(async () => {
      // The rest of a share without a cap is no longer this server's own once there is one.
      const isCut = extension.cap !== undefined && !this.#isCapped;
      const held = (used: number) => Math.max(shareOf(used, extension), isCut ? 0 : this.#left);
      this.#isFrozen = isCut;
      try {
        await this.#write(held);
      } catch (error) {
        // A full disk must not keep anybody from reading: this process counts on in memory.
        if (!MemoryError.isInstance(error) || error.status !== 503) throw error;
        this.#parts.onFault?.(error);
        this.#held = this.#pendingSum + held(this.used);
      } finally {
        this.#isFrozen = false;
      }
      this.#isCapped = extension.cap !== undefined;
    });
  }

  /** Before the share is used up, so that nobody has to wait for the next one. */
  renewEarly(limit: number, cap?: number): void {
    const isEnough = this.#left >= leaseOf(this.used, limit) / 2;
    const isFull = cap !== undefined && this.used + this.#left >= cap;
    if (isEnough || isFull || this.#busy) return;
    this.extend({ items: 0, limit, ...(cap !== undefined && { cap }), isForced: false }).catch(
      (error: unknown) => this.#parts.onFault?.(error),
    );
  }

  /** True where what others have written was read once more. */
  async refresh(): Promise<boolean> {
    const age = this.#parts.clock.now() - this.#readAt;
    if (this.#parts.isAlone || (age >= 0 && age < freshMs)) return false;
    await (this.#busy ?? this.#alone(() => this.#read()));
    return true;
  }

  /** For the counters of all servers, where they have lost it. */
  async known(): Promise<KnownShares> {
    await this.#alone(() => this.#read());
    const { [this.#parts.server]: _, ...others } = this.#document.shares;
    const shares = Object.entries(others);
    const counted = shares.reduce((sum, [, share]) => sum + share.counted, 0);
    return {
      base: Math.max(0, this.#documentSum - counted - this.#written.counted),
      shares: Object.fromEntries(shares.map(([name, one]) => [name, one.counted + one.held])),
    };
  }

  /** Gives back a share that nobody has used since the last time that this was asked. */
  async settle(): Promise<void> {
    const wasIdle = this.#isIdle;
    this.#isIdle = true;
    if (!wasIdle || (this.#written.held === 0 && this.#pendingSum === 0)) return;
    await this.#giveUp((share) => share);
  }

  /** Gives the rest of the share back; where that fails, it counts as used. */
  async close(): Promise<void> {
    await this.#busy?.catch(() => undefined);
    if (this.#writes === 0 && this.#pendingSum === 0) return;
    await this.#giveUp(() => undefined);
  }

  /** `last`: what stays of the share. */
  async #giveUp(last: (share: Share) => Share | undefined): Promise<void> {
    try {
      await this.#alone(async () => {
        this.#isFrozen = true;
        await this.#write(() => 0, last);
      });
    } catch (error) {
      this.#parts.onFault?.(error);
    } finally {
      this.#isFrozen = false;
    }
  }

  get #left(): number {
    return Math.max(0, this.#held - this.#pendingSum);
  }

  #add(kind: OperationKind, items: number): void {
    this.#isIdle = false;
    this.#pending[kind] = (this.#pending[kind] ?? 0) + items;
    this.#pendingSum += items;
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    while (this.#busy) await this.#busy.catch(() => undefined);
    this.#busy = work().finally(() => {
      this.#busy = undefined;
    });
    await this.#busy;
  }

  /** `held`: by what all servers have used. `last`: what stays of a share that is given up. */
  async #write(
    held: (used: number) => number,
    last?: (share: Share) => Share | undefined,
  ): Promise<void> {
    const { control, server, clock } = this.#parts;
    // It may have been done after all.
    if (this.#unclear.size > 0) await this.#read();
    for (let tries = 0; tries < triesMax; tries++) {
      const brought = { ...this.#pending };
      const write = ++this.#writes;
      const counted = Math.max(0, this.mine);
      const share: Share = { held: held(this.used), counted, write, at: clock.now() };
      const { [server]: _, ...others } = this.#document.shares;
      const stays = last ? last(share) : share;
      const document = {
        counts: added(this.#document.counts, brought),
        shares: { ...others, ...(stays && { [server]: stays }) },
      };
      this.#unclear.set(write, brought);
      const version = await control.putIfVersion(this.key, writeMonth(document), this.#version);
      if (version !== undefined) return this.#adopt(document, version, share);
      this.#unclear.delete(write);
      await this.#read();
      // The tenant was removed: there is nothing to give back to.
      if (last && this.#version === 0) return this.#forget();
    }
    throw new MemoryError('store_unavailable', 'Too many servers count for one tenant at once.');
  }

  #forget(): void {
    this.#written = noShare;
    this.#held = 0;
    this.#pending = {};
    this.#pendingSum = 0;
    this.#writes = 0;
  }

  async #read(): Promise<void> {
    const found = await this.#parts.control.get(this.key);
    const document = this.#parse(found?.value);
    const own = document.shares[this.#parts.server];
    // Others closed the share while this server was idle: what it held is its own again.
    const back = own === undefined ? this.#written.held : 0;
    const counts = interrupted(document.counts, -back);
    this.#adopt({ ...document, counts }, found?.version ?? 0, own);
  }

  #parse(json: string | undefined): MonthDocument {
    const { server, isAlone, clock } = this.#parts;
    return readMonth(json, { server, isAlone, now: clock.now() });
  }

  /** `own`: the share of this server, as it was written. */
  #adopt(document: MonthDocument, version: number, own: Share | undefined): void {
    const { [this.#parts.server]: _, ...others } = document.shares;
    this.#document = document;
    this.#documentSum = sumOf(document.counts);
    const counted = Object.entries(others).map(([name, share]) => [name, share.counted]);
    this.#others = Object.fromEntries(counted);
    this.#othersHeld = Object.values(others).reduce((sum, { held }) => sum + held, 0);
    this.#version = version;
    this.#readAt = this.#parts.clock.now();
    const brought = own && this.#unclear.get(own.write);
    if (!brought) return;
    this.#unclear.clear();
    this.#written = own;
    this.#held = own.held;
    this.#pending = added(this.#pending, brought, -1);
    this.#pendingSum = sumOf(this.#pending);
  }
}

/** What a server sets aside for itself, of what is left. */
function shareOf(used: number, { items, limit, cap, isForced }: Extension): number {
  const room = (cap ?? Number.POSITIVE_INFINITY) - used;
  // What does not fit will be refused: nothing is kept from others for it.
  if (room < items && !isForced) return 0;
  return Math.max(Math.min(items + leaseOf(used, limit), room), isForced ? items : 0);
}

/** Grows with use: a crash costs at most an eighth of what was used, and 2% of a plan. */
function leaseOf(used: number, limit: number): number {
  const { usageLeaseMin: min, usageLeaseMax: max } = limits;
  const bySize = Math.min(Math.max(Math.floor(used / 8), min), max);
  return Math.min(bySize, Math.max(min, Math.ceil(limit / 50)));
}

function added(counts: UsageCounts, more: Counts, sign: 1 | -1 = 1): Counts {
  const sum: Counts = { ...counts };
  for (const kind of operationKinds) {
    const items = more[kind];
    if (items) sum[kind] = (sum[kind] ?? 0) + sign * items;
  }
  return sum;
}
