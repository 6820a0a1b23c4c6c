/** What a search must answer, written from the definitions with arrays and maps only. */
import { filterNames } from '../domain/filter/filter.ts';
import type { AnalysisRow } from '../ports/records.ts';
import { decodeAnalysis } from './analysis-codec.ts';
import { countMax } from './posting-list.ts';
import type { IndexFilter, IndexQuery, PassageAnalysis } from './types.ts';
import { attachVectors } from './vectors-codec.ts';

interface Doc {
  row: AnalysisRow;
  number: number;
  passage: PassageAnalysis;
  fields: readonly string[];
  thread: string;
}

interface Weighted {
  doc: Doc;
  weight: number;
}

export interface ReferenceScore {
  ordinal: number;
  passage: number;
  text: number;
  textWindow: number;
  vector: number;
  threadText: number;
  entity: number;
  terms: number;
  entities: number;
  speakers: number;
  questionShare: number;
}

const k1 = 1.2;
const b = 0.75;
export const threadShare = 0.5;

export function isEligible(row: AnalysisRow, filter: IndexFilter, now: number): boolean {
  const fields = row.analysis ? decodeAnalysis(row.analysis).fields : [];
  const { where } = filter;
  const isLater = filter.asOf !== undefined && row.updatedAt > filter.asOf;
  return (
    (!row.archived || isLater) &&
    (row.supersededAt === null || (filter.asOf !== undefined && row.supersededAt > filter.asOf)) &&
    (filter.asOf === undefined || row.createdAt <= filter.asOf) &&
    (row.trust !== 'quarantined' || (where !== undefined && filterNames(where, 'trust'))) &&
    (row.expiresAt === null || row.expiresAt > now) &&
    (filter.kinds === undefined || filter.kinds.includes(row.kind)) &&
    (!filter.trusted || row.trust === 'normal') &&
    (filter.keyHash === undefined || filter.keyHash === row.keyHash) &&
    (isLater || meets(row, fields, filter))
  );
}

/** What may differ between versions. */
function meets(row: AnalysisRow, fields: readonly string[], filter: IndexFilter): boolean {
  return (
    row.occurredAt >= (filter.occurredFrom ?? row.occurredAt) &&
    (filter.occurredTo === undefined || row.occurredAt < filter.occurredTo) &&
    holdsAt(row, filter.validAt) &&
    (!filter.standing || row.pinned || row.importance >= 0.8) &&
    (filter.audience === undefined || filter.audience === row.audience) &&
    (filter.fieldsAll ?? []).every((field) => fields.includes(field)) &&
    (filter.fieldsAny === undefined || filter.fieldsAny.some((field) => fields.includes(field)))
  );
}

function holdsAt({ validFrom, validTo }: AnalysisRow, at: number | undefined): boolean {
  if (at === undefined) return true;
  return (validFrom === null || validFrom <= at) && (validTo === null || validTo > at);
}

/** Every eligible passage with all its scores. */
export function referenceSearch(
  rows: readonly AnalysisRow[],
  query: IndexQuery,
): { scores: ReferenceScore[]; termFrequencies: number[]; entityFrequencies: number[] } {
  const docs = eligibleDocs(rows, query);
  const words = query.terms.map(
    ({ variants }) =>
      (doc: Doc) =>
        wordCount(doc, variants),
  );
  const frequency = (has: (doc: Doc) => boolean) => docs.filter(has).length;
  const termFrequencies = words.map((count) => frequency((doc) => count(doc) > 0));
  const entityFrequencies = query.entities.map(({ name }) =>
    frequency(({ passage }) => passage.entities.includes(name)),
  );
  const named = query.entities.map(({ name, words: places }, e) => (doc: Doc) => {
    const isSpelled = places.length > 0 && places.every((t) => (words[t]?.(doc) ?? 0) > 0);
    const isHere = isSpelled || doc.passage.entities.includes(name);
    return isHere && (entityFrequencies[e] ?? 0) > 0;
  });
  const weight = (df: number) => idf(docs.length, df);
  const windows = docs.map((doc) => windowOf(docs, doc, query.windowWeights));
  const mean = sum(docs, (doc) => doc.passage.length) / docs.length;
  const meanNeighbours = sum(windows.flat(), (other) => other.weight) / docs.length - 1;
  const meanWindow = mean * (1 + shrink(mean) * meanNeighbours);
  const threads = threadsOf(docs);
  const threadWeights = words.map((count, t) => {
    if ((termFrequencies[t] ?? 0) > docs.length * threadShare) return 0;
    const withWord = threads.filter((thread) => thread.some((doc) => count(doc) > 0));
    return idf(threads.length, withWord.length);
  });
  const weights = termFrequencies.map(weight);

  const bm25 = (group: readonly Weighted[], meanLength: number, idfs: readonly number[]) => {
    const length = sum(group, ({ doc, weight: part }) => part * doc.passage.length);
    const norm = k1 * (1 - b) + (meanLength > 0 ? (k1 * b * length) / meanLength : 0);
    return words.reduce((total, count, t) => {
      const tf = sum(group, ({ doc, weight: part }) => part * count(doc));
      return tf === 0 ? total : total + ((idfs[t] ?? 0) * (k1 + 1) * tf) / (tf + norm);
    }, 0);
  };
  const whole = (thread: readonly Doc[]) => thread.map((doc) => ({ doc, weight: 1 }));
  const scores = docs.map((doc, i) => {
    const hits = named.map((has) => has(doc));
    return {
      ordinal: doc.row.ordinal,
      passage: doc.number,
      text: bm25(whole([doc]), mean, weights),
      textWindow: bm25(beside(doc, windows[i] ?? []), meanWindow, weights),
      threadText:
        query.windowWeights.length === 0
          ? 0
          : bm25(
              whole(threads.find((thread) => thread.includes(doc)) ?? []),
              sum(docs, (other) => other.passage.length) / threads.length,
              threadWeights,
            ),
      vector: cosine(doc, query),
      entity: hits.reduce((sum, hit, e) => sum + (hit ? weight(entityFrequencies[e] ?? 0) : 0), 0),
      terms: words.reduce((mask, count, t) => (count(doc) > 0 ? mask | (1 << t) : mask), 0) >>> 0,
      entities: hits.reduce((mask, hit, e) => (hit ? mask | (1 << e) : mask), 0) >>> 0,
      questionShare: doc.passage.questionShare,
      speakers:
        query.speakers.reduce(
          (mask, field, s) => (doc.fields.includes(field) ? mask | (1 << s) : mask),
          0,
        ) >>> 0,
    };
  });
  return { scores, termFrequencies, entityFrequencies };
}

function eligibleDocs(rows: readonly AnalysisRow[], query: IndexQuery): Doc[] {
  return rows
    .filter((row) => row.analysis && isEligible(row, query.filter, query.now))
    .sort((x, y) => x.ordinal - y.ordinal)
    .flatMap((row) => {
      const { passages: bare, fields } = decodeAnalysis(row.analysis ?? new Uint8Array());
      const passages = attachVectors(bare, row.vectors ?? new Uint8Array());
      const thread =
        row.kind === 'episode' && row.keyHash !== null ? `k${row.keyHash}` : `o${row.ordinal}`;
      return passages.map((passage, number) => ({ row, number, passage, fields, thread }));
    });
}

function wordCount(doc: Doc, variants: readonly { term: string; weight: number }[]): number {
  const weights = new Map<string, number>();
  for (const { term, weight } of variants) {
    weights.set(term, Math.max(weight, weights.get(term) ?? 0));
  }
  let sum = 0;
  for (const [term, weight] of weights) {
    const count = doc.passage.terms.find((entry) => entry.term === term)?.count ?? 0;
    sum += weight * Math.min(count, countMax);
  }
  return sum;
}

/** The window of a passage, whose neighbours count less beside a long one. */
function beside(doc: Doc, window: readonly Weighted[]): Weighted[] {
  const left = shrink(doc.passage.length);
  return window.map(({ doc: other, weight }) => ({
    doc: other,
    weight: other === doc ? weight : weight * left,
  }));
}

/** What is left of the weight of neighbours beside a passage of that many terms. */
function shrink(length: number): number {
  return Math.min(1, 45 / length);
}

/** The passage itself with weight 1, and its neighbours by distance in the thread. */
function windowOf(docs: readonly Doc[], doc: Doc, weights: readonly number[]): Weighted[] {
  const thread = docs.filter((other) => other.thread === doc.thread);
  const at = thread.indexOf(doc);
  return thread.flatMap((other, i) => {
    const weight = i === at ? 1 : weights[Math.abs(i - at) - 1];
    return weight === undefined ? [] : [{ doc: other, weight }];
  });
}

function idf(count: number, frequency: number): number {
  return Math.log(1 + (count - frequency + 0.5) / (frequency + 0.5));
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function cosine(doc: Doc, query: IndexQuery): number {
  const { vector } = doc.passage;
  if (vector === null || query.vector === null) return 0;
  const products = [...query.vector].map((q, i) => q * (vector.values[i] ?? 0) * vector.scale);
  return Math.min(
    1,
    sum(products, (product) => product),
  );
}

function threadsOf(docs: readonly Doc[]): Doc[][] {
  const threads = new Map<string, Doc[]>();
  for (const doc of docs) threads.set(doc.thread, [...(threads.get(doc.thread) ?? []), doc]);
  return [...threads.values()];
}
