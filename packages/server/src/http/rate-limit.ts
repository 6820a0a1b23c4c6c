/** Rate limits: so many requests a minute for each key, each tenant, and each address without. */
import type { MiddlewareHandler } from 'hono';
import type { Principal } from '../access/principal.ts';
import { Rates, rateLimited } from '../access/rates.ts';
import { limits } from '../domain/limits.ts';
import type { RateState } from '../domain/rate.ts';
import { findPrincipal } from './authenticate.ts';
import { addressGroup, clientAddress } from './client-address.ts';
import type { AppContext, AppDeps, AppEnv } from './context.ts';

type Limited = Pick<AppDeps, 'ring' | 'clock' | 'rates' | 'shared'>;

/** Every answer tells what is left. A request that is refused reads no body. */
export function limitRates(deps: Limited): MiddlewareHandler<AppEnv> {
  const take = rateTaker(deps);
  return async (context, next) => {
    const taken = take(context);
    const rate = taken instanceof Promise ? await taken : taken;
    if (rate && !rate.isAllowed) {
      tellRate(context, rate);
      throw rateLimited(rate);
    }
    await next();
    // After the answer was made: one that is streamed has headers of its own.
    if (rate) tellRate(context, rate);
  };
}

type Taken = RateState | Promise<RateState> | undefined;

/** Keys are apart from addresses: a flood of addresses pushes no key out. */
function rateTaker({ shared, rates, ...deps }: Limited): (context: AppContext) => Taken {
  const options = { periodMs: 60_000, bucketsMax: limits.rateBucketsMax, shared };
  const known = new Rates({ ...options, kind: 'key' });
  const strangers = new Rates({ ...options, kind: 'address' });
  const takeKnown = ({ tenant, keyId, plan }: Principal, now: number) => {
    const ofKey = { name: `${tenant} ${keyId}`, limit: rates.perKey };
    return plan.requestsPerMinute === null
      ? known.take([ofKey], now)
      : known.take([ofKey, { name: tenant, limit: plan.requestsPerMinute }], now);
  };
  return (context) => {
    const now = deps.clock.now();
    const principal = findPrincipal(context, deps);
    if (principal) return takeKnown(principal, now);
    const address = clientAddress(context);
    if (address === undefined) return undefined;
    return strangers.take([{ name: addressGroup(address), limit: rates.perAddress }], now);
  };
}

export const rateHeaders = [
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
] as const;

function tellRate(context: AppContext, { limit, remaining, fullAt }: RateState): void {
  const [ofLimit, ofRemaining, ofReset] = rateHeaders;
  context.header(ofLimit, String(limit));
  context.header(ofRemaining, String(remaining));
  context.header(ofReset, String(Math.ceil(fullAt / 1000)));
}
