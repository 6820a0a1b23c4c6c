/** The law of shared counters in the plainest form: what every backend has to answer. */
import { type RateState, takeOne } from '../../domain/rate.ts';
import type {
  Granted,
  SharedBucket,
  SharedCounters,
  SharedSum,
  SharedTurn,
} from '../../ports/shared-counters.ts';

export class ReferenceCounters implements SharedCounters {
  answers = true;
  returns = 0;
  readonly #now: () => number;
  readonly #fullAt = new Map<string, number>();
  readonly #sums = new Map<string, Map<string, number>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async take(buckets: readonly SharedBucket[]): Promise<readonly RateState[] | undefined> {
    if (!this.answers) return undefined;
    const now = this.#now();
    const states: RateState[] = [];
    for (const { name, ...size } of buckets) {
      const state = takeOne(this.#fullAt.get(name), size, now);
      this.#fullAt.set(name, state.fullAt);
      states.push(state);
      if (!state.isAllowed) break;
    }
    return states;
  }

  async grant(sum: SharedSum, turn: SharedTurn): Promise<Granted | undefined> {
    if (!this.answers) return undefined;
    const shares = this.#sums.get(sum.name);
    const isKnown = Object.keys(turn.others).every((other) => shares?.has(other));
    if (shares && isKnown && !turn.isReturning) return grantFrom(shares, turn);
    const { shares: known, base } = await sum.recover();
    const said = this.#sums.get(sum.name);
    const isKnownOf = (one: string) => one === turn.counter || said?.has(one) === true;
    const isWhole = said !== undefined && Object.keys(known).every(isKnownOf);
    if (turn.isReturning || !isWhole) {
      const others = Object.entries(known).map(
        ([counter, share]) => [counter, Math.max(share, said?.get(counter) ?? 0)] as const,
      );
      this.#sums.set(sum.name, new Map([...others, [turn.counter, turn.mine], ['', base]]));
    }
    return this.grant(sum, { ...turn, others: {}, isReturning: false });
  }

  async leave({ name }: Pick<SharedSum, 'name'>, counter: string, mine: number): Promise<void> {
    const shares = this.#sums.get(name);
    if (!this.answers || !shares) return;
    shares.delete(counter);
    shares.set('', (shares.get('') ?? 0) + mine);
  }

  /** As a server that starts with nothing. */
  forget(): void {
    this.#fullAt.clear();
    this.#sums.clear();
  }
}

function grantFrom(
  shares: Map<string, number>,
  { counter, mine, limit, others, asked }: SharedTurn,
): Granted {
  for (const [other, share] of Object.entries(others)) {
    shares.set(other, Math.max(share, shares.get(other) ?? 0));
  }
  shares.set(counter, mine);
  let total = [...shares.values()].reduce((sum, share) => sum + share, 0);
  let own = mine;
  const isGranted = asked.map(({ items, isAlwaysAllowed }) => {
    const isWithin = isAlwaysAllowed || items === 0 || total + items <= limit;
    if (isWithin) {
      total += items;
      own += items;
    }
    return isWithin;
  });
  shares.set(counter, own);
  return { total, isGranted };
}
