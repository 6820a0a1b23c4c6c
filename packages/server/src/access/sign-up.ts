/** Sign-up: somebody without a key makes a tenant, where the operator lets them. */
import { limits } from '../domain/limits.ts';
import type { Plan } from '../domain/plans.ts';
import type { Clock } from '../ports/clock.ts';
import type { SharedCounters } from '../ports/shared-counters.ts';
import type { Keys, MadeTenant } from './keys.ts';
import { Rates, rateLimited } from './rates.ts';

export interface SignUpOptions {
  readonly keys: Pick<Keys, 'signUp'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Sign-ups of one address in an hour. */
  readonly perHour: number;
  /** Absent where this server counts for itself alone. */
  readonly shared?: SharedCounters | undefined;
}

export class SignUp {
  readonly #options: SignUpOptions;
  readonly #rates: Rates;

  constructor(options: SignUpOptions) {
    this.#options = options;
    const size = { periodMs: 3_600_000, bucketsMax: limits.rateBucketsMax };
    this.#rates = new Rates({ ...size, kind: 'sign-up', shared: options.shared });
  }

  /** `from`: addresses that are one client's. Throws rate_limited. */
  async run(from: string, name: string): Promise<MadeTenant & { readonly plan: Plan }> {
    const { keys, clock, perHour } = this.#options;
    const one = { name: `address ${from}`, limit: perHour };
    const all = { name: 'all', limit: limits.signupsPerHourMax };
    const rate = await this.#rates.take([one, all], clock.now());
    if (!rate.isAllowed) throw rateLimited(rate);
    return keys.signUp(name);
  }
}
