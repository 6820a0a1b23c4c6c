/** A thread: passages in the order in which they were said. */

/** Where a document stands: by ordinal, then by passage. */
export interface Places {
  ordinal(doc: number): number;
  passage(doc: number): number;
}

export class Thread {
  docs = new Uint32Array(4);
  count = 0;
  /** Document numbers ascend too, as they do until an older memory is written again. */
  #ascending = true;

  /** At the end in the usual case, so that appending a turn costs the same in any thread. */
  add(doc: number, places: Places): void {
    if (this.count === this.docs.length) {
      const larger = new Uint32Array(this.count * 2);
      larger.set(this.docs);
      this.docs = larger;
    }
    const at = this.#place(doc, places);
    this.docs.copyWithin(at + 1, at, this.count);
    this.docs[at] = doc;
    this.count += 1;
    const before = at === 0 ? -1 : (this.docs[at - 1] ?? 0);
    const behind = at + 1 < this.count ? (this.docs[at + 1] ?? 0) : Number.POSITIVE_INFINITY;
    if (before > doc || behind < doc) this.#ascending = false;
  }

  remove(doc: number, places: Places): void {
    const at = this.indexOf(doc, places);
    if (at < 0) return;
    this.docs.copyWithin(at, at + 1, this.count);
    this.count -= 1;
  }

  /** Place of a document in the thread, or -1. */
  indexOf(doc: number, places: Places): number {
    // Turns of one thread often follow each other without another thread's in between.
    const guess = doc - (this.docs[0] ?? 0);
    if (guess < this.count && this.docs[guess] === doc) return guess;
    const at = this.#ascending ? this.#placeOfNumber(doc) : this.#place(doc, places);
    return at < this.count && this.docs[at] === doc ? at : -1;
  }

  /** The first place whose document does not come before `doc`. */
  #place(doc: number, places: Places): number {
    const last = this.docs[this.count - 1];
    if (this.count === 0 || last === undefined) return 0;
    if (comesBefore(last, doc, places)) return this.count;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (comesBefore(this.docs[middle] ?? 0, doc, places)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #placeOfNumber(doc: number): number {
    const { docs } = this;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((docs[middle] ?? 0) < doc) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function comesBefore(a: number, b: number, places: Places): boolean {
  return (places.ordinal(a) - places.ordinal(b) || places.passage(a) - places.passage(b)) < 0;
}
