/** Turns text into vectors. An embedder may be in-process or remote. */

export interface EmbedOptions {
  readonly role: 'query' | 'document';
  /** Ends the call early; the promise rejects. */
  readonly signal?: AbortSignal;
}

export interface Embedder {
  /** Model and revision, stored beside every vector: vectors of two models are never compared. */
  readonly model: string;
  /** Length of every vector. */
  readonly dimension: number;
  /**
   * True where an answer comes within microseconds and cannot fail: a store embeds before it
   * commits. Otherwise the vector may follow the commit.
   */
  readonly isInstant: boolean;
  /**
   * One unit-length vector per text, in order. A text without any known word gives a zero vector.
   * `role` matters to models that embed questions and documents differently.
   *
   * @throws MemoryError `embedder_unavailable` (may work later), `embedder_rejected` (will not;
   * `details.status` is the HTTP status, 400, 413 or 422 where it may be for the text),
   * `shutting_down` after {@link close}; the signal's reason when it ends the call.
   */
  embed(texts: readonly string[], options: EmbedOptions): Promise<Float32Array[]>;
  /**
   * How much of a text the model understands, 0 to 1: the vector signal counts that much. Absent
   * where a model is at home in every language.
   */
  coverage?(text: string): number;
  /** Gives threads and sockets free; what is under way is ended. */
  close?(): Promise<void>;
}
