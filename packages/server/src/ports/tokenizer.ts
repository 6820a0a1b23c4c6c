/** Counts text in the units that language models are fed and billed in. */

export interface Tokenizer {
  /** The encoding, as its vendor names it. */
  readonly name: string;
  /**
   * Tokens of a text, what looks like a special token counted as plain text. Time grows with the
   * square of the longest run without a space, so callers keep runs short.
   */
  count(text: string): number;
}

/** Loads on the first call and keeps what it loaded. */
export type OpenTokenizer = () => Promise<Tokenizer>;
