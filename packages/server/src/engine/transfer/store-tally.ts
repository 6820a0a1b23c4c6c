/** Counts and checksums of a store, by namespace: what two stores are compared by. */
import { type StorePart, type StoreTransfer, storeParts } from '../../ports/transfer.ts';
import { isOfMigration, pageBytes } from './pages.ts';
import { rowDigest } from './row-digest.ts';

/** Parts whose rows belong to a namespace; the others are counted for the whole store. */
const ofNamespaces: ReadonlySet<StorePart> = new Set([
  'namespaces',
  'memories',
  'versions',
  'vectors',
  'changes',
]);

export interface Difference {
  readonly part: StorePart;
  /** Absent for what belongs to the whole store. */
  readonly namespaceNo?: number;
  readonly sourceRows: number;
  readonly targetRows: number;
}

/** 32-bit words of a digest. */
const words = 8;
/** Namespaces whose differences are listed; more says nothing new. */
const listedMax = 100;

/** The rows of one part: how many of each namespace, and their checksum. */
class PartTally {
  // By number of the namespace; place 0 is for the whole store. 40 bytes each, so that a store
  // with a million namespaces is compared in 40 MB for a part.
  #counts = new Float64Array(1);
  #sums = new Uint32Array(words);

  /** Sums of digests are the same in whatever order the rows come. */
  add(no: number, digest: Uint8Array): void {
    this.#growTo(no + 1);
    this.#counts[no] = this.count(no) + 1;
    const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
    let carry = 0;
    for (let i = 0; i < words; i++) {
      const sum = (this.#sums[no * words + i] ?? 0) + view.getUint32(i * 4, true) + carry;
      this.#sums[no * words + i] = sum;
      carry = sum >= 2 ** 32 ? 1 : 0;
    }
  }

  count(no: number): number {
    return this.#counts[no] ?? 0;
  }

  get size(): number {
    return this.#counts.length;
  }

  isSame(other: PartTally, no: number): boolean {
    if (this.count(no) !== other.count(no)) return false;
    for (let i = no * words; i < (no + 1) * words; i++) {
      if ((this.#sums[i] ?? 0) !== (other.#sums[i] ?? 0)) return false;
    }
    return true;
  }

  /** One number for all of it. */
  get words(): readonly number[] {
    const found: number[] = [];
    for (let no = 0; no < this.size; no++) {
      const sum = this.#sums.subarray(no * words, (no + 1) * words);
      for (const [i, word] of sum.entries()) found[i] = ((found[i] ?? 0) + word) >>> 0;
    }
    return found;
  }

  #growTo(size: number): void {
    if (size <= this.#counts.length) return;
    const counts = new Float64Array(Math.max(size, this.#counts.length * 2));
    counts.set(this.#counts);
    this.#counts = counts;
    const sums = new Uint32Array(counts.length * words);
    sums.set(this.#sums);
    this.#sums = sums;
  }
}

export class StoreTally {
  readonly #parts = new Map<StorePart, PartTally>();

  add(part: StorePart, rows: readonly object[]): void {
    const tally = this.#of(part);
    for (const row of rows) {
      if (!isOfMigration(row)) tally.add(namespaceOf(part, row), rowDigest(part, row));
    }
  }

  /** The same for two tallies of the same rows, whoever made them. */
  stamp(parts: readonly StorePart[]): string {
    return parts.map((part) => this.#of(part).words.join('.')).join('/');
  }

  /** Rows of a part in the whole store. */
  count(part: StorePart): number {
    const tally = this.#of(part);
    let total = 0;
    for (let no = 0; no < tally.size; no++) total += tally.count(no);
    return total;
  }

  /** Empty where both saw the same rows. */
  differences(target: StoreTally): Difference[] {
    const found: Difference[] = [];
    for (const part of storeParts) {
      const [here, there] = [this.#of(part), target.#of(part)];
      for (let no = 0; no < Math.max(here.size, there.size); no++) {
        if (here.isSame(there, no)) continue;
        const rows = { sourceRows: here.count(no), targetRows: there.count(no) };
        found.push({ part, ...rows, ...(no > 0 && { namespaceNo: no }) });
        if (found.length === listedMax) return found;
      }
    }
    return found;
  }

  #of(part: StorePart): PartTally {
    const tally = this.#parts.get(part) ?? new PartTally();
    this.#parts.set(part, tally);
    return tally;
  }
}

/** Reads the named parts to their end. */
export async function tallyStore(
  store: StoreTransfer,
  parts: readonly StorePart[] = storeParts,
  onRows: (rows: number) => void = () => {},
): Promise<StoreTally> {
  const tally = new StoreTally();
  for (const part of parts) {
    for (let after: string | undefined; ; ) {
      const { rows, next } = await store.read(part, after, pageBytes);
      tally.add(part, rows);
      onRows(rows.length);
      if (next === undefined) break;
      after = next;
    }
  }
  return tally;
}

function namespaceOf(part: StorePart, row: object): number {
  if (!ofNamespaces.has(part)) return 0;
  const no = part === 'namespaces' ? Reflect.get(row, 'no') : Reflect.get(row, 'namespaceNo');
  return typeof no === 'number' ? no : 0;
}
