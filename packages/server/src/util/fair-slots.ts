/** So many at a time. Who has the fewest of the places comes first, then who waits the longest. */
export class FairSlots {
  readonly #max: number;
  readonly #held = new Map<string, number>();
  readonly #queue: Waiting[] = [];
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Resolves when `who` has a place, which is given back with `free`. */
  async take(who: string): Promise<void> {
    if (this.#taken === this.#max) {
      await new Promise<void>((begin) => this.#queue.push({ who, begin }));
      return;
    }
    this.#taken += 1;
    this.#count(who, 1);
  }

  free(who: string): void {
    this.#count(who, -1);
    const next = this.#takeNext();
    if (!next) {
      this.#taken -= 1;
      return;
    }
    this.#count(next.who, 1);
    next.begin();
  }

  #takeNext(): Waiting | undefined {
    const fewest = Math.min(...this.#queue.map(({ who }) => this.#heldBy(who)));
    const place = this.#queue.findIndex(({ who }) => this.#heldBy(who) === fewest);
    return place < 0 ? undefined : this.#queue.splice(place, 1)[0];
  }

  #heldBy(who: string): number {
    return this.#held.get(who) ?? 0;
  }

  #count(who: string, change: number): void {
    const held = this.#heldBy(who) + change;
    if (held === 0) this.#held.delete(who);
    else this.#held.set(who, held);
  }
}

interface Waiting {
  readonly who: string;
  readonly begin: () => void;
}
