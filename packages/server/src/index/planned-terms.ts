/** Query terms looked up: their postings in every part, and how frequent they are. */
import { idf } from './bm25.ts';
import type { Corpus } from './corpus.ts';
import { type Eligible, eligibleMark } from './eligibility.ts';
import { countBits, type PostingList } from './posting-list.ts';
import { type TermKey, termKey, termPrefix } from './term-key.ts';
import type { QueryEntity, QueryTerm } from './types.ts';

export interface Hit {
  readonly list: PostingList;
  readonly weight: number;
}

export interface PlannedTerm {
  /** Place among the query's terms or entities: its bit in the masks of matches. */
  readonly place: number;
  /** True when a document has at most one posting: its count needs no summing. */
  readonly single: boolean;
  /** Postings per part; none where the part lacks the term. */
  readonly hits: readonly (readonly Hit[] | undefined)[];
  /** Eligible passages that have the term. */
  readonly frequency: number;
  readonly idf: number;
}

interface Variant {
  readonly key: TermKey;
  readonly weight: number;
}

export function planWords(
  corpus: Corpus,
  eligible: Eligible,
  terms: readonly QueryTerm[],
): PlannedTerm[] {
  return terms.map(({ variants }, place) => {
    const weights = new Map<string, number>();
    for (const { term, weight } of variants) {
      if (weight > 0) weights.set(term, Math.max(weight, weights.get(term) ?? 0));
    }
    const keys = [...weights].map(([term, weight]) => ({
      key: termKey(termPrefix.word, term),
      weight,
    }));
    return plan(corpus, eligible, place, keys);
  });
}

export function planEntities(
  corpus: Corpus,
  eligible: Eligible,
  entities: readonly QueryEntity[],
): PlannedTerm[] {
  return entities.map(({ name }, place) =>
    plan(corpus, eligible, place, [{ key: termKey(termPrefix.entity, name), weight: 1 }]),
  );
}

/** Exact field terms: a passage has each or has it not. */
export function planFields(
  corpus: Corpus,
  eligible: Eligible,
  fields: readonly string[],
): PlannedTerm[] {
  return fields.map((field, place) =>
    plan(corpus, eligible, place, [{ key: termKey(termPrefix.field, field), weight: 1 }]),
  );
}

function plan(
  corpus: Corpus,
  eligible: Eligible,
  place: number,
  variants: readonly Variant[],
): PlannedTerm {
  const known = variants.map((variant) => ({
    ...variant,
    inPacked: corpus.filter.mayHave(variant.key.hash),
  }));
  const packed = known.some(({ inPacked }) => inPacked);
  const single = variants.length <= 1;
  const seen = single ? null : new Uint8Array(corpus.settings.partCapacity);
  let frequency = 0;
  const hits = corpus.parts.map((part, slot) => {
    if (part === null || (!packed && part.onlyPacked)) return undefined;
    const found: Hit[] = [];
    for (const { key, weight, inPacked } of known) {
      part.find(key, (list) => found.push({ list, weight }), inPacked);
    }
    if (found.length === 0) return undefined;
    const whole = eligible.whole[slot] === 1;
    frequency += countDocuments(found, part.base, eligible.marks, whole, seen);
    return found;
  });
  return { place, single, hits, frequency, idf: idf(eligible.passages, frequency) };
}

function countDocuments(
  hits: readonly Hit[],
  base: number,
  marks: Uint8Array,
  whole: boolean,
  seen: Uint8Array | null,
): number {
  let documents = 0;
  seen?.fill(0);
  for (const { list } of hits) {
    if (whole && seen === null) {
      documents += list.end - list.start;
      continue;
    }
    const { data, start, end } = list;
    for (let i = start; i < end; i += 1) {
      const local = (data[i] ?? 0) >> countBits;
      if (marks[base + local] !== eligibleMark.passage) continue;
      if (seen !== null) {
        if (seen[local] === 1) continue;
        seen[local] = 1;
      }
      documents += 1;
    }
  }
  return documents;
}
