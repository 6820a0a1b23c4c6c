/** How many requests of one tenant may be under way at one time, so that others find room. */
import type { MiddlewareHandler } from 'hono';
import type { Principal } from '../access/principal.ts';
import { rootTenant } from '../access/tenants.ts';
import { MemoryError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { TenantId } from '../domain/memory.ts';
import type { AppEnv } from './context.ts';

/**
 * An import may come in slowly for a day, and a tenant needs no more than patience to have as many
 * of them as the server takes requests. The operator's own tenant may have all.
 */
export function limitShares(requestsMax: number): MiddlewareHandler<AppEnv> {
  const underWay = new Map<TenantId, number>();
  return (context, next) => {
    const principal = context.get('principal');
    const { outgoing } = context.env ?? {};
    if (principal === undefined || outgoing === undefined) return next();
    const { tenant } = principal;
    if (tenant === rootTenant) return next();
    const count = underWay.get(tenant) ?? 0;
    const most = shareOf(principal, requestsMax);
    if (count >= most) throw overShare(most);
    underWay.set(tenant, count + 1);
    outgoing.once('close', () => {
      const left = (underWay.get(tenant) ?? 0) - 1;
      if (left > 0) underWay.set(tenant, left);
      else underWay.delete(tenant);
    });
    return next();
  };
}

function shareOf({ plan }: Principal, requestsMax: number): number {
  const ofPlan = plan.requestsPerMinute ?? Number.POSITIVE_INFINITY;
  return Math.max(1, Math.floor(Math.min(requestsMax, ofPlan) / limits.tenantShareParts));
}

function overShare(most: number): MemoryError {
  const message = `A tenant may have ${most} requests under way at one time.`;
  return new MemoryError('overloaded', message, { details: { limit: most } });
}
