/**
 * Vectors of namespaces that are too large for memory, in a system that searches them. It gives
 * candidates only: records keep every vector, and the final score is computed from those.
 */
import type { TenantId } from '../domain/memory.ts';
import type { RecordsStatus } from './records.ts';

/** The vectors of one namespace in one generation: what a search sees, and nothing else. */
export interface VectorPlace {
  readonly tenant: TenantId;
  /** Unique in the store, and never used again. */
  readonly namespaceNo: number;
  readonly generation: number;
}

/** Every vector of a memory, by the number of its passage; null where a passage has none. */
export interface MemoryVectors {
  readonly ordinal: number;
  /** Unit length. */
  readonly passages: readonly (Float32Array | null)[];
}

export interface NearPassage {
  readonly ordinal: number;
  readonly passage: number;
  /** Cosine as the system knows it, quantisation included. */
  readonly cosine: number;
}

/** A collection, class or table; one namespace never sees another one's vectors. */
export interface VectorIndexPort {
  /** For logs and doctor. */
  readonly name: string;
  /**
   * Makes what vectors of this dimension need. Throws setting_invalid, with what to do, where what
   * is there has another dimension or the credentials do not do.
   */
  prepare(generation: number, dimension: number): Promise<void>;
  /**
   * Replaces all passages of these memories. When it resolves, every search finds them: where the
   * system itself is slower, it waits. Done twice it changes nothing.
   */
  put(place: VectorPlace, memories: readonly MemoryVectors[]): Promise<void>;
  /** All passages of these memories; unknown ones are ignored. No search finds them after. */
  remove(place: VectorPlace, ordinals: readonly number[]): Promise<void>;
  /** The nearest passages of the place, best first. `vector` has unit length. */
  search(place: VectorPlace, vector: Float32Array, limit: number): Promise<NearPassage[]>;
  /** Forgets a place. */
  drop(place: VectorPlace): Promise<void>;
  /** Passages that are kept of the place. */
  count(place: VectorPlace): Promise<number>;
  /** Whether it answers. */
  status(): Promise<RecordsStatus>;
  close(): Promise<void>;
}
