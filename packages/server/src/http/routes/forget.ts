/** POST and DELETE /v1/forget, receipts, and DELETE /v1/namespaces/{namespace}. */
import { z } from '@hono/zod-openapi';
import type { AuditAction } from '../../access/audit-log.ts';
import { MemoryError } from '../../domain/errors.ts';
import { parseMemoryId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { audiences, type TenantId } from '../../domain/memory.ts';
import { defaultNamespace, parseKey, parseNamespace } from '../../domain/names.ts';
import type { ForgetAnswer, ForgetRequest } from '../../engine/forget/forget.ts';
import { forgetStates, type Selector, selectors } from '../../engine/forget/receipt.ts';
import type { ForgetSelector } from '../../engine/forget/selection.ts';
import type { RecallFilter } from '../../engine/recall/filter.ts';
import type { Scope } from '../../engine/scope.ts';
import type { AppDeps } from '../context.ts';
import { pageAsked, pageFields } from '../page-by-id.ts';
import { presentForget, presentReceipt } from '../present-forget.ts';
import { filterFields, filterOf } from '../recall-input.ts';
import { defineRoute, type Mountable } from '../route.ts';

const count = z.number().int();
const isoTime = z.string().openapi({ format: 'date-time' });

const countsSchema = z.object({
  memories: count,
  derived: count.openapi({ description: 'Of them, memories that were made of others of them.' }),
  versions: count,
  vectors: count,
  attachments: count,
  kept: count.openapi({
    description:
      'Memories for the `system` audience that stay: the key has no `system` permission.',
  }),
});

const receiptSchema = z
  .object({
    id: z.string(),
    state: z.enum(forgetStates),
    selector: z.enum(selectors),
    namespace: z.string().nullable(),
    namespace_gone: z.boolean(),
    counts: countsSchema,
    asked_at: isoTime,
    hidden: z.object({ seq: count.nullable(), at: isoTime }).nullable(),
    erased_at: isoTime.nullable(),
    out_of_reach: z.array(z.object({ what: z.string(), note: z.string() })),
  })
  .openapi('ForgetReceipt');

export const forgetAnswerSchema = z
  .object({
    ok: z.literal(true),
    dry_run: z.boolean(),
    forgotten: count,
    deleted: z.boolean(),
    namespace: z.string().nullable(),
    counts: countsSchema.openapi({ description: 'Of a dry run: what would go.' }),
    receipt: receiptSchema.nullable(),
  })
  .openapi('Forgotten');

/** A past state has nothing that could be forgotten: whoever names it means something else. */
const { as_of: _asOf, key: _key, ...conditionFields } = filterFields;
const conditions = { ...conditionFields, audience: z.enum(audiences).optional() };
const conditionNames = Object.keys(conditions);

const careFields = {
  dry_run: z.boolean().optional().openapi({ description: 'Only counts.' }),
  confirm: z.boolean().optional(),
  expected_count: count.min(0).optional().openapi({
    description: 'In place of `confirm`: the number of memories, as a dry run counts them.',
  }),
};

const forgetBodySchema = z
  .strictObject({
    memory_id: z.string().optional(),
    id: z.string().optional(),
    key: z.string().optional(),
    namespace: z.string().optional(),
    ...conditions,
    ...careFields,
  })
  .openapi('Forget');
type ForgetBody = z.infer<typeof forgetBodySchema>;

const route = (method: 'post' | 'delete') =>
  defineRoute({
    method,
    path: '/v1/forget',
    alsoAnswers: [404],
    tag: 'Forget',
    needs: 'forget',
    summary: 'Forget by id, by key, or by filter',
    description:
      'By key: the whole thread and every version of the fact. By filter, with `confirm` or ' +
      '`expected_count`: every memory of the named namespace that meets it, replaced, archived ' +
      'and expired ones too. What was made of a forgotten memory goes with it. The receipt ' +
      'counts what is gone and holds no content.',
    body: forgetBodySchema,
    once: true,
    response: forgetAnswerSchema,
    handle: async ({ body, scope }, deps) =>
      presentForget(await forget(deps, scope, requestOf(body))),
  });

/** What goes by id or key has its receipt; what takes many with it is in the log of the tenant. */
export async function forget(
  { engine, auditLog }: AppDeps,
  scope: Scope,
  request: ForgetRequest,
): Promise<ForgetAnswer> {
  const answer = await engine.forget(scope, request);
  const { receipt } = answer;
  const action = receipt && loggedAs[receipt.selector];
  const { tenant, actor } = scope;
  if (action) await auditLog.addOnce(tenant, { actor, action, target: receipt.id });
  return answer;
}

const loggedAs: Partial<Record<Selector, AuditAction>> = {
  filter: 'memories.forgotten',
  namespace: 'namespace.forgotten',
};

function requestOf(body: ForgetBody): ForgetRequest {
  return { ...selectorOf(body), ...careOf(body) };
}

function careOf({
  dry_run: dryRun,
  confirm: isConfirmed,
  expected_count: expectedCount,
}: Pick<ForgetBody, keyof typeof careFields>): Omit<ForgetRequest, keyof ForgetSelector> {
  return {
    ...(dryRun !== undefined && { dryRun }),
    ...(isConfirmed !== undefined && { isConfirmed }),
    ...(expectedCount !== undefined && { expectedCount }),
  };
}

function selectorOf(body: ForgetBody): ForgetSelector {
  const id = body.memory_id ?? body.id;
  const hasConditions = Object.entries(body).some(
    ([name, value]) => conditionNames.includes(name) && value !== undefined,
  );
  const namespace = body.namespace === undefined ? undefined : parseNamespace(body.namespace);
  if (id !== undefined) {
    if (body.key !== undefined) throw twice('key');
    if (hasConditions) throw twice('filter');
    return { memoryId: parseMemoryId(id), ...(namespace && { namespace }) };
  }
  if (hasConditions) {
    if (namespace === undefined) throw unnamed();
    return { filter: narrowing(filterOf(body)), namespace };
  }
  // A namespace alone may be a selector that was lost on the way: it has a route of its own.
  if (body.key === undefined) throw new MemoryError('empty_selector');
  return { key: parseKey(body.key), namespace: namespace ?? defaultNamespace };
}

function twice(field: string): MemoryError {
  const message = 'Send memory_id, key or a filter, and only one of them.';
  return new MemoryError('invalid_request', message, { details: { field } });
}

function unnamed(): MemoryError {
  const message = 'Name the namespace: a filter is asked of one, and never of all.';
  return new MemoryError('invalid_request', message, { details: { field: 'namespace' } });
}

/** A filter without a condition would be everything: nobody means that by mistake. */
function narrowing(filter: RecallFilter): RecallFilter {
  const { tagsAll, ...others } = filter;
  const isNarrow = (tagsAll?.length ?? 0) > 0 || Object.keys(others).length > 0;
  if (isNarrow) return filter;
  throw new MemoryError('empty_selector', 'The filter has no condition.');
}

const removeNamespace = defineRoute({
  method: 'delete',
  path: '/v1/namespaces/{namespace}',
  tag: 'Forget',
  needs: 'forget',
  summary: 'Forget a namespace with all that it holds',
  description: 'With `confirm=true` or `expected_count`; its name goes too.',
  params: z.strictObject({ namespace: z.string() }),
  query: z.strictObject(careFields),
  once: true,
  response: forgetAnswerSchema,
  handle: async ({ params, query, scope }, deps) => {
    const namespace = parseNamespace(params.namespace);
    return presentForget(
      await forget(deps, scope, { everything: true, namespace, ...careOf(query) }),
    );
  },
});

const receipt = defineRoute({
  method: 'get',
  path: '/v1/forget/{receipt}',
  tag: 'Forget',
  needs: 'forget',
  summary: 'Read a receipt',
  description:
    '`hidden`: no answer shows it any more. `erased`: its bytes have left the files too, which a ' +
    'compaction does.',
  params: z.strictObject({ receipt: z.string() }),
  response: z.object({ ok: z.literal(true), receipt: receiptSchema }),
  handle: async ({ params, scope }, { engine }) => {
    return { ok: true, receipt: presentReceipt(await engine.forgetReceipt(scope, params.receipt)) };
  },
});

const receipts = defineRoute({
  method: 'get',
  path: '/v1/forget',
  tag: 'Forget',
  needs: 'forget',
  summary: 'List receipts, newest first, page by page',
  query: z.strictObject({
    namespace: z.string().optional().openapi({ description: 'Also one that is gone.' }),
    limit: count.min(1).max(limits.listLimitMax).optional(),
    cursor: z.string().optional(),
  }),
  response: z
    .object({
      ok: z.literal(true),
      results: z.array(receiptSchema),
      count,
      next_cursor: z.string().nullable(),
    })
    .openapi('ForgetReceipts'),
  handle: async ({ query, scope }, { engine }) => {
    const page = await engine.forgetReceipts(scope, {
      limit: query.limit ?? limits.listLimitDefault,
      ...(query.namespace !== undefined && { namespace: parseNamespace(query.namespace) }),
      ...(query.cursor !== undefined && { before: query.cursor }),
    });
    const results = page.receipts.map(presentReceipt);
    return { ok: true, results, count: results.length, next_cursor: page.nextBefore ?? null };
  },
});

const tenantReceiptSchema = receiptSchema.extend({ tenant: z.string() });

const allReceipts = defineRoute({
  method: 'get',
  path: '/v1/admin/receipts',
  tag: 'Admin',
  needs: 'operator',
  summary: 'List receipts of every tenant, page by page',
  description:
    'Tenant by tenant, of each the newest first; also of tenants that are gone, whose receipts ' +
    'nobody else can read. `namespace` is null: names belong to their tenant.',
  query: z.strictObject({ ...pageFields, tenant: z.string().optional() }),
  response: z
    .object({
      ok: z.literal(true),
      results: z.array(tenantReceiptSchema),
      count,
      next_cursor: z.string().nullable(),
    })
    .openapi('TenantReceipts'),
  handle: async ({ query }, { engine }) => {
    const { limit, after } = pageAsked(query);
    const page = await engine.allForgetReceipts({
      limit,
      ...(query.tenant !== undefined && { tenant: query.tenant as TenantId }),
      ...(after !== undefined && { before: after }),
    });
    const results = page.receipts.map((one) => ({ ...presentReceipt(one), tenant: one.tenant }));
    return { ok: true, results, count: results.length, next_cursor: page.nextBefore ?? null };
  },
});

export const forgetRoutes: readonly Mountable[] = [
  route('post'),
  route('delete'),
  receipts,
  allReceipts,
  receipt,
  removeNamespace,
];
