/** Which thread a passage belongs to, and the threads of a namespace by number. */
import { kindOf, passageFlag } from './passage-flags.ts';
import { type Places, Thread } from './thread.ts';

/** Estimated heap bytes of a thread with an entry in a map, and of a document in it. */
const bytesPerThread = 240;
const bytesPerDoc = 6;

export class ThreadTable {
  /** Index 0 stands for no thread. */
  readonly all: Thread[] = [new Thread()];
  readonly #byKey = new Map<number, number>();
  readonly #byOrdinal = new Map<number, number>();
  #docs = 0;

  /**
   * The thread number of a passage: episodes of one key share a thread, the passages of any
   * other memory are one of their own; 0 where a passage stands alone.
   */
  number(flags: number, key: number, ordinal: number): number {
    if ((flags & passageFlag.bare) !== 0) return 0;
    if (key !== 0 && kindOf(flags) === 'episode') return this.#take(this.#byKey, key);
    return (flags & passageFlag.several) === 0 ? 0 : this.#take(this.#byOrdinal, ordinal);
  }

  add(number: number, doc: number, places: Places): void {
    if (number === 0) return;
    this.all[number]?.add(doc, places);
    this.#docs += 1;
  }

  remove(number: number, doc: number, places: Places): void {
    if (number === 0) return;
    this.all[number]?.remove(doc, places);
    this.#docs -= 1;
  }

  get bytes(): number {
    return this.all.length * bytesPerThread + this.#docs * bytesPerDoc;
  }

  #take(numbers: Map<number, number>, name: number): number {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    const number = this.all.length;
    this.all.push(new Thread());
    numbers.set(name, number);
    return number;
  }
}
