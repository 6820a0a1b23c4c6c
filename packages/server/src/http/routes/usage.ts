/** /v1/usage: what a tenant has used of its plan; /v1/admin/usage: of all tenants. */
import { z } from '@hono/zod-openapi';
import type { UsageCounts } from '../../access/month-document.ts';
import { type OperationKind, operationKinds } from '../../access/operations.ts';
import { rootTenant } from '../../access/tenants.ts';
import { limits } from '../../domain/limits.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { AppDeps } from '../context.ts';
import { pageAsked, pageFields, pageOf } from '../page-by-id.ts';
import { iso } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';

const count = z.number().int();

const byKind = z.object(
  Object.fromEntries(operationKinds.map((kind) => [kind, count])) as Record<
    OperationKind,
    typeof count
  >,
);

const historyField = z
  .array(z.object({ month: z.string(), operations: z.object({ used: count, by_kind: byKind }) }))
  .openapi({ description: 'Past months in which something was used, newest first.' });

const monthsField = count.min(1).max(limits.usageMonthsMax).optional().openapi({
  description: 'Shows so many past months in `history`; none when absent.',
});

const usageSchema = z
  .object({
    tenant: z.string(),
    plan: z.string(),
    month: z.string().openapi({ description: 'The calendar month, UTC.' }),
    resets_at: z.string().openapi({ format: 'date-time' }),
    operations: z.object({
      used: count,
      limit: count.nullable().openapi({ description: 'null: no limit.' }),
      remaining: count.nullable(),
      by_kind: byKind.openapi({
        description:
          '`interrupted`: set aside when the server was killed; which of them were carried out ' +
          'is not known, and all count.',
      }),
    }),
    stored_bytes: z.object({ used: count, limit: count.nullable() }),
    requests_per_minute: count.nullable(),
    history: historyField,
  })
  .openapi('Usage');

const own = defineRoute({
  method: 'get',
  path: '/v1/usage',
  tag: 'Usage',
  summary: 'Tell what the tenant has used of its plan this month',
  needs: 'key',
  description: 'Free: it counts as no operation.',
  query: z.strictObject({ months: monthsField }),
  response: usageSchema.extend({ ok: z.literal(true) }),
  handle: async ({ query, principal }, deps) => ({
    ok: true,
    ...(await usageOf(deps, principal.tenant, query.months)),
  }),
});

const all = defineRoute({
  method: 'get',
  path: '/v1/admin/usage',
  alsoAnswers: [404],
  tag: 'Admin',
  summary: 'Tell what tenants have used this month, page by page',
  needs: 'operator',
  query: z.strictObject({
    tenant: z.string().optional().openapi({ description: 'Of one; `root` is one too.' }),
    months: monthsField,
    ...pageFields,
  }),
  response: z
    .object({
      ok: z.literal(true),
      results: z.array(usageSchema),
      count,
      next_cursor: z.string().nullable(),
    })
    .openapi('Usages'),
  handle: async ({ query }, deps) => {
    const { keys } = deps;
    if (query.tenant !== undefined) {
      const id = query.tenant === rootTenant ? rootTenant : keys.tenant(query.tenant).id;
      const results = [await usageOf(deps, id, query.months)];
      return { ok: true, results, count: 1, next_cursor: null };
    }
    const page = pageAsked(query);
    const all: { id: TenantId }[] = [{ id: rootTenant }, ...keys.tenants()];
    const found = all.filter(({ id }) => id > (page.after ?? ''));
    const { items, nextCursor } = pageOf(found, page);
    const results = [];
    for (const { id } of items) results.push(await usageOf(deps, id, query.months));
    return { ok: true, results, count: results.length, next_cursor: nextCursor };
  },
});

async function usageOf(
  { usage, keys, storedBytes }: Pick<AppDeps, 'usage' | 'keys' | 'storedBytes'>,
  tenant: TenantId,
  months = 0,
) {
  const plan = keys.planOf(tenant);
  const { month, resetsAt, used, counts } = await usage.usage(tenant);
  const limit = plan.operationsPerMonth;
  const remaining = limit === null ? null : Math.max(0, limit - used);
  const past = months === 0 ? [] : await usage.past(tenant, months);
  return {
    tenant,
    plan: plan.name,
    month,
    resets_at: iso(resetsAt),
    operations: { used, limit, remaining, by_kind: presentCounts(counts) },
    stored_bytes: { used: await storedBytes(tenant), limit: plan.storedBytes },
    requests_per_minute: plan.requestsPerMinute,
    history: past.map(({ month: name, used: sum, counts: each }) => ({
      month: name,
      operations: { used: sum, by_kind: presentCounts(each) },
    })),
  };
}

function presentCounts(counts: UsageCounts) {
  return Object.fromEntries(operationKinds.map((kind) => [kind, counts[kind] ?? 0]));
}

export const usageRoutes: readonly Mountable[] = [own, all];
