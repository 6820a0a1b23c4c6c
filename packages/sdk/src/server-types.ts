/** What the server tells of itself: whether it is well, and the vectors that it has. */
import type { JsonObject } from './json-types.ts';

/** The vectors of one model. */
export interface EmbeddingGeneration {
  generation: number;
  model: string;
  dimension: number;
  /** Every namespace is to be searched by it. */
  target: boolean;
  /** A rollback leads to it. */
  previous: boolean;
  /** The server can compute vectors of it. */
  available: boolean;
  /** Namespaces that are searched by it now. */
  namespaces: number;
  /** Memories that wait for a vector of it. */
  pending: number;
  /** Memories that have no vector of it, because its embedder refuses them. */
  refused: number;
}

export interface EmbeddingsStatus {
  /** Memories that wait for a vector of the target. */
  pending: number;
  /** Namespaces that have not changed over to the target yet. */
  switching: number;
  /** Why nothing moves at the moment. */
  problem: string | null;
  generations: EmbeddingGeneration[];
}

export interface Health {
  /** True when the server says that it can read and write. */
  ok: boolean;
  /** The HTTP status of the answer. */
  status: number;
  /** The server's own words. */
  report: JsonObject;
}
