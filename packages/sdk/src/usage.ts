/** What a tenant has used of its plan, and how to become one. */
import type { Calls } from './calls.ts';
import type { CallOptions } from './client-types.ts';
import { ReverieError } from './errors.ts';
import type { JsonObject } from './json-types.ts';
import { keyFrom } from './keys.ts';
import { pages } from './pages.ts';
import { search } from './path.ts';
import {
  count,
  countOrNull,
  isObject,
  objectFrom,
  objects,
  results,
  text,
  textOrNull,
} from './read-wire.ts';
import type { SignedUp, Usage } from './usage-types.ts';

export interface UsageCalls {
  /**
   * What the tenant of this client has used this month, and in so many `months` before, at most 13.
   * Costs no operation.
   */
  usage(options?: CallOptions & { months?: number | undefined }): Promise<Usage>;
  /** Of all tenants, or of one. Needs an operator key. */
  tenantUsages(
    options?: CallOptions & { tenant?: string | undefined; months?: number | undefined },
  ): AsyncIterable<Usage>;
  /**
   * Makes a tenant on the free plan with a key, where the server is open to sign-up; for a client
   * without a key. Throws `auth_required` where it is closed, `rate_limited`, and
   * `invalid_argument` for a client that has a key.
   */
  signUp(input?: { label?: string | undefined }, options?: CallOptions): Promise<SignedUp>;
}

/** `hasKey`: of the client; who has one does not sign up with it. */
export function usageCalls({ get, post }: Calls, hasKey: boolean): UsageCalls {
  return {
    usage: async (each) =>
      usageFrom(await get(`/v1/usage${search({ months: each?.months })}`, each)),
    tenantUsages: (each) =>
      pages(undefined, async (cursor) => {
        const query = search({ tenant: each?.tenant, months: each?.months, cursor });
        const raw = await get(`/v1/admin/usage${query}`, each);
        return { results: results(raw).map(usageFrom), nextCursor: textOrNull(raw.next_cursor) };
      }),
    async signUp(input = {}, each) {
      if (hasKey) {
        const message = 'A client that has a key does not sign up; make one without.';
        throw new ReverieError('invalid_argument', message);
      }
      const raw = await post('/v1/keys', input, each, true);
      return {
        key: text(raw, 'key'),
        apiKey: keyFrom(objectFrom(raw.api_key, 'key')),
        tenant: text(raw, 'tenant'),
        plan: text(raw, 'plan'),
      };
    },
  };
}

function usageFrom(raw: JsonObject): Usage {
  const operations = objectFrom(raw.operations, 'operations');
  const bytes = objectFrom(raw.stored_bytes, 'stored_bytes');
  return {
    tenant: text(raw, 'tenant'),
    plan: text(raw, 'plan'),
    month: text(raw, 'month'),
    resetsAt: text(raw, 'resets_at'),
    operations: {
      used: count(operations.used, 0),
      limit: countOrNull(operations.limit),
      remaining: countOrNull(operations.remaining),
      byKind: kindsFrom(operations),
    },
    storedBytes: { used: count(bytes.used, 0), limit: countOrNull(bytes.limit) },
    requestsPerMinute: countOrNull(raw.requests_per_minute),
    history: objects(raw.history).map((past) => {
      const then = objectFrom(past.operations, 'operations');
      const used = count(then.used, 0);
      return { month: text(past, 'month'), operations: { used, byKind: kindsFrom(then) } };
    }),
  };
}

function kindsFrom({ by_kind: kinds }: JsonObject): Record<string, number> {
  const all = isObject(kinds) ? Object.entries(kinds) : [];
  return Object.fromEntries(all.map(([kind, used]) => [kind, count(used, 0)]));
}
