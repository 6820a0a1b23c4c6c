/** BM25, in the form in which a term can never count against a document. */

export interface Bm25 {
  /** How soon repetition stops to matter. */
  readonly k1: number;
  /** How much length matters: 0 to 1. */
  readonly b: number;
  /** Words of a larger share of the passages say nothing of a thread, and cost the most. */
  readonly threadShare: number;
}

/** k1 and b as is customary (Robertson and Zaragoza, 2009). */
export const bm25Default: Bm25 = { k1: 1.2, b: 0.75, threadShare: 0.1 };

/** Inverse document frequency, always above 0. */
export function idf(documents: number, frequency: number): number {
  return Math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5));
}

/** The parts of the denominator that are the same for every document of a query. */
export interface Saturation {
  readonly gain: number;
  readonly fixed: number;
  readonly perLength: number;
}

export function saturation({ k1, b }: Pick<Bm25, 'k1' | 'b'>, meanLength: number): Saturation {
  return {
    gain: k1 + 1,
    fixed: k1 * (1 - b),
    perLength: meanLength > 0 ? (k1 * b) / meanLength : 0,
  };
}

export function saturate(by: Saturation, count: number, length: number): number {
  return (by.gain * count) / (count + by.fixed + by.perLength * length);
}
