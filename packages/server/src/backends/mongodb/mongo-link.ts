/**
 * The way to MongoDB: a client of the driver, and another in its place where it is stuck. A client
 * whose new connection is closed at once, as a load balancer does it without a server behind, may
 * wait for that connection for ever.
 */
import type { MongoClient } from 'mongodb';
import { within } from '../../util/within.ts';
import { toMemoryError, waitedTooLong } from './mongo-errors.ts';

export class MongoLink {
  readonly timeoutMs: number;
  readonly #make: () => MongoClient;
  #client: MongoClient;
  #madeAt = performance.now();
  #answeredAt = 0;

  constructor(make: () => MongoClient, timeoutMs: number) {
    this.#make = make;
    this.#client = make();
    this.timeoutMs = timeoutMs;
  }

  get client(): MongoClient {
    return this.#client;
  }

  /** With the faults of MongoDB as ours, and store_unavailable where it takes too long. */
  async inTime<Answer>(work: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const startedAt = performance.now();
    let isOver = false;
    try {
      const answer = await within(this.timeoutMs, (signal) => {
        signal.addEventListener('abort', () => {
          isOver = true;
        });
        return work(signal);
      });
      this.#answeredAt = performance.now();
      return answer;
    } catch (error) {
      if (isOver) this.#renewUnlessAnswered(startedAt);
      throw isOver ? waitedTooLong(error) : toMemoryError(error);
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** Nobody has had an answer for the whole time of a request. */
  #renewUnlessAnswered(since: number): void {
    if (this.#answeredAt > since || this.#madeAt > since) return;
    const former = this.#client;
    this.#client = this.#make();
    this.#madeAt = performance.now();
    void former.close().catch(() => {});
  }
}
