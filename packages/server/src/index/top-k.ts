/** Keeps the best k of many scored documents. */

/** Positive when document `a` comes before document `b` although they score the same. */
export type TieBreak = (a: number, b: number) => number;

/** A bounded min-heap: the worst kept entry is on top. */
export class TopK {
  /** Only entries that score at least this much can still get in. */
  threshold = Number.NEGATIVE_INFINITY;
  count = 0;
  readonly docs: Uint32Array;
  readonly scores: Float64Array;
  readonly #limit: number;
  readonly #tie: TieBreak;

  constructor(limit: number, tie: TieBreak) {
    this.#limit = limit;
    this.#tie = tie;
    this.docs = new Uint32Array(limit);
    this.scores = new Float64Array(limit);
    if (limit === 0) this.threshold = Number.POSITIVE_INFINITY;
  }

  push(doc: number, score: number): void {
    if (this.count < this.#limit) {
      this.count += 1;
      this.#up(this.count - 1, doc, score);
      if (this.count === this.#limit) this.threshold = this.#score(0);
      return;
    }
    if (this.#limit === 0 || !this.#worse(this.#doc(0), this.#score(0), doc, score)) return;
    this.#down(doc, score);
    this.threshold = this.#score(0);
  }

  /** Documents from best to worst. */
  sorted(): { doc: number; score: number }[] {
    const entries = Array.from({ length: this.count }, (_, i) => ({
      doc: this.#doc(i),
      score: this.#score(i),
    }));
    return entries.sort((a, b) => b.score - a.score || this.#tie(b.doc, a.doc));
  }

  #doc(at: number): number {
    return this.docs[at] ?? 0;
  }

  #score(at: number): number {
    return this.scores[at] ?? 0;
  }

  #worse(docA: number, scoreA: number, docB: number, scoreB: number): boolean {
    return scoreA < scoreB || (scoreA === scoreB && this.#tie(docA, docB) < 0);
  }

  #up(from: number, doc: number, score: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#worse(doc, score, this.#doc(parent), this.#score(parent))) break;
      this.#set(at, this.#doc(parent), this.#score(parent));
      at = parent;
    }
    this.#set(at, doc, score);
  }

  #down(doc: number, score: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.count) break;
      const right = child + 1;
      if (
        right < this.count &&
        this.#worse(this.#doc(right), this.#score(right), this.#doc(child), this.#score(child))
      ) {
        child = right;
      }
      if (!this.#worse(this.#doc(child), this.#score(child), doc, score)) break;
      this.#set(at, this.#doc(child), this.#score(child));
      at = child;
    }
    this.#set(at, doc, score);
  }

  #set(at: number, doc: number, score: number): void {
    this.docs[at] = doc;
    this.scores[at] = score;
  }
}
