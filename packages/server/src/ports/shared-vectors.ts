/** Vectors of questions that the servers over one store remember for each other. */
export interface SharedVectors {
  /** False while they are left alone because they did not answer. */
  readonly answers: boolean;
  /** In order; undefined for what is not known, and for all where nobody answers. */
  get(names: readonly string[]): Promise<readonly (Float32Array | undefined)[]>;
  /** Nobody waits for it, and it may be forgotten. A name may hold text: it is kept as a hash. */
  put(vectors: ReadonlyMap<string, Float32Array>): void;
}
