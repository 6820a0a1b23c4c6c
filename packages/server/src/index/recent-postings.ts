/** Postings of the newest documents of a part, not packed yet. */
import { countBits, countMax, type PostingList, packPosting } from './posting-list.ts';
import { hashTerm, type TermKey } from './term-key.ts';

/** Estimated heap bytes of one term: map entry, string and two words. */
const bytesPerTerm = 120;
const bytesPerPosting = 6;

/** Leaves room for a term's number beside its 32-bit hash in a safe integer. */
const numberSpan = 2 ** 20;

/** Each term is a chain through one growing arena, newest posting first. */
export class RecentPostings {
  readonly #terms = new Map<string, number>();
  /** Per term: the newest posting, and how many there are. */
  #heads = new Int32Array(64);
  #counts = new Uint32Array(64);
  #values = new Uint16Array(256);
  #previous = new Int32Array(256);
  #length = 0;

  /** Documents must come in ascending order. */
  add(term: string, local: number, count: number): void {
    let number = this.#terms.get(term);
    if (number === undefined) {
      number = this.#terms.size;
      this.#terms.set(term, number);
      if (number === this.#heads.length) this.#growTerms();
      this.#heads[number] = -1;
    }
    if (this.#merged(number, local, count)) return;
    if (this.#length === this.#values.length) this.#growPostings();
    this.#values[this.#length] = packPosting(local, count);
    this.#previous[this.#length] = this.#heads[number] ?? -1;
    this.#heads[number] = this.#length;
    this.#counts[number] = (this.#counts[number] ?? 0) + 1;
    this.#length += 1;
  }

  find(term: TermKey): PostingList | undefined {
    const number = this.#terms.get(term.text);
    return number === undefined ? undefined : this.list(number);
  }

  /** The terms by hash, then by UTF-8: the order in which postings are packed. */
  sorted(): { text: string; hash: number; number: number }[] {
    const texts = [...this.#terms.keys()];
    // A native sort of numbers takes a tenth of the time of one with a comparison function.
    const keys = new Float64Array(texts.length);
    for (const [number, text] of texts.entries()) {
      keys[number] = hashTerm(text) * numberSpan + number;
    }
    keys.sort();
    const terms = Array.from(keys, (key) => {
      const number = key % numberSpan;
      return { text: texts[number] ?? '', hash: Math.floor(key / numberSpan), number };
    });
    for (let i = 1; i < terms.length; i += 1) {
      if (terms[i]?.hash === terms[i - 1]?.hash) return terms.sort(compareTexts);
    }
    return terms;
  }

  get postings(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#terms.size * bytesPerTerm + this.#length * bytesPerPosting;
  }

  /** A term that is named twice for one document counts once with both counts. */
  #merged(number: number, local: number, count: number): boolean {
    const head = this.#heads[number] ?? -1;
    const posting = this.#values[head];
    if (head < 0 || posting === undefined || posting >> countBits !== local) return false;
    this.#values[head] = packPosting(local, (posting & countMax) + count);
    return true;
  }

  /** Postings of the term with this number. */
  list(number: number): PostingList {
    const end = this.#counts[number] ?? 0;
    const data = new Uint16Array(end);
    let at = this.#heads[number] ?? -1;
    for (let i = end - 1; i >= 0; i -= 1) {
      data[i] = this.#values[at] ?? 0;
      at = this.#previous[at] ?? -1;
    }
    return { data, start: 0, end };
  }

  #growTerms(): void {
    const heads = new Int32Array(this.#heads.length * 2);
    const counts = new Uint32Array(this.#counts.length * 2);
    heads.set(this.#heads);
    counts.set(this.#counts);
    this.#heads = heads;
    this.#counts = counts;
  }

  #growPostings(): void {
    const values = new Uint16Array(this.#values.length * 2);
    const previous = new Int32Array(this.#previous.length * 2);
    values.set(this.#values);
    previous.set(this.#previous);
    this.#values = values;
    this.#previous = previous;
  }
}

function compareTexts(
  a: { readonly text: string; readonly hash: number },
  b: { readonly text: string; readonly hash: number },
): number {
  return a.hash - b.hash || Buffer.compare(Buffer.from(a.text), Buffer.from(b.text));
}
