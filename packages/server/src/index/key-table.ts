/** Small numbers for key hashes, valid while the index is in memory. */

/** Estimated heap bytes of one key: a string, a map entry and a slot. */
const bytesPerKey = 140;

export class KeyTable {
  readonly #numbers = new Map<string, number>();
  readonly #hashes: string[] = [''];

  /** The number of a key hash, from 1; a new one when it was not seen. */
  number(hash: string): number {
    const known = this.#numbers.get(hash);
    if (known !== undefined) return known;
    const number = this.#hashes.length;
    this.#hashes.push(hash);
    this.#numbers.set(hash, number);
    return number;
  }

  /** 0 when the key was never seen. */
  find(hash: string): number {
    return this.#numbers.get(hash) ?? 0;
  }

  hash(number: number): string {
    return this.#hashes[number] ?? '';
  }

  get bytes(): number {
    return this.#hashes.length * bytesPerKey;
  }
}
