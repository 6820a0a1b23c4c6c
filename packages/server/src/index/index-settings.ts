/** What an index needs to know and to reach, given by whoever composes the server. */
import type { AnalysisRow, IndexRecords } from '../ports/records.ts';
import type { NearPassage } from '../ports/vector-index.ts';
import type { Bm25 } from './bm25.ts';
import type { CorpusSettings } from './corpus.ts';
import type { Position } from './follow-changes.ts';

/** The vectors of one namespace in one generation, in the system that searches them. */
export interface OutsideVectors {
  /** A filter that leaves so few passages is answered from the records; a default when absent. */
  readonly exactMax?: number;
  /**
   * Up to where it has every vector of this epoch; null for a namespace that keeps them in memory,
   * and while it is being filled. Cheap: asked with every search.
   */
  confirmed(epoch: number): Promise<Position | null>;
  /**
   * The nearest passages, best first; or, in words for the caller, why there is no answer. It takes
   * no longer than a search may wait.
   */
  near(vector: Float32Array, limit: number): Promise<readonly NearPassage[] | string>;
}

/** One namespace in one generation, as the index reaches it. */
export interface NamespaceSource {
  readonly records: IndexRecords;
  /** Whose it is: the thread is shared between tenants. */
  readonly tenant: string;
  /** Whose vectors `records` gives. */
  readonly generation: number;
  /** Components of a vector; 0 when there are none. */
  readonly dimension: number;
  /** Where the vectors of a namespace that is too large for memory are searched. */
  readonly outside?: OutsideVectors;
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

export interface IndexSettings
  extends Omit<CorpusSettings, 'generation' | 'dimension' | 'mayLackVectors'> {
  readonly bm25: Bm25;
  /** Changes after which the image is saved again in the background. */
  readonly saveEvery: number;
  readonly log: IndexLog;
}
