/** Rate limits: so many requests a minute for each key, each tenant, and each address without. */
import type { MiddlewareHandler } from 'hono';
import type { Principal } from '../access/principal.ts';
import { RateLimiter, type RateState, rateLimited } from '../access/rate-limiter.ts';
import { limits } from '../domain/limits.ts';
import { findPrincipal } from './authenticate.ts';
import { addressGroup, clientAddress } from './client-address.ts';
import type { AppContext, AppDeps, AppEnv } from './context.ts';

type Limited = Pick<AppDeps, 'ring' | 'clock' | 'rates'>;

/** Every answer tells what is left. A request that is refused reads no body. */
export function limitRates(deps: Limited): MiddlewareHandler<AppEnv> {
  const take = rateTaker(deps);
  return async (context, next) => {
    const rate = take(context);
    if (rate && !rate.isAllowed) {
      tellRate(context, rate);
      throw rateLimited(rate);
    }
    await next();
    // After the answer was made: one that is streamed has headers of its own.
    if (rate) tellRate(context, rate);
  };
}

/** Keys are apart from addresses: a flood of addresses pushes no key out. */
function rateTaker(deps: Limited): (context: AppContext) => RateState | undefined {
  const options = { periodMs: 60_000, bucketsMax: limits.rateBucketsMax };
  const known = new RateLimiter(options);
  const strangers = new RateLimiter(options);
  const takeKnown = ({ tenant, keyId, plan }: Principal, now: number): RateState => {
    const ofKey = known.take(`${tenant} ${keyId}`, deps.rates.perKey, now);
    if (!ofKey.isAllowed || plan.requestsPerMinute === null) return ofKey;
    const ofTenant = known.take(tenant, plan.requestsPerMinute, now);
    return ofTenant.isAllowed && ofKey.remaining < ofTenant.remaining ? ofKey : ofTenant;
  };
  return (context) => {
    const now = deps.clock.now();
    const principal = findPrincipal(context, deps);
    if (principal) return takeKnown(principal, now);
    const address = clientAddress(context);
    return address === undefined
      ? undefined
      : strangers.take(addressGroup(address), deps.rates.perAddress, now);
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
