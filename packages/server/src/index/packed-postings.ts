/** Postings as they are stored: a sorted term table over one array of postings, never changed. */

import type { PostingList } from './posting-list.ts';
import { decodeSections, encodeSections } from './sections.ts';
import type { TermKey } from './term-key.ts';

const magic = 'RVPO';

/** What a packed block is made of; terms are sorted by hash, then by their bytes. */
export interface PackedTerms {
  readonly hashes: Uint32Array;
  /** One more entry than terms: where the bytes of each term start in `text`. */
  readonly textStarts: Uint32Array;
  /** One more entry than terms: where each list starts in `postings`. */
  readonly listStarts: Uint32Array;
  readonly postings: Uint16Array;
  /** UTF-8 of all terms. */
  readonly text: Uint8Array;
}

/** The in-memory form is the stored form: opening checks and makes views, it parses nothing. */
export class PackedPostings {
  readonly bytes: Uint8Array;
  readonly table: PackedTerms;

  /** Throws an Error when the bytes are damaged. */
  constructor(stored: Uint8Array, identity: number) {
    const [hashes, textStarts, listStarts, postings, text] = decodeSections(
      { magic, identity },
      stored,
      5,
    );
    if (!hashes || !textStarts || !listStarts || !postings || !text) {
      throw new Error('The postings blob lacks a section.');
    }
    this.bytes = stored;
    this.table = {
      hashes: words(hashes),
      textStarts: words(textStarts),
      listStarts: words(listStarts),
      postings: new Uint16Array(postings.buffer, postings.byteOffset, postings.length / 2),
      text,
    };
  }

  static encode(table: PackedTerms, identity: number): PackedPostings {
    const { hashes, textStarts, listStarts, postings, text } = table;
    const sections = [hashes, textStarts, listStarts, postings, text];
    return new PackedPostings(encodeSections({ magic, identity }, sections), identity);
  }

  get terms(): number {
    return this.table.hashes.length;
  }

  find(term: TermKey): PostingList | undefined {
    const { hashes, listStarts, postings } = this.table;
    let low = firstAtLeast(hashes, term.hash);
    for (; hashes[low] === term.hash; low += 1) {
      if (!this.#isTerm(low, term.bytes)) continue;
      return { data: postings, start: listStarts[low] ?? 0, end: listStarts[low + 1] ?? 0 };
    }
    return undefined;
  }

  #isTerm(number: number, bytes: Uint8Array): boolean {
    const { textStarts, text } = this.table;
    const start = textStarts[number] ?? 0;
    if ((textStarts[number + 1] ?? 0) - start !== bytes.length) return false;
    for (let i = 0; i < bytes.length; i += 1) {
      if (text[start + i] !== bytes[i]) return false;
    }
    return true;
  }
}

/** Steps that the first guess is widened by; a cache line holds 16 hashes. */
const guessStep = 16;

/**
 * The first place whose hash is at least `wanted`. Hashes are spread evenly, so a guess by
 * proportion is close, and a search around it touches two or three cache lines instead of ten.
 */
function firstAtLeast(hashes: Uint32Array, wanted: number): number {
  const { length } = hashes;
  const guess = Math.floor((wanted / 2 ** 32) * length);
  let low = guess;
  let high = guess;
  for (let step = guessStep; low > 0 && (hashes[low - 1] ?? 0) >= wanted; step *= 2) {
    high = low;
    low = Math.max(0, low - step);
  }
  for (let step = guessStep; high < length && (hashes[high] ?? 0) < wanted; step *= 2) {
    low = high + 1;
    high = Math.min(length, high + step);
  }
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((hashes[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
