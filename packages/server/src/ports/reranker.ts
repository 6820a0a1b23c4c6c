/** Reads a question together with a passage, and says how well the passage answers it. */

export interface RerankOptions {
  /** Ends the call early; the promise rejects. */
  readonly signal?: AbortSignal;
}

export interface Reranker {
  /** Model and precision, for logs and doctor. */
  readonly model: string;
  /**
   * One finite number per passage, in order; higher answers better. The scale is the model's own:
   * numbers of one call may be compared with each other, never with those of another.
   */
  rerank(query: string, passages: readonly string[], options?: RerankOptions): Promise<number[]>;
  /** Gives threads and processes free. */
  close?(): Promise<void>;
}
