/** The text and entity signals: every posting of the query's terms, part by part. */
import { type Saturation, saturate } from './bm25.ts';
import type { Corpus } from './corpus.ts';
import { type Eligible, eligibleMark } from './eligibility.ts';
import type { Part } from './part.ts';
import type { Hit, PlannedTerm } from './planned-terms.ts';
import { countBits, countMax } from './posting-list.ts';
import type { SearchScratch } from './search-scratch.ts';
import type { TopK } from './top-k.ts';

/** Scores all eligible passages with BM25; working part by part keeps the scores in the cache. */
export function scanWords(
  corpus: Corpus,
  eligible: Eligible,
  terms: readonly PlannedTerm[],
  by: Saturation,
  scratch: SearchScratch,
  top: TopK,
): void {
  // The rarest terms first: those behind can then be passed over where they cannot matter.
  const ordered = [...terms].sort((a, b) => b.idf - a.idf);
  const bounds = ordered.map((_, t) =>
    ordered.slice(t).reduce((sum, term) => sum + term.idf * by.gain, 0),
  );
  for (let slot = 0; slot < corpus.parts.length; slot += 1) {
    const part = corpus.parts[slot];
    if (!part) continue;
    const scan = { part, marks: eligible.marks, by, scratch };
    let scored = 0;
    for (let t = 0; t < ordered.length; t += 1) {
      const term = ordered[t];
      const hits = term?.hits[slot];
      if (term === undefined || hits === undefined) continue;
      // Who has no term up to here cannot reach the worst kept score with all that follow.
      const join = (bounds[t] ?? 0) >= top.threshold;
      if (!join && scored === 0) break;
      const add = term.single ? scanSingle : scanVariants;
      scored = add(scan, hits, term.idf, scored, join);
    }
    collect(part.base, scored, scratch, top);
  }
}

/** Scores all eligible passages by the idf of the entities that they name. */
export function scanEntities(
  corpus: Corpus,
  eligible: Eligible,
  entities: readonly PlannedTerm[],
  scratch: SearchScratch,
  top: TopK,
): void {
  const { scores, scored } = scratch;
  corpus.parts.forEach((part, slot) => {
    if (part === null) return;
    let found = 0;
    for (const entity of entities) {
      for (const { list } of entity.hits[slot] ?? []) {
        for (let i = list.start; i < list.end; i += 1) {
          const local = (list.data[i] ?? 0) >> countBits;
          if (eligible.marks[part.base + local] !== eligibleMark.passage) continue;
          const before = scores[local] ?? 0;
          if (before === 0) {
            scored[found] = local;
            found += 1;
          }
          scores[local] = before + entity.idf;
        }
      }
    }
    collect(part.base, found, scratch, top);
  });
}

interface PartScan {
  readonly part: Part;
  readonly marks: Uint8Array;
  readonly by: Saturation;
  readonly scratch: SearchScratch;
}

/**
 * Adds one term to the scores and returns how many documents have one. Without `join` only those
 * that have one already get more.
 */
function scanSingle(
  { part, marks, by, scratch }: PartScan,
  hits: readonly Hit[],
  idf: number,
  found: number,
  join: boolean,
): number {
  const { scores, scored } = scratch;
  const { lengths } = part.columns;
  const { base } = part;
  const { gain, fixed, perLength } = by;
  let next = found;
  for (const { list, weight } of hits) {
    const { data, start, end } = list;
    for (let i = start; i < end; i += 1) {
      const posting = data[i] ?? 0;
      const local = posting >> countBits;
      const before = scores[local] ?? 0;
      if (before === 0) {
        if (!join || marks[base + local] !== eligibleMark.passage) continue;
        scored[next] = local;
        next += 1;
      }
      const count = (posting & countMax) * weight;
      const length = lengths[local] ?? 0;
      scores[local] = before + (idf * gain * count) / (count + fixed + perLength * length);
    }
  }
  return next;
}

/** Variants are alternatives: their weighted counts are added before they saturate. */
function scanVariants(
  { part, marks, by, scratch }: PartScan,
  hits: readonly Hit[],
  idf: number,
  found: number,
  join: boolean,
): number {
  const { scores, scored, counts, counted } = scratch;
  let seen = 0;
  for (const { list, weight } of hits) {
    for (let i = list.start; i < list.end; i += 1) {
      const posting = list.data[i] ?? 0;
      const local = posting >> countBits;
      if (marks[part.base + local] !== eligibleMark.passage) continue;
      const before = counts[local] ?? 0;
      if (before === 0) {
        counted[seen] = local;
        seen += 1;
      }
      counts[local] = before + (posting & countMax) * weight;
    }
  }
  let next = found;
  for (let i = 0; i < seen; i += 1) {
    const local = counted[i] ?? 0;
    const count = counts[local] ?? 0;
    counts[local] = 0;
    const before = scores[local] ?? 0;
    if (before === 0) {
      if (!join) continue;
      scored[next] = local;
      next += 1;
    }
    scores[local] = before + idf * saturate(by, count, part.columns.lengths[local] ?? 0);
  }
  return next;
}

function collect(base: number, found: number, scratch: SearchScratch, top: TopK): void {
  const { scores, scored } = scratch;
  for (let i = 0; i < found; i += 1) {
    const local = scored[i] ?? 0;
    const score = scores[local] ?? 0;
    scores[local] = 0;
    if (score >= top.threshold) top.push(base + local, score);
  }
}
