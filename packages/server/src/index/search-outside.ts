/**
 * A search where the vectors of settled parts lie in another system: that one names candidates, and
 * their cosines are computed from the vectors that the records keep, as are those of whatever words
 * and names find. So a score is the same as if everything were in memory.
 */
import { type NearPassage, nearLimitMax } from '../ports/vector-index.ts';
import { createTurns, type Turns } from '../util/turns.ts';
import type { Corpus } from './corpus.ts';
import { type Eligible, eligibleMark } from './eligibility.ts';
import type { NamespaceSource, OutsideVectors } from './index-settings.ts';
import { eligibleDoc } from './scan-vectors.ts';
import { type SearchContext, searchCorpus } from './search-corpus.ts';
import type { IndexCandidates, IndexQuery, QuantizedVector } from './types.ts';
import { decodeVectors } from './vectors-codec.ts';

/** A filter that leaves so few passages is answered from the records, exactly. */
const exactMaxDefault = 5_000;
/** So many times what is wanted are asked for: an index gives about the nearest only. */
const oversampling = 2;
/** A second and a third question, each for so many times more, where a filter left too few. */
const askAgain = 4;
const roundsMax = 3;
/** Rows that are read in one go. */
const rowsPerRead = 500;

export interface OutsideSearch {
  readonly source: NamespaceSource;
  readonly outside: OutsideVectors;
  readonly query: IndexQuery & { readonly vector: Float32Array };
  /** As it is now: a corpus may be replaced while another system is asked. */
  context(): Promise<{ readonly search: SearchContext; readonly seq: number }>;
}

export async function searchOutside(search: OutsideSearch): Promise<IndexCandidates> {
  const { query, source } = search;
  const found = await findNear(search);
  const { search: context, seq } = await search.context();
  if (typeof found === 'string') {
    return { ...searchCorpus(context, { ...query, vector: null }, seq), vectorMissing: found };
  }
  const candidates = searchCorpus(context, query, seq, found.near);
  await fillCosines(candidates, source, query.vector);
  const { bounded } = found;
  return { ...candidates, ...(bounded !== undefined && { vectorBounded: bounded }) };
}

const filtered = 'vector: not every memory that the filter leaves could be compared';
const short = 'vector: fewer memories were named than there are, so not every one was compared';

/** With their exact cosines; or why there are none. */
interface Found {
  readonly near: readonly NearPassage[];
  /** Why there may be nearer ones that were not named. */
  readonly bounded?: string;
}

async function findNear(search: OutsideSearch): Promise<Found | string> {
  const { source, outside, query } = search;
  const { exactMax = exactMaxDefault } = outside;
  const turns = createTurns(source.tenant);
  const { search: context } = await search.context();
  const eligible = context.cache.get(query.filter, query.now);
  if (eligible.passages <= exactMax) {
    const ordinals = eligibleOrdinals(context.corpus, eligible);
    return { near: await exactCosines(source, ordinals, query.vector, turns) };
  }
  const named = await namedNear(search, context.corpus.passages / eligible.passages);
  if (typeof named === 'string') return named;
  const passages = new Set(named.near.map(passageName));
  const ordinals = [...new Set(named.near.map(({ ordinal }) => ordinal))];
  const exact = await exactCosines(source, ordinals, query.vector, turns);
  return { ...named, near: exact.filter((each) => passages.has(passageName(each))) };
}

/** The best ones that the filter lets through. `thinning`: of so many passages it leaves one. */
async function namedNear(search: OutsideSearch, thinning: number): Promise<Found | string> {
  const { outside, query } = search;
  const wanted = query.candidates * oversampling;
  let limit = Math.min(nearLimitMax, Math.ceil(wanted * thinning));
  for (let round = 1; ; round += 1) {
    const named = await outside.near(query.vector, limit);
    if (typeof named === 'string') return named;
    const { corpus, cache } = (await search.context()).search;
    const { marks } = cache.get(query.filter, query.now);
    const near: NearPassage[] = [];
    for (const each of named) {
      if (near.length === wanted) break;
      if (eligibleDoc(corpus, marks, each) !== undefined) near.push(each);
    }
    if (near.length >= query.candidates) return { near };
    // All that it has; where that is not all it was given, it must not pass for it.
    if (named.length < limit) {
      return near.length < outsidePassages(corpus, marks) ? { near, bounded: short } : { near };
    }
    if (limit === nearLimitMax || round === roundsMax) return { near, bounded: filtered };
    limit = Math.min(nearLimitMax, limit * askAgain);
  }
}

/** Eligible passages whose vectors are outside. */
function outsidePassages(corpus: Corpus, marks: Uint8Array): number {
  let passages = 0;
  for (const part of corpus.parts) {
    if (!part?.isOutside) continue;
    for (let local = 0; local < part.count; local += 1) {
      const isEligible = marks[part.base + local] === eligibleMark.passage;
      if (isEligible && part.columns.scales[local] !== 0) passages += 1;
    }
  }
  return passages;
}

/** Those in memory too: a part may move out before the search goes on. */
function eligibleOrdinals(corpus: Corpus, { marks }: Eligible): number[] {
  const ordinals = new Set<number>();
  for (const part of corpus.parts) {
    if (part === null) continue;
    for (let local = 0; local < part.count; local += 1) {
      if (marks[part.base + local] !== eligibleMark.passage) continue;
      ordinals.add(part.columns.ordinals[local] ?? 0);
    }
  }
  return [...ordinals];
}

async function exactCosines(
  source: NamespaceSource,
  ordinals: readonly number[],
  vector: Float32Array,
  turns: Turns,
): Promise<NearPassage[]> {
  const near: NearPassage[] = [];
  for (let start = 0; start < ordinals.length; start += rowsPerRead) {
    if (turns.due()) await turns.next();
    const rows = await source.records.vectorsOf(ordinals.slice(start, start + rowsPerRead));
    for (const { ordinal, vectors } of rows) {
      for (const [passage, each] of readable(vectors).entries()) {
        if (each?.values.length !== vector.length) continue;
        near.push({ ordinal, passage, cosine: cosineOf(vector, each) });
      }
    }
  }
  return near;
}

/** Computes what the search left open: cosines of passages that are outside and were not named. */
async function fillCosines(
  { ordinals, passages, vector: cosines, count }: IndexCandidates,
  source: NamespaceSource,
  vector: Float32Array,
): Promise<void> {
  const open = new Set<number>();
  for (let i = 0; i < count; i += 1) {
    if (Number.isNaN(cosines[i])) open.add(ordinals[i] ?? 0);
  }
  if (open.size === 0) return;
  const found = await exactCosines(source, [...open], vector, createTurns(source.tenant));
  const known = new Map(found.map((each) => [passageName(each), each.cosine]));
  for (let i = 0; i < count; i += 1) {
    if (!Number.isNaN(cosines[i])) continue;
    // What is gone by now, or has no vector any more, is near to nothing.
    const name = passageName({ ordinal: ordinals[i] ?? 0, passage: passages[i] ?? 0 });
    cosines[i] = Math.min(1, known.get(name) ?? 0);
  }
}

/** A number that no other passage of the namespace has; a memory has fewer than 65,536. */
function passageName({ ordinal, passage }: Pick<NearPassage, 'ordinal' | 'passage'>): number {
  return ordinal * 2 ** 16 + passage;
}

/** Damaged ones are made again when their row is indexed anew. */
function readable(bytes: Uint8Array): (QuantizedVector | null)[] {
  try {
    return decodeVectors(bytes);
  } catch {
    return [];
  }
}

function cosineOf(vector: Float32Array, { values, scale }: QuantizedVector): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i += 1) sum += (vector[i] ?? 0) * (values[i] ?? 0);
  return sum * scale;
}
