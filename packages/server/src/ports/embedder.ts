/** Turns text into vectors. An embedder may be in-process or remote. */
export interface Embedder {
  /** Model and revision, stored beside every vector: vectors of two models are never compared. */
  readonly model: string;
  /** Length of every vector. */
  readonly dimension: number;
  /**
   * One unit-length vector per text, in order. A text without any known word gives a zero vector.
   * `role` matters to models that embed questions and documents differently.
   */
  embed(texts: readonly string[], options: { role: 'query' | 'document' }): Promise<Float32Array[]>;
  /**
   * How much of a text the model understands, 0 to 1: the vector signal counts that much. Absent
   * where a model is at home in every language.
   */
  coverage?(text: string): number;
}
