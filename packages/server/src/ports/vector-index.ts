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

/**
 * A collection, class or table; one namespace never sees another one's vectors. A call that the
 * system does not answer, or not in time, throws store_unavailable.
 */
export interface VectorIndexPort {
  /** For logs and doctor. */
  readonly name: string;
  /**
   * Another one where the system was made anew or is another one: what was put before is gone then,
   * and is put again. Else it stays, whoever opens the system and however often.
   */
  identity(): Promise<string>;
  /** What {@link setTurn} said last, whoever did; undefined where nobody has since it was made. */
  turn(): Promise<string | undefined>;
  /** Kept in the system itself: by it a copy of the store is told from the store. */
  setTurn(turn: string): Promise<void>;
  /**
   * Makes what vectors of this dimension need; once per generation and process before the rest.
   * Throws setting_invalid, with what to do, where what is there has another dimension or the
   * credentials do not do.
   */
  prepare(generation: number, dimension: number): Promise<void>;
  /**
   * Replaces all passages of these memories. When it resolves, every search finds them: where the
   * system itself is slower, it waits. Done twice it changes nothing. A memory without any vector
   * is removed. An ordinal is named once.
   */
  put(place: VectorPlace, memories: readonly MemoryVectors[]): Promise<void>;
  /** All passages of these memories; unknown ones are ignored. No search finds them after. */
  remove(place: VectorPlace, ordinals: readonly number[]): Promise<void>;
  /**
   * Said after many puts: the time to build what makes searches of the place fast, where that is
   * better done at once. May take minutes; searches and puts are answered rightly without it.
   */
  settle(place: VectorPlace): Promise<void>;
  /**
   * The nearest passages of the place, best first, at most `limit` (1 to 4,096). `vector` has unit
   * length. A place that nothing was put into has none.
   */
  search(place: VectorPlace, vector: Float32Array, limit: number): Promise<NearPassage[]>;
  /** Forgets a place; an unknown one is ignored. It may be filled again. */
  drop(place: VectorPlace): Promise<void>;
  /** Passages that are kept of the place. */
  count(place: VectorPlace): Promise<number>;
  /** Whether it answers. */
  status(): Promise<RecordsStatus>;
  close(): Promise<void>;
}

/** The most that is asked for at once. */
export const nearLimitMax = 4_096;
