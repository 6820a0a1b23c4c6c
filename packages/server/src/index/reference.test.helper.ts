/** What a search must answer, written from the definitions with arrays and maps only. */
import type { AnalysisRow } from '../ports/records.ts';
import { decodeAnalysis } from './analysis-codec.ts';
import { countMax } from './posting-list.ts';
import type { IndexFilter, IndexQuery, PassageAnalysis } from './types.ts';

interface Doc {
  row: AnalysisRow;
  number: number;
  passage: PassageAnalysis;
  fields: readonly string[];
  thread: string;
}

export interface ReferenceScore {
  ordinal: number;
  passage: number;
  text: number;
  textWindow: number;
  vector: number;
  vectorWindow: number;
  entity: number;
  terms: number;
  entities: number;
}

const k1 = 1.2;
const b = 0.75;

export function isEligible(row: AnalysisRow, filter: IndexFilter, now: number): boolean {
  const fields = row.analysis ? decodeAnalysis(row.analysis).fields : [];
  return (
    !row.archived &&
    row.supersededAt === null &&
    row.trust !== 'quarantined' &&
    (row.expiresAt === null || row.expiresAt > now) &&
    (filter.kinds === undefined || filter.kinds.includes(row.kind)) &&
    (filter.audience === undefined || filter.audience === row.audience) &&
    (filter.keyHash === undefined || filter.keyHash === row.keyHash) &&
    (filter.fieldsAll ?? []).every((field) => fields.includes(field)) &&
    (filter.fieldsAny === undefined || filter.fieldsAny.some((field) => fields.includes(field)))
  );
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
  const named = query.entities.map((entity) => (doc: Doc) => doc.passage.entities.includes(entity));
  const frequency = (has: (doc: Doc) => boolean) => docs.filter(has).length;
  const termFrequencies = words.map((count) => frequency((doc) => count(doc) > 0));
  const entityFrequencies = named.map(frequency);
  const weight = (df: number) => Math.log(1 + (docs.length - df + 0.5) / (df + 0.5));
  const windows = docs.map((doc) => windowOf(docs, doc, query.window));
  const mean = docs.reduce((sum, doc) => sum + doc.passage.length, 0) / docs.length;
  const meanWindow = (mean * windows.reduce((sum, list) => sum + list.length + 1, 0)) / docs.length;

  const bm25 = (group: readonly Doc[], meanLength: number) => {
    const length = group.reduce((sum, doc) => sum + doc.passage.length, 0);
    const norm = k1 * (1 - b) + (meanLength > 0 ? (k1 * b * length) / meanLength : 0);
    return words.reduce((sum, count, t) => {
      const tf = group.reduce((total, doc) => total + count(doc), 0);
      return tf === 0 ? sum : sum + (weight(termFrequencies[t] ?? 0) * (k1 + 1) * tf) / (tf + norm);
    }, 0);
  };
  const scores = docs.map((doc, i) => {
    const neighbours = windows[i] ?? [];
    const cosines = neighbours
      .filter((other) => other.passage.vector)
      .map((other) => cosine(other, query));
    const hits = named.map((has) => has(doc));
    return {
      ordinal: doc.row.ordinal,
      passage: doc.number,
      text: bm25([doc], mean),
      textWindow: bm25([doc, ...neighbours], meanWindow),
      vector: cosine(doc, query),
      vectorWindow: cosines.length ? cosines.reduce((x, y) => x + y, 0) / cosines.length : 0,
      entity: hits.reduce((sum, hit, e) => sum + (hit ? weight(entityFrequencies[e] ?? 0) : 0), 0),
      terms: words.reduce((mask, count, t) => (count(doc) > 0 ? mask | (1 << t) : mask), 0) >>> 0,
      entities: hits.reduce((mask, hit, e) => (hit ? mask | (1 << e) : mask), 0) >>> 0,
    };
  });
  return { scores, termFrequencies, entityFrequencies };
}

function eligibleDocs(rows: readonly AnalysisRow[], query: IndexQuery): Doc[] {
  return rows
    .filter((row) => row.analysis && isEligible(row, query.filter, query.now))
    .sort((x, y) => x.ordinal - y.ordinal)
    .flatMap((row) => {
      const { passages, fields } = decodeAnalysis(row.analysis ?? new Uint8Array());
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

function windowOf(docs: readonly Doc[], doc: Doc, window: number): Doc[] {
  const thread = docs.filter((other) => other.thread === doc.thread);
  const at = thread.indexOf(doc);
  return thread.filter((_, i) => i !== at && Math.abs(i - at) <= window);
}

function cosine(doc: Doc, query: IndexQuery): number {
  const { vector } = doc.passage;
  if (vector === null || query.vector === null) return 0;
  return query.vector.reduce((sum, q, i) => sum + q * (vector.values[i] ?? 0) * vector.scale, 0);
}
