/** The vector signal: an exact scan of every row in int8, then the best ones in float. */
import type { NearPassage } from '../ports/vector-index.ts';
import { invariant } from '../util/invariant.ts';
import type { Corpus } from './corpus.ts';
import { type Eligible, eligibleMark } from './eligibility.ts';
import type { Part } from './part.ts';
import type { SearchScratch } from './search-scratch.ts';
import type { SlabPool } from './slab-pool.ts';
import { TopK } from './top-k.ts';

/**
 * The int8 scan keeps so many more candidates for the float pass. The int16 query is off by less
 * than 1e-4 of a cosine, so only near ties at the end can change their places.
 */
const oversampling = 16;
const int16Max = 32_767;
const int32Max = 2 ** 31 - 1;

/**
 * Leaves the cosine of every passage in `scratch.cosines` and returns the best eligible ones.
 * `vector` has the corpus's dimension and unit length. Of passages whose vectors are outside only
 * those of `near` are known, with their exact cosines; the others are left as NaN.
 */
export function scanVectors(
  corpus: Corpus,
  eligible: Eligible,
  vector: Float32Array,
  limit: number,
  pool: SlabPool,
  scratch: SearchScratch,
  near: readonly NearPassage[] = [],
): TopK {
  invariant(vector.length === corpus.settings.dimension, 'the query has the corpus dimension');
  const tie = (a: number, b: number) => newerFirst(corpus, a, b);
  const rough = new TopK(limit + oversampling, tie);
  const first = corpus.parts.find((part) => part !== null);
  if (!first) return rough;
  const { scale, values } = quantizeQuery(vector, first.vectors.width);
  pool.setQuery(values);
  for (const part of corpus.parts) {
    if (part) scanPart(part, eligible.marks, scale, pool, scratch.cosines, rough);
  }
  const top = new TopK(limit, tie);
  for (let i = 0; i < rough.count; i += 1) {
    const doc = rough.docs[i] ?? 0;
    const cosine = exactCosine(corpus, doc, vector);
    scratch.cosines[doc] = cosine;
    top.push(doc, cosine);
  }
  for (const each of near) {
    const doc = eligibleDoc(corpus, eligible.marks, each);
    // Those that are in memory were scanned.
    if (doc === undefined || !corpus.part(doc).isOutside) continue;
    scratch.cosines[doc] = each.cosine;
    top.push(doc, each.cosine);
  }
  return top;
}

/** The document of a passage that the filter lets through. */
export function eligibleDoc(
  corpus: Corpus,
  marks: Uint8Array,
  { ordinal, passage }: Pick<NearPassage, 'ordinal' | 'passage'>,
): number | undefined {
  return corpus
    .locate(ordinal)
    .find((doc) => corpus.passage(doc) === passage && marks[doc] === eligibleMark.passage);
}

/** Among equals the newer memory comes first, and the earlier passage inside a memory. */
export function newerFirst(corpus: Corpus, a: number, b: number): number {
  return corpus.ordinal(a) - corpus.ordinal(b) || corpus.passage(b) - corpus.passage(a);
}

/**
 * The query as int16 over its full range, so that it loses nothing beside int8 rows. Long rows
 * get a smaller range: no sum of `width` products may leave int32.
 */
function quantizeQuery(vector: Float32Array, width: number): { scale: number; values: Int16Array } {
  const range = Math.min(int16Max, Math.floor(int32Max / (128 * width)));
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  const scale = largest === 0 ? 1 : largest / range;
  const values = new Int16Array(vector.length);
  for (let i = 0; i < vector.length; i += 1) values[i] = Math.round((vector[i] ?? 0) / scale);
  return { scale, values };
}

function scanPart(
  part: Part,
  marks: Uint8Array,
  queryScale: number,
  pool: SlabPool,
  cosines: Float32Array,
  top: TopK,
): void {
  const { vectors, base } = part;
  if (part.isOutside) cosines.fill(Number.NaN, base, base + part.count);
  const { scales } = part.columns;
  let { threshold } = top;
  for (let number = 0; number < vectors.slabs.length; number += 1) {
    const slab = vectors.slabs[number];
    if (slab === undefined) continue;
    const rows = vectors.rowsIn(number, part.count);
    const dots = pool.scan(slab, vectors.width, rows);
    const first = number * vectors.rowsPerSlab;
    for (let row = 0; row < rows; row += 1) {
      const local = first + row;
      const scale = scales[local] ?? 0;
      const cosine = (dots[row] ?? 0) * scale * queryScale;
      cosines[base + local] = cosine;
      if (cosine < threshold || scale === 0) continue;
      if (marks[base + local] !== eligibleMark.passage) continue;
      top.push(base + local, cosine);
      threshold = top.threshold;
    }
  }
}

function exactCosine(corpus: Corpus, doc: number, vector: Float32Array): number {
  const part = corpus.part(doc);
  const row = part.vectors.row(doc - part.base);
  if (row === undefined) return 0;
  let sum = 0;
  for (let i = 0; i < vector.length; i += 1) sum += (vector[i] ?? 0) * (row[i] ?? 0);
  return sum * (part.columns.scales[doc - part.base] ?? 0);
}
