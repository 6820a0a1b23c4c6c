/** Finds, among texts that were added before, the few that may say nearly the same: by MinHash. */
import { nearWordsMax } from '../../text/near-words.ts';
import type { Said } from '../../text/same-words.ts';

/**
 * Bands of rows of the signature; texts that agree in a whole band are compared. A pair with 70 %
 * of its words in common is met with 99 %, one with 30 % with 28 %.
 */
const bands = 12;
const rows = 3;
/** Earlier texts that one text is compared with: many share their form ("Reminder: ..."). */
const candidatesMax = 8;
/** Of the texts with one band's value the newest so many are looked at. */
const stepsMax = 6;
/** Values of two signatures that agree where 70 % of the words do: 25 of 36, seldom below 14. */
const agreeingMin = 14;

export class NearIndex {
  /** The newest text with a band's value, and for each text the one before it. */
  readonly #newest: readonly Map<number, number>[] = Array.from({ length: bands }, () => new Map());
  readonly #before: number[][] = Array.from({ length: bands }, () => []);
  readonly #signatures: Int32Array[] = [];

  /** Adds a text and returns the numbers, from 0, of earlier ones that may be near it. */
  add(words: Said): number[] {
    const signature = sign(words);
    const number = this.#signatures.push(signature) - 1;
    const seen = new Set<number>();
    for (const [band, newest] of this.#newest.entries()) {
      let value = band;
      for (let row = 0; row < rows; row += 1) {
        value = mix(value ^ (signature[band * rows + row] ?? 0));
      }
      const first = newest.get(value) ?? -1;
      this.#before[band]?.push(first);
      newest.set(value, number);
      let at = first;
      for (let step = 0; step < stepsMax && at >= 0; step += 1) {
        seen.add(at);
        at = this.#before[band]?.[at] ?? -1;
      }
    }
    const near = [...seen].filter((at) => this.#agree(signature, at));
    return near.slice(0, candidatesMax);
  }

  #agree(signature: Int32Array, at: number): boolean {
    const other = this.#signatures[at];
    if (other === undefined) return false;
    let agreeing = 0;
    for (let i = 0; i < signature.length; i += 1) {
      if (other[i] === signature[i]) agreeing += 1;
    }
    return agreeing >= agreeingMin;
  }
}

/** For each of the hash functions the least value of any word. */
function sign(words: Said): Int32Array {
  const minima = new Int32Array(bands * rows).fill(0x7fffffff);
  for (const word of words.slice(0, nearWordsMax)) {
    const hash = hashOf(word);
    for (let i = 0; i < minima.length; i += 1) {
      const value = mix(hash + Math.imul(i + 1, 0x9e3779b9)) >> 1;
      if (value < (minima[i] ?? 0)) minima[i] = value;
    }
  }
  return minima;
}

/** Words of one stem mostly share their beginning, so that forms of a word count as one. */
const stemChars = 6;

/** FNV-1a over UTF-16 units. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  const end = Math.min(word.length, stemChars);
  for (let i = 0; i < end; i += 1) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash;
}

/** The finaliser of MurmurHash3: every bit of the input moves every bit of the result. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
