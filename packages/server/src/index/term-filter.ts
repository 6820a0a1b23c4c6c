/** Which terms no packed block of a namespace has, so that they are not looked up in each. */
import { PackedPostings } from './packed-postings.ts';
import type { Part } from './part.ts';

/** From so many parts on; with fewer a look-up in each costs less. */
const partsMin = 32;
/** One bit per hash: with 200,000 different terms every tenth absent one is looked up in vain. */
const bitsLog2 = 21;

export class TermFilter {
  #bits: Uint32Array | null = null;
  #seen = new WeakSet<PackedPostings>();

  /** Takes in the blocks that are new. Terms of blocks that are gone may stay: they only cost. */
  update(parts: readonly (Part | null)[]): void {
    if (parts.length < partsMin) return;
    this.#bits ??= new Uint32Array(2 ** (bitsLog2 - 5));
    for (const part of parts) {
      for (const source of part?.sources ?? []) {
        if (source instanceof PackedPostings && !this.#seen.has(source)) this.#add(source);
      }
    }
  }

  /** False only where no packed block has a term of this hash. */
  mayHave(hash: number): boolean {
    if (this.#bits === null) return true;
    const bit = hash >>> (32 - bitsLog2);
    return ((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }

  get bytes(): number {
    return this.#bits?.byteLength ?? 0;
  }

  #add(source: PackedPostings): void {
    const bits = this.#bits;
    if (bits === null) return;
    this.#seen.add(source);
    const { hashes } = source.table;
    for (let i = 0; i < hashes.length; i += 1) {
      const bit = (hashes[i] ?? 0) >>> (32 - bitsLog2);
      bits[bit >>> 5] = (bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }
}
