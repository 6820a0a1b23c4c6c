/** /v1/admin/tenants: whom the server keeps memories for. Operators only. */
import { z } from '@hono/zod-openapi';
import type { Tenant } from '../../access/tenants.ts';
import { fullAccess } from '../../domain/access.ts';
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import { unlimitedPlan } from '../../domain/plans.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Scope } from '../../engine/scope.ts';
import { pageAsked, pageFields, pageOf } from '../page-by-id.ts';
import { iso } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { keySchema, labelSchema, presentKey } from './keys.ts';

const tenantSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    created_at: z.string(),
    suspended_at: z.string().nullable(),
    plan: z.string(),
  })
  .openapi('Tenant');

const path = '/v1/admin/tenants';
const tag = 'Admin';
const needs = 'operator';

const list = defineRoute({
  method: 'get',
  path,
  tag,
  summary: 'List the tenants beside the one of the root key, page by page',
  needs,
  query: z.strictObject(pageFields),
  response: z
    .object({
      ok: z.literal(true),
      results: z.array(tenantSchema),
      count: z.number().int(),
      next_cursor: z.string().nullable(),
    })
    .openapi('Tenants'),
  handle: async ({ query }, { keys }) => {
    const page = pageAsked(query);
    const found = keys.tenants().filter(({ id }) => id > (page.after ?? ''));
    const { items, nextCursor } = pageOf(found, page);
    const results = items.map(presentTenant);
    return { ok: true, results, count: results.length, next_cursor: nextCursor };
  },
});

const create = defineRoute({
  method: 'post',
  path,
  alsoAnswers: [409],
  tag,
  summary: 'Make a tenant with its first key, which is an admin of it',
  needs,
  description:
    '`key` brings a key that clients have already, of another system perhaps, of at least ' +
    `${limits.keyCharsMin} characters: it gets a tenant of its own. Without it, one is made.`,
  body: z
    .strictObject({
      name: labelSchema,
      key: z.string().optional(),
      plan: z.string().optional().openapi({ description: '`unlimited` when absent.' }),
    })
    .openapi('NewTenant'),
  response: z
    .object({
      ok: z.literal(true),
      tenant: tenantSchema,
      key: z.string().nullable().openapi({ description: 'Shown this once; null for a given one.' }),
      api_key: keySchema,
    })
    .openapi('MadeTenant'),
  handle: async ({ body: { name, key: secret, plan }, principal }, { keys }) => {
    const made = await keys.createTenant(principal, {
      name,
      ...(secret !== undefined && { secret }),
      ...(plan !== undefined && { plan }),
    });
    const key = secret === undefined ? made.secret : null;
    return { ok: true, tenant: presentTenant(made.tenant), key, api_key: presentKey(made.key) };
  },
});

const params = z.strictObject({ id: z.string() });

const change = defineRoute({
  method: 'patch',
  path: `${path}/{id}`,
  alsoAnswers: [409],
  tag,
  summary: 'Suspend a tenant, let it go on, or give it another plan',
  needs,
  description: 'While it is suspended, all of its keys are refused, and nothing of it is lost.',
  params,
  body: z.strictObject({ suspended: z.boolean().optional(), plan: z.string().optional() }),
  response: z.object({ ok: z.literal(true), tenant: tenantSchema }),
  handle: async ({ params: { id }, body, principal }, { keys }) => {
    const { plan, suspended } = body;
    if (plan === undefined && suspended === undefined) {
      throw new MemoryError('invalid_request', 'Name suspended or plan.');
    }
    let tenant = keys.tenant(id);
    if (plan !== undefined) tenant = await keys.setPlan(principal, id, plan);
    if (suspended !== undefined) tenant = await keys.suspend(principal, id, suspended);
    return { ok: true, tenant: presentTenant(tenant) };
  },
});

const remove = defineRoute({
  method: 'delete',
  path: `${path}/{id}`,
  alsoAnswers: [409],
  tag,
  summary: 'Forget a tenant with all its memories, keys and log',
  needs,
  params,
  query: z.strictObject({ confirm: z.boolean().optional() }),
  response: z.object({ ok: z.literal(true), forgotten: z.number().int() }),
  handle: async ({ params: { id }, query, principal }, { keys, engine, webhooks }) => {
    const tenant = keys.tenant(id);
    if (!query.confirm) throw new MemoryError('confirmation_required');
    // Nobody writes into it while it goes.
    await keys.suspend(principal, id, true);
    const scope = { tenant: tenant.id, actor: principal.keyId, access: fullAccess };
    const forgotten = await forgetAll(engine, scope);
    await webhooks.removeTenant(tenant.id);
    await keys.removeTenant(principal, id);
    return { ok: true, forgotten };
  },
});

async function forgetAll(engine: Engine, scope: Scope): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const { namespaces } = await engine.namespaces(scope, { limit: limits.listLimitMax });
    if (namespaces.length === 0) return forgotten;
    for (const { name: namespace } of namespaces) {
      const request = { namespace, everything: true, isConfirmed: true } as const;
      forgotten += (await engine.forget(scope, request)).counts.memories;
    }
  }
}

function presentTenant({ id, name, createdAt, suspendedAt, plan = unlimitedPlan }: Tenant) {
  const suspended_at = suspendedAt === undefined ? null : iso(suspendedAt);
  return { id, name, created_at: iso(createdAt), suspended_at, plan };
}

export const tenantRoutes: readonly Mountable[] = [list, create, change, remove];
