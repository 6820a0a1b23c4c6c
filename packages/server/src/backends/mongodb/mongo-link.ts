/**
 * The way to MongoDB: a client of the driver, and another in its place where it is of no use. One
 * whose new connection is closed at once, as a load balancer does it without a server behind, may
 * wait for that connection for ever; and one that found no server at first never looks again.
 */
import type { MongoClient } from 'mongodb';
import { within } from '../../util/within.ts';
import { isEnded, toMemoryError, waitedTooLong } from './mongo-errors.ts';

export class MongoLink {
  readonly timeoutMs: number;
  readonly #make: () => MongoClient;
  #client: MongoClient;
  #madeAt = performance.now();
  #answeredAt = 0;
  #isClosed = false;

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
      if (isOver && this.#answeredAt < startedAt) this.#renew(startedAt);
      else this.mend(error, startedAt);
      throw isOver ? waitedTooLong(error) : toMemoryError(error);
    }
  }

  /** Takes another client, where a request that began then found that this one has ended. */
  mend(error: unknown, startedAt: number): void {
    if (isEnded(error)) this.#renew(startedAt);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#client.close();
  }

  /** Once for all the requests that were under way. */
  #renew(since: number): void {
    if (this.#isClosed || this.#madeAt > since) return;
    const former = this.#client;
    this.#client = this.#make();
    this.#madeAt = performance.now();
    void former.close().catch(() => {});
  }
}
