/** What an index needs to know and to reach, given by whoever composes the server. */
import type { AnalysisRow, IndexRecords } from '../ports/records.ts';
import type { Bm25 } from './bm25.ts';
import type { CorpusSettings } from './corpus.ts';

/** One namespace in one generation, as the index reaches it. */
export interface NamespaceSource {
  readonly records: IndexRecords;
  /** Whose it is: the thread is shared between tenants. */
  readonly tenant: string;
  /** Whose vectors `records` gives. */
  readonly generation: number;
  /** Components of a vector; 0 when there are none. */
  readonly dimension: number;
  /**
   * Makes the stored analyses of rows again from their bodies, because they are missing, damaged
   * or of another analyser. Rows that cannot be analysed are left out: they are listed
   * but not found.
   */
  reanalyze(rows: readonly AnalysisRow[]): Promise<ReadonlyMap<number, Uint8Array>>;
}

/** Says what an operator should know; `details` never hold content. */
export type IndexLog = (
  level: 'info' | 'warn' | 'error',
  message: string,
  details?: Readonly<Record<string, unknown>>,
) => void;

export interface IndexSettings extends Omit<CorpusSettings, 'generation' | 'dimension'> {
  readonly bm25: Bm25;
  /** Changes after which the image is saved again in the background. */
  readonly saveEvery: number;
  readonly log: IndexLog;
}
