/** What servers count together, in Redis. */
import type { RateState } from '../../domain/rate.ts';
import type {
  Granted,
  SharedBucket,
  SharedCounters,
  SharedSum,
  SharedTurn,
} from '../../ports/shared-counters.ts';
import { takeRates } from './rate-script.ts';
import type { RedisLink } from './redis-link.ts';
import type { RedisNames } from './redis-names.ts';
import { grant, leave, recover } from './sum-scripts.ts';

/** A sum may be lost again while it is recovered, but not for ever. */
const triesMax = 3;

export class RedisCounters implements SharedCounters {
  readonly #link: RedisLink;
  readonly #names: RedisNames;

  constructor(link: RedisLink, names: RedisNames) {
    this.#link = link;
    this.#names = names;
  }

  get answers(): boolean {
    return this.#link.answers && this.#names.isUnlocked;
  }

  get returns(): number {
    return this.#link.returns;
  }

  async take(buckets: readonly SharedBucket[]): Promise<readonly RateState[] | undefined> {
    const keyed = buckets.map((bucket) => ({
      ...bucket,
      key: this.#names.of('rate', bucket.name),
    }));
    const taken = await this.#link.run((redis) => takeRates(redis, keyed));
    return taken?.states;
  }

  async grant(sum: SharedSum, asked: SharedTurn): Promise<Granted | undefined> {
    // What the store says when a sum is recovered is newer than what is said of others here.
    const alone = { ...asked, others: {}, isReturning: false };
    if (asked.isReturning) await this.#recover(sum, asked);
    let turn = asked.isReturning ? alone : asked;
    for (let tries = 0; tries < triesMax && this.answers; tries++) {
      const key = this.#keyOf(sum);
      const answer = await this.#link.run(async (redis) => ({
        granted: await grant(redis, key, turn),
      }));
      if (answer === undefined || answer.granted) return answer?.granted;
      await this.#recover(sum, alone);
      turn = alone;
    }
    return undefined;
  }

  async leave(sum: Pick<SharedSum, 'name'>, counter: string, mine: number): Promise<void> {
    if (!this.answers) return;
    const key = this.#keyOf(sum);
    await this.#link.run((redis) => leave(redis, key, counter, mine));
  }

  async #recover(sum: SharedSum, turn: SharedTurn): Promise<void> {
    const known = await sum.recover();
    const key = this.#keyOf(sum);
    await this.#link.run((redis) => recover(redis, key, known, turn, sum.endsAt));
  }

  /**
   * Sums are of one run of Redis: after another start it may have an old state of its disk, and
   * they are recovered instead. A bucket of that kind does no harm.
   */
  #keyOf({ name }: Pick<SharedSum, 'name'>): string {
    return this.#names.of('sum', `${this.#link.runId}\n${name}`);
  }
}
