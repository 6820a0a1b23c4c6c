/** Finds the table rows of a word: its own row, else greedy longest-match pieces. */

/** UTF-16 code units of a word that are read. */
export const WORD_UNITS_MAX = 64;

const CONTINUATION = '##';
/** Split words kept at hand; about 1 MB when full. Emptied when full, which costs microseconds. */
const CACHED_WORDS_MAX = 8192;

export class PieceIndex {
  readonly #first = new Map<string, number>();
  readonly #later = new Map<string, number>();
  readonly #split = new Map<string, readonly number[]>();
  readonly #longest: number;

  constructor(vocabulary: readonly string[]) {
    let longest = 0;
    for (const [row, entry] of vocabulary.entries()) {
      const later = entry.startsWith(CONTINUATION) && entry.length > CONTINUATION.length;
      const piece = later ? entry.slice(CONTINUATION.length) : entry;
      (later ? this.#later : this.#first).set(piece, row);
      longest = Math.max(longest, piece.length);
    }
    this.#longest = longest;
  }

  /** The row of exactly this word, or undefined. */
  rowOf(word: string): number | undefined {
    return this.#first.get(word);
  }

  /** Rows of a word that has no row of its own; characters that no row begins with are skipped. */
  split(word: string): readonly number[] {
    const cut = word.length > WORD_UNITS_MAX ? word.slice(0, WORD_UNITS_MAX) : word;
    const known = this.#split.get(cut);
    if (known) return known;
    const rows: number[] = [];
    for (let start = 0; start < cut.length; ) {
      const pieces = start === 0 ? this.#first : this.#later;
      let end = Math.min(cut.length, start + this.#longest);
      let row = pieces.get(cut.slice(start, end));
      while (row === undefined && --end > start) row = pieces.get(cut.slice(start, end));
      if (row === undefined) {
        start++;
      } else {
        rows.push(row);
        start = end;
      }
    }
    if (this.#split.size >= CACHED_WORDS_MAX) this.#split.clear();
    this.#split.set(cut, rows);
    return rows;
  }
}
