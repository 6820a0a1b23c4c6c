/** The embedder that needs nothing: an int8 table of word vectors distilled from a larger model. */
import { fileURLToPath } from 'node:url';
import type { Embedder, EmbedOptions } from '../../ports/embedder.ts';
import { fairTurns, serverItself } from '../../util/fair-turns.ts';
import { PieceIndex } from './piece-index.ts';
import { type EmbeddingTable, readTableFile } from './table-file.ts';
import { eachWord } from './words.ts';

/** Rows of one text that count, the teacher's own limit: what comes later is not read. */
const ROWS_PER_TEXT_MAX = 512;
/** Longest stretch of work, in milliseconds, before other events get their turn. */
const SLICE_MS = 1.5;
const TABLE_PATH = fileURLToPath(new URL('../../../assets/builtin-embedder.bin', import.meta.url));

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
/** The table has rows for some foreign characters, but the teacher read English only. */
const ASCII_WORD = /^[a-z0-9]+$/;

/** An embedder that answers without waiting, and knows how telling a word is. */
export interface BuiltinEmbedder extends Embedder {
  /**
   * The unit-length vector of a text; all zeros when no word of it is known (text in a script that
   * the table does not cover, emoji, nothing). At most the first 512 rows count; a row that occurs
   * n times counts sqrt(n) times.
   */
  embedOne(text: string): Float32Array;
  /** The share of a text's information (word weights) that stands in English words of the table. */
  coverage(text: string): number;
  /** The table rows of a text, in order, at most 512. */
  rowsOf(text: string): number[];
  /**
   * How telling a word is in English at large: its inverse document frequency in nats, -ln(share of
   * sentences that hold it), about 1 for "the" and 12 for a word that the table does not have. Give
   * the word as written, not stemmed; of several words the most telling counts; 0 for no word.
   */
  wordWeight(word: string): number;
}

class StaticEmbedder implements BuiltinEmbedder {
  readonly model: string;
  readonly dimension: number;
  readonly isInstant = true;
  readonly #table: EmbeddingTable;
  readonly #pieces: PieceIndex;
  readonly #sum: Float64Array;
  /** How often each row occurs in the text at hand; all zeros between two texts. */
  readonly #counts: Uint16Array;

  constructor(table: EmbeddingTable) {
    this.model = table.model;
    this.dimension = table.dimension;
    this.#table = table;
    this.#pieces = new PieceIndex(table.vocabulary);
    this.#sum = new Float64Array(table.dimension);
    this.#counts = new Uint16Array(table.vocabulary.length);
  }

  rowsOf(text: string): number[] {
    const rows: number[] = [];
    eachWord(text, (word) => {
      const row = this.#pieces.rowOf(word);
      if (row === undefined) rows.push(...this.#pieces.split(word));
      else rows.push(row);
      return rows.length < ROWS_PER_TEXT_MAX;
    });
    if (rows.length > ROWS_PER_TEXT_MAX) rows.length = ROWS_PER_TEXT_MAX;
    return rows;
  }

  embedOne(text: string): Float32Array {
    const sum = this.#sum.fill(0);
    const rows = this.rowsOf(text);
    const counts = this.#counts;
    for (const row of rows) counts[row] = (counts[row] ?? 0) + 1;
    for (const row of rows) {
      const count = counts[row] ?? 0;
      if (count > 0) this.#add(row, Math.sqrt(count), sum);
      counts[row] = 0;
    }
    let square = 0;
    for (const value of sum) square += value * value;
    const vector = new Float32Array(this.dimension);
    if (square === 0) return vector;
    const factor = 1 / Math.sqrt(square);
    for (let at = 0; at < sum.length; at++) vector[at] = (sum[at] ?? 0) * factor;
    return vector;
  }

  #add(row: number, times: number, sum: Float64Array): void {
    const { rows, scales } = this.#table;
    const scale = (scales[row] ?? 0) * times;
    const start = row * sum.length;
    for (let at = 0; at < sum.length; at++) {
      sum[at] = (sum[at] ?? 0) + (rows[start + at] ?? 0) * scale;
    }
  }

  async embed(texts: readonly string[], { signal }: EmbedOptions): Promise<Float32Array[]> {
    signal?.throwIfAborted();
    const vectors: Float32Array[] = [];
    let started = performance.now();
    for (const text of texts) {
      vectors.push(this.embedOne(text));
      if (performance.now() - started > SLICE_MS) {
        await fairTurns.again(serverItself);
        signal?.throwIfAborted();
        started = performance.now();
      }
    }
    return vectors;
  }

  coverage(text: string): number {
    const { weights, weightStep, unknownWeight } = this.#table;
    let known = 0;
    let all = 0;
    let words = 0;
    eachWord(text, (word) => {
      if (!LETTER_OR_DIGIT.test(word)) return true;
      const row = ASCII_WORD.test(word) ? this.#pieces.rowOf(word) : undefined;
      const weight = row === undefined ? unknownWeight : (weights[row] ?? 0) * weightStep;
      if (row !== undefined) known += weight;
      all += weight;
      words += 1;
      return words < ROWS_PER_TEXT_MAX;
    });
    return all === 0 ? 0 : known / all;
  }

  wordWeight(word: string): number {
    const { weights, weightStep, unknownWeight } = this.#table;
    let most = 0;
    eachWord(word, (part) => {
      const row = this.#pieces.rowOf(part);
      const weight = row === undefined ? unknownWeight : (weights[row] ?? 0) * weightStep;
      most = Math.max(most, weight);
      return true;
    });
    return most;
  }
}

/** 10 MB that never change, and nothing of a text stays in it: one serves a whole process. */
let shipped: BuiltinEmbedder | undefined;

/**
 * Opens the table that ships with the package, once a process, or the one at `path`.
 *
 * Throws an Error that names the file when it is missing, truncated or damaged.
 *
 * @example
 * const embedder = openBuiltinEmbedder();
 * const vector = embedder.embedOne('Ana moved to Lisbon in March.');
 */
export function openBuiltinEmbedder({ path }: { path?: string } = {}): BuiltinEmbedder {
  if (path !== undefined) return new StaticEmbedder(readTableFile(path));
  shipped ??= new StaticEmbedder(readTableFile(TABLE_PATH));
  return shipped;
}
