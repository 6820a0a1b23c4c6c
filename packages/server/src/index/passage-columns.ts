/** What an index part knows of each passage besides its terms and its vector. */
import type { AnalysisRow } from '../ports/records.ts';

/** One value per passage in each array; arrays are longer than what is in use. */
export interface ColumnArrays {
  ordinals: Uint32Array;
  /** Number of the passage inside its memory. */
  passages: Uint16Array;
  /** See passage-flags.ts. */
  flags: Uint16Array;
  /** Number of the key in the namespace's key table, 0 for none. */
  keys: Uint32Array;
  /** Number of the thread, 0 for none. */
  threads: Uint32Array;
  occurredAt: Float64Array;
  /** Infinity when the memory never expires. */
  expiresAt: Float64Array;
  createdAt: Float64Array;
  updatedAt: Float64Array;
  /** Infinity when the memory is current. */
  supersededAt: Float64Array;
  /** Bounds of what holds: minus and plus infinity where there are none. */
  validFrom: Float64Array;
  validTo: Float64Array;
  /** 0 to 1, both. */
  importance: Float64Array;
  confidence: Float64Array;
  /** Terms with repetition. */
  lengths: Uint32Array;
  /** Share of the passage that asks, in 1/255. */
  questionShares: Uint8Array;
  /** 0 where there is no vector. */
  scales: Float32Array;
  /** See languages.ts. */
  languages: Uint32Array;
  /** Two hashes of the stored analysis: equal ones mean that the passages did not change. */
  printsA: Uint32Array;
  printsB: Uint32Array;
}

export const bytesPerRow = 4 + 2 + 2 + 4 + 4 + 9 * 8 + 4 + 1 + 4 + 4 + 4 + 4;

export function newColumns(capacity: number): ColumnArrays {
  return {
    ordinals: new Uint32Array(capacity),
    passages: new Uint16Array(capacity),
    flags: new Uint16Array(capacity),
    keys: new Uint32Array(capacity),
    threads: new Uint32Array(capacity),
    occurredAt: new Float64Array(capacity),
    expiresAt: new Float64Array(capacity),
    createdAt: new Float64Array(capacity),
    updatedAt: new Float64Array(capacity),
    supersededAt: new Float64Array(capacity),
    validFrom: new Float64Array(capacity),
    validTo: new Float64Array(capacity),
    importance: new Float64Array(capacity),
    confidence: new Float64Array(capacity),
    lengths: new Uint32Array(capacity),
    questionShares: new Uint8Array(capacity),
    scales: new Float32Array(capacity),
    languages: new Uint32Array(capacity),
    printsA: new Uint32Array(capacity),
    printsB: new Uint32Array(capacity),
  };
}

/** The same values in arrays of another size. */
export function resizeColumns(columns: ColumnArrays, capacity: number): ColumnArrays {
  const larger = newColumns(capacity);
  larger.ordinals.set(columns.ordinals);
  larger.passages.set(columns.passages);
  larger.flags.set(columns.flags);
  larger.keys.set(columns.keys);
  larger.threads.set(columns.threads);
  larger.occurredAt.set(columns.occurredAt);
  larger.expiresAt.set(columns.expiresAt);
  larger.createdAt.set(columns.createdAt);
  larger.updatedAt.set(columns.updatedAt);
  larger.supersededAt.set(columns.supersededAt);
  larger.validFrom.set(columns.validFrom);
  larger.validTo.set(columns.validTo);
  larger.importance.set(columns.importance);
  larger.confidence.set(columns.confidence);
  larger.lengths.set(columns.lengths);
  larger.questionShares.set(columns.questionShares);
  larger.scales.set(columns.scales);
  larger.languages.set(columns.languages);
  larger.printsA.set(columns.printsA);
  larger.printsB.set(columns.printsB);
  return larger;
}

/** Takes over what may change without new passages, but for the flags. */
export function setRow(columns: ColumnArrays, local: number, row: AnalysisRow): void {
  columns.occurredAt[local] = row.occurredAt;
  columns.expiresAt[local] = row.expiresAt ?? Number.POSITIVE_INFINITY;
  columns.createdAt[local] = row.createdAt;
  columns.updatedAt[local] = row.updatedAt;
  columns.supersededAt[local] = row.supersededAt ?? Number.POSITIVE_INFINITY;
  columns.validFrom[local] = row.validFrom ?? Number.NEGATIVE_INFINITY;
  columns.validTo[local] = row.validTo ?? Number.POSITIVE_INFINITY;
  columns.importance[local] = row.importance;
  columns.confidence[local] = row.confidence;
}

/** Nothing is left of when it was, and of what it was worth. */
export function clearRow(columns: ColumnArrays, local: number): void {
  columns.occurredAt[local] = 0;
  columns.expiresAt[local] = 0;
  columns.createdAt[local] = 0;
  columns.updatedAt[local] = 0;
  columns.supersededAt[local] = 0;
  columns.validFrom[local] = 0;
  columns.validTo[local] = 0;
  columns.importance[local] = 0;
  columns.confidence[local] = 0;
}
