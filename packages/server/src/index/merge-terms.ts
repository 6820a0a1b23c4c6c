/** The two kinds of postings as streams of terms in one order: by hash, then by UTF-8. */
import type { PackedPostings } from './packed-postings.ts';
import type { PostingList } from './posting-list.ts';
import type { RecentPostings } from './recent-postings.ts';

export interface MergeTerm {
  readonly hash: number;
  readonly bytes: Uint8Array;
  readonly list: PostingList;
}

export interface TermStream {
  /** No more than this many postings come. */
  readonly postings: number;
  /** The next term, or undefined at the end. */
  next(): MergeTerm | undefined;
}

export function compareTerms(a: MergeTerm, b: MergeTerm): number {
  return a.hash - b.hash || Buffer.compare(a.bytes, b.bytes);
}

export function readPacked(source: PackedPostings): TermStream {
  const { hashes, textStarts, listStarts, postings, text } = source.table;
  let at = -1;
  return {
    postings: postings.length,
    next() {
      at += 1;
      const hash = hashes[at];
      if (hash === undefined) return undefined;
      return {
        hash,
        bytes: text.subarray(textStarts[at], textStarts[at + 1]),
        list: { data: postings, start: listStarts[at] ?? 0, end: listStarts[at + 1] ?? 0 },
      };
    },
  };
}

export function readRecent(source: RecentPostings): TermStream {
  const encoder = new TextEncoder();
  const terms = source.sorted();
  let at = -1;
  return {
    postings: source.postings,
    next() {
      at += 1;
      const term = terms[at];
      if (term === undefined) return undefined;
      const { text, hash, number } = term;
      return { hash, bytes: encoder.encode(text), list: source.list(number) };
    },
  };
}
