/** What each generation of vectors has and waits for, counted again as often as it may cost. */
import type { GenerationCounts, RecordsPort } from '../../ports/records.ts';

/**
 * How long a count of so many rows holds for each of them: counting takes about 1 µs a row, and may
 * take a fiftieth of the time. A count of a few rows is always a new one.
 */
const restMsPerRow = 0.05;

interface Known {
  /** Of the count that was taken last, or is being taken. */
  readonly counts: Promise<GenerationCounts>;
  /** On the clock of `performance.now()`; undefined while it is being taken. */
  countedAt?: number;
  restMs: number;
}

export class CountedGenerations {
  readonly #records: Pick<RecordsPort, 'vectors'>;
  readonly #now: () => number;
  readonly #known = new Map<number, Known>();

  constructor(records: Pick<RecordsPort, 'vectors'>, now = () => performance.now()) {
    this.#records = records;
    this.#now = now;
  }

  /** @param ageMs a count of this age will do, however little it would take to count again */
  of(generation: number, ageMs = 0): Promise<GenerationCounts> {
    const known = this.#known.get(generation);
    const isFresh =
      known &&
      (known.countedAt === undefined ||
        this.#now() - known.countedAt < Math.max(ageMs, known.restMs));
    return isFresh ? known.counts : this.#count(generation);
  }

  #count(generation: number): Promise<GenerationCounts> {
    const counts = this.#records.vectors.counts(generation);
    const taken: Known = { counts, restMs: 0 };
    this.#known.set(generation, taken);
    counts.then(
      ({ namespaces, pending }) => {
        taken.countedAt = this.#now();
        taken.restMs = (namespaces + pending) * restMsPerRow;
      },
      () => this.#known.delete(generation),
    );
    return counts;
  }
}
