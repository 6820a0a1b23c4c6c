/** Sign-up: somebody without a key makes a tenant, where the operator lets them. */
import { limits } from '../domain/limits.ts';
import type { Plan } from '../domain/plans.ts';
import type { Clock } from '../ports/clock.ts';
import type { Keys, MadeTenant } from './keys.ts';
import { RateLimiter, rateLimited } from './rate-limiter.ts';

export interface SignUpOptions {
  readonly keys: Pick<Keys, 'signUp'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Sign-ups of one address in an hour. */
  readonly perHour: number;
}

export class SignUp {
  readonly #options: SignUpOptions;
  readonly #limiter = new RateLimiter({ periodMs: 3_600_000, bucketsMax: limits.rateBucketsMax });

  constructor(options: SignUpOptions) {
    this.#options = options;
  }

  /** `from`: addresses that are one client's. Throws rate_limited. */
  async run(from: string, name: string): Promise<MadeTenant & { readonly plan: Plan }> {
    const { keys, clock, perHour } = this.#options;
    const now = clock.now();
    const one = this.#limiter.take(`address ${from}`, perHour, now);
    if (!one.isAllowed) throw rateLimited(one);
    const all = this.#limiter.take('all', limits.signupsPerHourMax, now);
    if (!all.isAllowed) throw rateLimited(all);
    return keys.signUp(name);
  }
}
