/** Packs postings: joins the parts a block was gathered in, and leaves out what is dead. */

import type { Turns } from '../util/turns.ts';
import { compareTerms, type MergeTerm, readPacked, readRecent } from './merge-terms.ts';
import { PackedPostings } from './packed-postings.ts';
import { countBits, type PostingList } from './posting-list.ts';
import { RecentPostings } from './recent-postings.ts';

export type PostingSource = PackedPostings | RecentPostings;

/** Terms between two looks at the clock. */
const termsPerLook = 256;

/**
 * One packed block out of `sources`, which hold disjoint documents in ascending order. Terms
 * that only dead documents have are gone from the result, with their bytes.
 */
export async function packPostings(
  sources: readonly PostingSource[],
  isDead: (local: number) => boolean,
  identity: number,
  turns: Turns,
): Promise<PackedPostings> {
  const inputs = sources.map((source) =>
    source instanceof RecentPostings ? readRecent(source) : readPacked(source),
  );
  const output = new PackedWriter(inputs.reduce((sum, input) => sum + input.postings, 0));
  const heads = inputs.map((input) => input.next());
  for (let done = 0; ; done += 1) {
    if (done % termsPerLook === 0 && turns.due()) await turns.next();
    let least: MergeTerm | undefined;
    for (const head of heads) {
      if (head && (!least || compareTerms(head, least) < 0)) least = head;
    }
    if (!least) break;
    output.begin();
    for (let i = 0; i < heads.length; i += 1) {
      const head = heads[i];
      if (!head || compareTerms(head, least) !== 0) continue;
      output.postings(head.list, isDead);
      heads[i] = inputs[i]?.next();
    }
    output.end(least);
  }
  return output.finish(identity);
}

class PackedWriter {
  readonly #hashes: number[] = [];
  readonly #textStarts: number[] = [0];
  readonly #listStarts: number[] = [0];
  readonly #postings: Uint16Array;
  #text = Buffer.alloc(16_384);
  #textLength = 0;
  #length = 0;
  #begun = 0;

  constructor(postings: number) {
    this.#postings = new Uint16Array(postings);
  }

  begin(): void {
    this.#begun = this.#length;
  }

  postings({ data, start, end }: PostingList, isDead: (local: number) => boolean): void {
    for (let i = start; i < end; i += 1) {
      const posting = data[i] ?? 0;
      if (isDead(posting >> countBits)) continue;
      this.#postings[this.#length] = posting;
      this.#length += 1;
    }
  }

  end(term: MergeTerm): void {
    if (this.#length === this.#begun) return;
    if (this.#textLength + term.bytes.length > this.#text.length) {
      const size = Math.max(this.#text.length * 2, this.#textLength + term.bytes.length);
      const larger = Buffer.alloc(size);
      larger.set(this.#text);
      this.#text = larger;
    }
    this.#text.set(term.bytes, this.#textLength);
    this.#textLength += term.bytes.length;
    this.#hashes.push(term.hash);
    this.#textStarts.push(this.#textLength);
    this.#listStarts.push(this.#length);
  }

  finish(identity: number): PackedPostings {
    const table = {
      hashes: Uint32Array.from(this.#hashes),
      textStarts: Uint32Array.from(this.#textStarts),
      listStarts: Uint32Array.from(this.#listStarts),
      postings: this.#postings.subarray(0, this.#length),
      text: this.#text.subarray(0, this.#textLength),
    };
    return PackedPostings.encode(table, identity);
  }
}
