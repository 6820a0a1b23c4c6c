/** /v1/webhooks: whom the server tells what happens in namespaces, and how that went. */
import { z } from '@hono/zod-openapi';
import type { AuditAction } from '../../access/audit-log.ts';
import type { Principal } from '../../access/principal.ts';
import { covers } from '../../domain/access.ts';
import { MemoryError } from '../../domain/errors.ts';
import { eventPatterns } from '../../domain/events.ts';
import { limits } from '../../domain/limits.ts';
import { parseNamespace } from '../../domain/names.ts';
import { type Webhook, webhookIncludes } from '../../engine/webhooks/webhook.ts';
import type { AppDeps } from '../context.ts';
import {
  attemptSchema,
  deliveriesOf,
  deliverySchema,
  deliveryStates,
  presentAttempt,
  presentDelivery,
  presentWebhook,
  webhookSchema,
} from '../present-webhook.ts';
import { defineRoute, type Mountable } from '../route.ts';

const path = '/v1/webhooks';
const tag = 'Webhooks';
const needs = 'read';
const params = z.strictObject({ id: z.string() });
const secretNote = 'With which deliveries are signed; shown this once.';
const madeSchema = z.object({
  ok: z.literal(true),
  secret: z.string().openapi({ description: secretNote }),
  webhook: webhookSchema,
});
const oneSchema = z.object({ ok: z.literal(true), webhook: webhookSchema });

const namespaceSchema = z.string().min(1).max(limits.namespaceBytesMax);

const create = defineRoute({
  method: 'post',
  path,
  tag,
  needs,
  alsoAnswers: [409],
  summary: 'Tell an address of what happens in namespaces from now on',
  description:
    'It sees what the key that makes it may read, and stops when that key is revoked or expires. ' +
    'The `secret` is in the answer, this once. See docs/guides/webhooks.md.',
  body: z
    .strictObject({
      url: z.string(),
      events: z
        .array(z.enum(eventPatterns))
        .min(1)
        .max(eventPatterns.length)
        .optional()
        .openapi({ description: 'All when absent.' }),
      namespace: namespaceSchema.optional(),
      namespaces: z
        .array(namespaceSchema)
        .min(1)
        .max(limits.webhookNamespacesMax)
        .optional()
        .openapi({ description: '`*` stands for any characters; all of the key when absent.' }),
      include: z.array(z.enum(webhookIncludes)).max(webhookIncludes.length).optional().openapi({
        description: '`value`: with value, tags and metadata; ids alone when absent.',
      }),
      secret: z
        .string()
        .regex(/^[\x21-\x7e]+$/, 'Visible characters are needed.')
        .min(limits.webhookSecretCharsMin)
        .max(limits.webhookSecretCharsMax)
        .optional()
        .openapi({ description: 'Of your own; made where it is absent.' }),
      description: z.string().max(limits.keyLabelCharsMax).optional(),
    })
    .openapi('NewWebhook'),
  response: madeSchema.openapi('MadeWebhook'),
  status: 201,
  handle: async ({ body, principal }, deps) => {
    const { url, events, include, secret, description } = body;
    const { tenant, keyId, grants } = principal;
    const named = [...(body.namespaces ?? []), ...(body.namespace ? [body.namespace] : [])];
    const namespaces = [...new Set(named.map(parseNamespace))];
    requireRead(principal, namespaces);
    const webhook = await deps.webhooks.create({
      ...{ tenant, keyId, grants, url, secret },
      events: [...new Set(events ?? (['*'] as const))],
      namespaces: namespaces.length > 0 ? namespaces : ['*'],
      include: [...new Set(include ?? [])],
      description: description ?? '',
    });
    await note(deps, principal, 'webhook.created', webhook);
    return { ok: true, secret: webhook.secret, webhook: await present(deps, webhook) };
  },
});

const list = defineRoute({
  method: 'get',
  path,
  tag,
  needs,
  summary: 'List the webhooks that the key has made; an admin sees those of weaker keys too',
  response: z.object({
    ok: z.literal(true),
    results: z.array(webhookSchema),
    count: z.number().int(),
  }),
  handle: async ({ principal }, deps) => {
    const all = deps.webhooks.ofTenant(principal.tenant);
    const results = all
      .filter((webhook) => mayManage(principal, webhook))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    return {
      ok: true,
      results: await Promise.all(results.map((webhook) => present(deps, webhook))),
      count: results.length,
    };
  },
});

const get = defineRoute({
  method: 'get',
  path: `${path}/{id}`,
  tag,
  needs,
  summary: 'Tell how a webhook is doing',
  params,
  response: oneSchema,
  handle: async ({ params: { id }, principal }, deps) => {
    return { ok: true, webhook: await present(deps, find(deps, principal, id)) };
  },
});

const change = defineRoute({
  method: 'patch',
  path: `${path}/{id}`,
  tag,
  needs,
  alsoAnswers: [409],
  summary: 'Switch a webhook off or on; it goes on where it stopped',
  params,
  body: z.strictObject({ enabled: z.boolean() }),
  response: oneSchema,
  handle: async ({ params: { id }, body: { enabled }, principal }, deps) => {
    const changed = await deps.webhooks.setEnabled(find(deps, principal, id), enabled);
    await note(deps, principal, enabled ? 'webhook.enabled' : 'webhook.disabled', changed);
    return { ok: true, webhook: await present(deps, changed) };
  },
});

const overlap = z
  .number()
  .int()
  .min(0)
  .max(limits.webhookOverlapMsMax / 1000);

const rotate = defineRoute({
  method: 'post',
  path: `${path}/{id}/rotate`,
  tag,
  needs,
  alsoAnswers: [409],
  summary: 'Give a webhook another secret',
  description: 'For `overlap_seconds` more the former one signs beside it.',
  params,
  query: z.strictObject({ overlap_seconds: overlap.optional() }),
  response: madeSchema,
  handle: async ({ params: { id }, query, principal }, deps) => {
    const webhook = find(deps, principal, id);
    const rotated = await deps.webhooks.rotate(webhook, (query.overlap_seconds ?? 0) * 1000);
    await note(deps, principal, 'webhook.rotated', rotated);
    return { ok: true, secret: rotated.secret, webhook: await present(deps, rotated) };
  },
});

const remove = defineRoute({
  method: 'delete',
  path: `${path}/{id}`,
  tag,
  needs,
  alsoAnswers: [409],
  summary: 'Delete a webhook with its deliveries and its log',
  params,
  response: z.object({ ok: z.literal(true), deleted: z.literal(true) }),
  handle: async ({ params: { id }, principal }, deps) => {
    const webhook = find(deps, principal, id);
    await deps.webhooks.remove(webhook);
    await note(deps, principal, 'webhook.deleted', webhook);
    return { ok: true, deleted: true };
  },
});

const test = defineRoute({
  method: 'post',
  path: `${path}/{id}/test`,
  tag,
  needs,
  summary: 'Send a ping now, and tell what became of it',
  params,
  response: z.object({ ok: z.literal(true), delivered: z.boolean(), attempt: attemptSchema }),
  handle: async ({ params: { id }, principal }, deps) => {
    const attempt = presentAttempt(await deps.webhooks.test(find(deps, principal, id)));
    return { ok: true, delivered: attempt.delivered, attempt };
  },
});

const deliveries = defineRoute({
  method: 'get',
  path: `${path}/{id}/deliveries`,
  tag,
  needs,
  summary: 'Read the delivery log of a webhook, newest first',
  description:
    `What waits, what was given up (the newest ${limits.webhookDeadMax}), and what was tried in ` +
    `the last ${limits.webhookLogMax} attempts.`,
  params,
  query: z.strictObject({
    state: z.enum(deliveryStates).optional(),
    limit: z.number().int().min(1).max(limits.listLimitMax).optional(),
  }),
  response: z.object({
    ok: z.literal(true),
    results: z.array(deliverySchema),
    count: z.number().int().openapi({ description: 'Of all, also those beyond `limit`.' }),
  }),
  handle: async ({ params: { id }, query, principal }, deps) => {
    const webhook = find(deps, principal, id);
    const all = deliveriesOf(await deps.webhooks.deliveries(webhook));
    const found = all.filter(({ state }) => query.state === undefined || state === query.state);
    const results = found.slice(0, query.limit ?? limits.listLimitDefault);
    return { ok: true, results, count: found.length };
  },
});

const redeliver = defineRoute({
  method: 'post',
  path: `${path}/{id}/deliveries/{delivery}/redeliver`,
  tag,
  needs,
  summary: 'Send a delivery once more, with the same event id',
  params: z.strictObject({ id: z.string(), delivery: z.string() }),
  response: z.object({ ok: z.literal(true), delivery: deliverySchema }),
  handle: async ({ params: { id, delivery }, principal }, deps) => {
    const again = await deps.webhooks.redeliver(find(deps, principal, id), delivery);
    return { ok: true, delivery: presentDelivery(again) };
  },
});

/** Throws permission_denied where a namespace is named that the key may not read. */
function requireRead({ grants }: Principal, namespaces: readonly string[]): void {
  const namespace = namespaces.find(
    (pattern) => !covers(grants, [{ permissions: ['read'], namespaces: [pattern] }]),
  );
  if (namespace === undefined) return;
  const message = 'The key has no "read" permission in this namespace.';
  throw new MemoryError('permission_denied', message, {
    details: { permission: 'read', namespace },
  });
}

/** Throws webhook_not_found for one that others have made, too. */
function find({ webhooks }: AppDeps, principal: Principal, id: string): Webhook {
  const webhook = webhooks.get(principal.tenant, id);
  if (!mayManage(principal, webhook)) throw new MemoryError('webhook_not_found');
  return webhook;
}

/** Who made it; and an admin that may do whatever its key may do. */
function mayManage({ keyId, isAdmin, grants }: Principal, webhook: Webhook): boolean {
  return webhook.keyId === keyId || (isAdmin && covers(grants, webhook.grants));
}

async function present({ webhooks }: AppDeps, webhook: Webhook) {
  return presentWebhook(webhook, await webhooks.status(webhook));
}

function note(
  { auditLog }: AppDeps,
  { tenant, keyId: actor }: Principal,
  action: AuditAction,
  { id: target }: Webhook,
): Promise<void> {
  return auditLog.add(tenant, { actor, action, target });
}

export const webhookRoutes: readonly Mountable[] = [
  ...[list, create, get, change, rotate, remove],
  ...[test, deliveries, redeliver],
];
