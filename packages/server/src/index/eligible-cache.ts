/** Marks per filter, kept from query to query. */
import type { Corpus } from './corpus.ts';
import { type Eligible, emptyEligible, markEligible } from './eligibility.ts';
import type { IndexFilter } from './types.ts';

/** Filters that are kept, the empty one included. */
const keptMax = 4;

export class EligibleCache {
  readonly #corpus: Corpus;
  /** The filter that was not asked for the longest is first. */
  readonly #kept = new Map<string, Eligible>();

  constructor(corpus: Corpus) {
    this.#corpus = corpus;
  }

  get(filter: IndexFilter, now: number): Eligible {
    const { kinds, audience, keyHash, fieldsAll, fieldsAny, trusted, standing } = filter;
    const { occurredFrom, occurredTo, validAt, asOf, where } = filter;
    const columns = [kinds, audience, keyHash, trusted === true, standing === true];
    const times = [occurredFrom, occurredTo, validAt, asOf];
    const name = JSON.stringify([...columns, fieldsAll, fieldsAny, times, where]);
    const eligible = this.#kept.get(name) ?? emptyEligible();
    const { version, since, until } = eligible;
    if (version !== this.#corpus.version || now < since || now >= until) {
      markEligible(eligible, this.#corpus, filter, now);
    }
    this.#kept.delete(name);
    this.#kept.set(name, eligible);
    if (this.#kept.size > keptMax) this.#dropOldest();
    return eligible;
  }

  get bytes(): number {
    let sum = 0;
    for (const { marks, threadCounts, threadLengths, counted } of this.#kept.values()) {
      sum += marks.byteLength + counted.byteLength;
      sum += threadCounts.byteLength + threadLengths.byteLength;
    }
    return sum;
  }

  #dropOldest(): void {
    for (const name of this.#kept.keys()) {
      this.#kept.delete(name);
      return;
    }
  }
}
