/** The operations of one tenant in one month, and the lease that they are taken out of. */
import { z } from 'zod';
import { MemoryError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { ControlPort } from '../ports/control.ts';
import { type OperationKind, operationKinds } from './operations.ts';

/** Kinds that did not occur are left out. */
export type UsageCounts = Readonly<Partial<Record<OperationKind, number>>>;

export interface MonthPlace {
  /** Of the document. */
  readonly key: string;
  readonly name: string;
  readonly endsAt: number;
}

export interface MonthParts {
  readonly control: Pick<ControlPort, 'get' | 'putIfVersion'>;
  readonly onFault?: (error: unknown) => void;
}

const count = z.number().int().min(0);
/** `leased` is never less than the sum of the counts: what lies between was set aside. */
const documentSchema = z.strictObject({
  leased: count,
  counts: z.partialRecord(z.enum(operationKinds), count),
});

export class MonthCount implements MonthPlace {
  readonly key: string;
  readonly name: string;
  readonly endsAt: number;
  readonly counts: Partial<Record<OperationKind, number>>;
  #used: number;
  #leased: number;
  #version: number;
  #writing: Promise<void> | undefined;
  readonly #parts: MonthParts;

  private constructor(
    parts: MonthParts,
    { key, name, endsAt }: MonthPlace,
    stored: { readonly leased: number; readonly counts: UsageCounts; readonly version: number },
  ) {
    this.#parts = parts;
    this.key = key;
    this.name = name;
    this.endsAt = endsAt;
    const lost = stored.leased - sumOf(stored.counts);
    const { interrupted = 0 } = stored.counts;
    this.counts = { ...stored.counts, ...(lost > 0 && { interrupted: interrupted + lost }) };
    this.#used = stored.leased;
    this.#leased = stored.leased;
    this.#version = stored.version;
  }

  static async open(parts: MonthParts, place: MonthPlace): Promise<MonthCount> {
    const found = await parts.control.get(place.key);
    if (found === undefined) return new MonthCount(parts, place, { ...nothing, version: 0 });
    const { version } = found;
    return new MonthCount(parts, place, { ...parseDocument(found.value), version });
  }

  get used(): number {
    return this.#used;
  }

  /** False, and nothing taken, where the lease has not so many left. */
  take(kind: OperationKind, items: number): boolean {
    if (this.#used + items > this.#leased) return false;
    this.#add(kind, items);
    return true;
  }

  giveBack(kind: OperationKind, items: number): void {
    this.#add(kind, -items);
  }

  /** Durable when it resolves; then there is room for `items`, unless others were faster. */
  async extend(items: number, limit: number): Promise<void> {
    if (this.#writing) return this.#writing;
    const wanted = this.#used + items + leaseOf(this.#used, limit);
    // A lease does not go over the limit; what is always allowed may.
    const target = Math.max(Math.min(wanted, limit), this.#used + items, this.#leased);
    await this.#lease(target);
  }

  /** Before the lease is used up, so that nobody has to wait for the next one. */
  renewEarly(limit: number): void {
    const left = this.#leased - this.#used;
    const isEnough = left >= leaseOf(this.#used, limit) / 2 || this.#leased >= limit;
    if (isEnough || this.#writing) return;
    this.extend(0, limit).catch((error: unknown) => this.#parts.onFault?.(error));
  }

  /** Gives the rest of the lease back; where that fails, it counts as used. */
  async close(): Promise<void> {
    try {
      await this.#writing;
      if (this.#leased !== this.#used) await this.#write(this.#used);
      this.#leased = this.#used;
    } catch (error) {
      this.#parts.onFault?.(error);
    }
  }

  #add(kind: OperationKind, items: number): void {
    this.#used += items;
    this.counts[kind] = (this.counts[kind] ?? 0) + items;
  }

  #lease(target: number): Promise<void> {
    this.#writing = this.#write(target)
      .catch((error: unknown) => {
        // A full disk must not keep anybody from reading: this process counts on in memory.
        if (!MemoryError.isInstance(error) || error.status !== 503) throw error;
        this.#parts.onFault?.(error);
      })
      .then(() => {
        this.#leased = target;
      })
      .finally(() => {
        this.#writing = undefined;
      });
    return this.#writing;
  }

  async #write(leased: number): Promise<void> {
    const value = JSON.stringify({ leased, counts: this.counts });
    const version = await this.#parts.control.putIfVersion(this.key, value, this.#version);
    if (version === undefined) {
      throw new MemoryError('store_damaged', 'Somebody else counts the operations of a tenant.');
    }
    this.#version = version;
  }
}

const nothing = { leased: 0, counts: {} };

/** Grows with use: a crash costs at most an eighth of what was used, and 2% of a plan. */
function leaseOf(used: number, limit: number): number {
  const { usageLeaseMin: min, usageLeaseMax: max } = limits;
  const bySize = Math.min(Math.max(Math.floor(used / 8), min), max);
  return Math.min(bySize, Math.max(min, Math.ceil(limit / 50)));
}

function sumOf(counts: UsageCounts): number {
  return Object.values(counts).reduce((sum, each) => sum + each, 0);
}

/** Throws store_damaged: what was used must not read as nothing. */
function parseDocument(json: string): z.infer<typeof documentSchema> {
  try {
    return documentSchema.parse(JSON.parse(json));
  } catch (cause) {
    throw new MemoryError('store_damaged', 'The stored usage cannot be read.', { cause });
  }
}
