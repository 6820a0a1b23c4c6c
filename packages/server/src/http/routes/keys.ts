/** /v1/keys: the keys of a tenant, and what a key may do. */
import { z } from '@hono/zod-openapi';
import type { ApiKey } from '../../access/api-key.ts';
import type { NewKey } from '../../access/keys.ts';
import { type Grant, permissions } from '../../domain/access.ts';
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import { parseNamespace } from '../../domain/names.ts';
import { addressGroup, clientAddress } from '../client-address.ts';
import { pageAsked, pageFields, pageOf } from '../page-by-id.ts';
import { iso } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { timeSchema } from '../schemas.ts';

const grantSchema = z
  .strictObject({
    permissions: z.array(z.enum(permissions)).min(1).max(permissions.length),
    namespaces: z
      .array(z.string().min(1).max(limits.namespaceBytesMax))
      .min(1)
      .max(limits.grantNamespacesMax)
      .openapi({ description: 'Names; `*` stands for any characters.' }),
  })
  .openapi('Grant');

export const keySchema = z
  .object({
    id: z.string(),
    label: z.string(),
    hint: z.string().openapi({ description: 'The first characters, to know it by.' }),
    grants: z.array(grantSchema),
    admin: z.boolean(),
    operator: z.boolean(),
    created_at: z.string(),
    created_by: z.string().nullable(),
    rotated_at: z.string().nullable(),
    expires_at: z.string().nullable(),
  })
  .openapi('ApiKey');

const madeSchema = z
  .object({
    ok: z.literal(true),
    key: z.string().openapi({ description: 'The key itself, shown this once.' }),
    api_key: keySchema,
    tenant: z.string().optional().openapi({ description: 'Of a sign-up.' }),
    plan: z.string().optional().openapi({ description: 'Of a sign-up.' }),
    balance: z.number().int().nullable().optional().openapi({
      description: 'Of a sign-up: operations of this month; null where there is no limit.',
    }),
  })
  .openapi('MadeKey');

export const labelSchema = z.string().min(1).max(limits.keyLabelCharsMax);

const createBodySchema = z
  .strictObject({
    label: labelSchema.optional(),
    grants: z.array(grantSchema).min(1).max(limits.grantsMax).optional().openapi({
      description: 'What it may do, and where; absent: read, write, forget, dream everywhere.',
    }),
    admin: z.boolean().optional(),
    operator: z.boolean().optional(),
    expires_at: timeSchema.optional(),
  })
  .openapi('NewKey');

const list = defineRoute({
  method: 'get',
  path: '/v1/keys',
  tag: 'Keys',
  summary: 'List the keys of the tenant, page by page',
  needs: 'admin',
  query: z.strictObject(pageFields),
  response: z
    .object({
      ok: z.literal(true),
      results: z.array(keySchema),
      count: z.number().int(),
      next_cursor: z.string().nullable(),
    })
    .openapi('ApiKeys'),
  handle: async ({ query, principal }, { keys }) => {
    const page = pageAsked(query);
    const found = await keys.list(principal, { ...page, limit: page.limit + 1 });
    const { items, nextCursor } = pageOf(found, page);
    return {
      ok: true,
      results: items.map(presentKey),
      count: items.length,
      next_cursor: nextCursor,
    };
  },
});

const self = defineRoute({
  method: 'get',
  path: '/v1/keys/self',
  tag: 'Keys',
  summary: 'Tell what the key that asks may do',
  needs: 'key',
  response: z.object({
    ok: z.literal(true),
    id: z.string(),
    tenant: z.string(),
    grants: z.array(grantSchema),
    admin: z.boolean(),
    operator: z.boolean(),
  }),
  handle: async ({ principal }) => {
    const { keyId: id, tenant, grants, isAdmin: admin, isOperator: operator } = principal;
    return { ok: true, id, tenant, grants, admin, operator };
  },
});

const create = defineRoute({
  method: 'post',
  path: '/v1/keys',
  alsoAnswers: [409],
  tag: 'Keys',
  summary: 'Make a key',
  needs: 'admin',
  description:
    'No key makes one that may do more than itself. The key is shown this once. Where the server ' +
    'is open to sign-up, a request without a key makes a tenant on the free plan with its first ' +
    'key, takes a `label` only, and is answered 201.',
  body: createBodySchema,
  response: madeSchema,
  handle: async ({ body, principal }, { keys, clock }) => {
    const made = await keys.create(principal, newKeyOf(body, clock.now()));
    return { ok: true, key: made.secret, api_key: presentKey(made.key) };
  },
  welcome: async ({ body: { label = '', ...more }, context }, signUp) => {
    const field = Object.keys(more)[0];
    if (field !== undefined) {
      const message = 'A sign-up takes a label only; its first key may do everything there is.';
      throw new MemoryError('invalid_request', message, { details: { field } });
    }
    const address = clientAddress(context);
    const from = address === undefined ? 'this process' : addressGroup(address);
    const { tenant, secret, key, plan } = await signUp.run(from, label);
    const answer = { ok: true, key: secret, tenant: tenant.id, plan: plan.name };
    const balance = plan.operationsPerMonth;
    return context.json({ ...answer, balance, api_key: presentKey(key) }, 201);
  },
});

function newKeyOf(body: z.infer<typeof createBodySchema>, now: number): NewKey {
  const { label = '', grants, admin, operator, expires_at: expiresAt } = body;
  if (expiresAt !== undefined && expiresAt <= now) {
    const details = { field: 'expires_at' };
    throw new MemoryError('invalid_request', 'The key would have expired already.', { details });
  }
  return {
    label,
    ...(grants && { grants: grants.map(grantOf) }),
    ...(admin !== undefined && { isAdmin: admin }),
    ...(operator !== undefined && { isOperator: operator }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/** A pattern is compared with names, so it is written like one: in NFC. */
function grantOf({ permissions: allowed, namespaces }: z.infer<typeof grantSchema>): Grant {
  return {
    permissions: [...new Set(allowed)],
    namespaces: [...new Set(namespaces.map(parseNamespace))],
  };
}

const params = z.strictObject({ id: z.string() });

const rotate = defineRoute({
  method: 'post',
  path: '/v1/keys/{id}/rotate',
  alsoAnswers: [409],
  tag: 'Keys',
  summary: 'Give a key another secret',
  needs: 'admin',
  description:
    'Id, tenant and permissions stay, so no memory is lost. The former secret stops at once, or ' +
    'works for `grace_seconds` more.',
  params,
  query: z.strictObject({
    grace_seconds: z
      .number()
      .int()
      .min(0)
      .max(limits.keyGraceMsMax / 1000)
      .optional(),
  }),
  response: madeSchema,
  handle: async ({ params: { id }, query, principal }, { keys }) => {
    const made = await keys.rotate(principal, id, (query.grace_seconds ?? 0) * 1000);
    return { ok: true, key: made.secret, api_key: presentKey(made.key) };
  },
});

const revoke = defineRoute({
  method: 'delete',
  path: '/v1/keys/{id}',
  alsoAnswers: [409],
  tag: 'Keys',
  summary: 'Revoke a key; it opens nothing from the next request on',
  needs: 'admin',
  params,
  response: z.object({ ok: z.literal(true), id: z.string() }),
  handle: async ({ params: { id }, principal }, { keys }) => {
    await keys.revoke(principal, id);
    return { ok: true, id };
  },
});

export function presentKey(key: ApiKey) {
  const { id, label, hint, grants, isAdmin: admin, isOperator: operator } = key;
  const time = (ms: number | undefined) => (ms === undefined ? null : iso(ms));
  return {
    ...{ id, label, hint, grants, admin, operator },
    created_at: iso(key.createdAt),
    created_by: key.createdBy ?? null,
    rotated_at: time(key.rotatedAt),
    expires_at: time(key.expiresAt),
  };
}

export const keyRoutes: readonly Mountable[] = [list, create, self, rotate, revoke];
