/** /v1/dreams: start, list, read as a diff, apply, discard, undo, cancel. */
import { z } from '@hono/zod-openapi';
import { strategyIds } from '../../domain/dream.ts';
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import { defaultNamespace, parseNamespace } from '../../domain/names.ts';
import { dreamStates } from '../../engine/dream/stored-dream.ts';
import { dreamBodySchema, dreamRequestOf, shownAutoApplySchema } from '../dream-input.ts';
import { presentDiff, presentDream } from '../present-dream.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { jsonObjectSchema, shareSchema } from '../schemas.ts';

const path = '/v1/dreams';
const tag = 'Dreams';
const count = z.number().int();
const isoTime = z.string().openapi({ format: 'date-time' });
const strategy = z.enum(strategyIds);

export const dreamSchema = z
  .object({
    id: z.string(),
    namespace: z.string(),
    status: z.enum(dreamStates),
    strategies: z.array(strategy),
    dry_run: z.boolean(),
    schedule: z.string().nullable(),
    auto_apply: shownAutoApplySchema.nullable(),
    budget: z.object({
      memories: count,
      tokens: count,
      seconds: z.number(),
      dollars: z.number().nullable(),
    }),
    before: isoTime.nullable(),
    created_at: isoTime,
    ended_at: isoTime.nullable(),
    applied_at: isoTime.nullable(),
    undone_at: isoTime.nullable(),
    progress: z.object({ done: z.array(strategy), current: strategy.nullable() }),
    snapshot: z.object({ seq: count, memories: count, complete: z.boolean() }).nullable(),
    counts: z.object({
      ...{ added: count, updated: count, superseded: count, archived: count, linked: count },
      ...{ tokens_archived: count, tokens_added: count },
    }),
    notes: z.array(z.string()),
    dropped: z.array(z.object({ strategy, reason: z.string(), count })),
    spent: z
      .object({
        ...{ calls: count, input_tokens: count, output_tokens: count, dropped: count },
        dollars: z.number().nullable(),
      })
      .nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .openapi('Dream');

const ref = z.object({ id: z.string(), version: count });
const by = z.string().nullable();
const step = { action: z.string(), id: z.string() };

const diffSchema = z
  .object({
    actions: z.array(
      z.object({
        ...{ id: z.string(), strategy, reason: z.string(), confidence: shareSchema },
        status: z.enum(['pending', 'applied', 'dropped', 'discarded', 'undone']),
        why: z.string().nullable(),
        sources: z.array(ref),
      }),
    ),
    added: z.array(
      z.object({
        ...{ action: z.string(), id: z.string().nullable(), value: z.string().nullable() },
        ...{ type: z.string(), tags: z.array(z.string()), metadata: jsonObjectSchema },
        occurred_at: isoTime,
      }),
    ),
    updated: z.array(
      z.object({
        ...step,
        ...{ confidence: shareSchema.optional(), importance: shareSchema.optional() },
        valid_to: isoTime.nullable().optional(),
      }),
    ),
    superseded: z.array(z.object({ ...step, by })),
    archived: z.array(z.object({ ...step, by })),
    linked: z.array(
      z.object({ action: z.string(), type: z.string(), from: z.string(), to: z.string() }),
    ),
    memories: z
      .record(
        z.string(),
        z.object({
          ...{ content: z.string(), kind: z.string(), key: by, speaker: by, version: count },
          ...{ archived: z.boolean(), occurred_at: isoTime },
        }),
      )
      .openapi({ description: 'Those that the page names, as they are now.' }),
  })
  .openapi('DreamDiff');

const answer = z.object({ ok: z.literal(true), dream: dreamSchema });
const params = z.strictObject({ id: z.string() });

const start = defineRoute({
  method: 'post',
  path,
  tag,
  needs: 'dream',
  alsoAnswers: [404, 409],
  summary: 'Start a dream: a plan of changes that is read before it is applied',
  description:
    'It runs on when this answers; `wait_ms` waits for its end. Strategies run in their fixed ' +
    'order, `full_cycle` is all of them. Nothing is changed before somebody applies the plan, ' +
    'but what `auto_apply` allows. Needs `read` in the namespace too.',
  body: dreamBodySchema,
  response: answer,
  handle: async ({ body, scope }, { engine }) => {
    const { wait_ms: waitMs = 0, ...wanted } = body;
    const started = await engine.dreams.start(scope, dreamRequestOf(wanted));
    const dream = waitMs > 0 ? await engine.dreams.wait(scope, started.id, waitMs) : started;
    return { ok: true, dream: presentDream(dream) };
  },
});

const list = defineRoute({
  method: 'get',
  path,
  tag,
  needs: 'dream',
  alsoAnswers: [404],
  summary: 'List the dreams of a namespace, newest first',
  query: z.strictObject({
    namespace: z.string().optional(),
    limit: z.number().int().min(1).max(limits.dreamsKeptMax).optional(),
    cursor: z.string().optional(),
  }),
  response: z.object({
    ok: z.literal(true),
    results: z.array(dreamSchema),
    count,
    next_cursor: z.string().nullable(),
  }),
  handle: async ({ query, scope }, { engine }) => {
    const namespace = parseNamespace(query.namespace ?? defaultNamespace);
    const limit = query.limit ?? limits.listLimitDefault;
    const page = { limit, ...(query.cursor !== undefined && { before: cursorOf(query.cursor) }) };
    const found = await engine.dreams.list(scope, namespace, page);
    const results = found.map(presentDream);
    const next = found.length < limit ? null : (found.at(-1)?.id ?? null);
    return { ok: true, results, count: results.length, next_cursor: next };
  },
});

const get = defineRoute({
  method: 'get',
  path: `${path}/{id}`,
  tag,
  needs: 'dream',
  summary: 'Read a dream and its diff, page by page',
  description: '`wait_ms` waits for its end. While it runs the diff is empty.',
  params,
  query: z.strictObject({
    limit: z.number().int().min(1).max(limits.listLimitMax).optional(),
    cursor: z.string().optional(),
    wait_ms: z.number().int().min(0).max(limits.dreamWaitMsMax).optional(),
  }),
  response: answer.extend({ diff: diffSchema, next_cursor: z.string().nullable() }),
  handle: async ({ params, query, scope }, { engine }) => {
    const { limit = limits.listLimitDefault, cursor, wait_ms: waitMs = 0 } = query;
    if (waitMs > 0) await engine.dreams.wait(scope, params.id, waitMs);
    const after = cursor === undefined ? 0 : placeOf(cursor);
    const diff = await engine.dreams.diff(scope, params.id, { limit, after });
    return {
      ok: true,
      dream: presentDream(diff.dream),
      diff: presentDiff(diff),
      next_cursor: diff.next === undefined ? null : String(diff.next),
    };
  },
});

const apply = defineRoute({
  method: 'post',
  path: `${path}/{id}/apply`,
  tag,
  needs: 'dream',
  alsoAnswers: [409],
  summary: 'Apply a dream, or some of its actions, in one step',
  description:
    'All or nothing, also when the server is killed meanwhile. An action whose memories were ' +
    'changed or forgotten since is dropped; the diff says so.',
  params,
  body: z.strictObject({ actions: z.array(z.string()).min(1).max(10_000).optional() }),
  response: answer.extend({ applied: count, dropped: count }),
  handle: async ({ params, body, scope }, { engine, auditLog }) => {
    const outcome = await engine.dreams.apply(scope, params.id, body.actions);
    const { tenant, actor } = scope;
    await auditLog.add(tenant, { actor, action: 'dream.applied', target: params.id });
    const dream = await engine.dreams.read(scope, params.id);
    return { ok: true, dream: presentDream(dream), ...outcome };
  },
});

const discard = defineRoute({
  method: 'post',
  path: `${path}/{id}/discard`,
  tag,
  needs: 'dream',
  alsoAnswers: [409],
  summary: 'Discard what of a dream is not applied yet',
  params,
  response: answer,
  handle: async ({ params, scope }, { engine }) => {
    return { ok: true, dream: presentDream(await engine.dreams.discard(scope, params.id)) };
  },
});

const cancel = defineRoute({
  method: 'post',
  path: `${path}/{id}/cancel`,
  tag,
  needs: 'dream',
  alsoAnswers: [409],
  summary: 'End a dream that runs; it proposes nothing',
  params,
  response: answer,
  handle: async ({ params, scope }, { engine }) => {
    return { ok: true, dream: presentDream(await engine.dreams.cancel(scope, params.id)) };
  },
});

const undo = defineRoute({
  method: 'post',
  path: `${path}/{id}/undo`,
  tag,
  needs: 'dream',
  alsoAnswers: [409],
  summary: 'Undo a dream: what it changed is as it was, and what it added is gone',
  description:
    'A later write is never reverted: it is a conflict, and nothing is undone unless `partial` ' +
    'is true; then all the rest is. What was forgotten since does not come back.',
  params,
  body: z.strictObject({ partial: z.boolean().optional() }),
  response: answer.extend({
    ...{ restored: count, removed: count, forgotten: count },
    conflicts: z.array(z.object({ id: z.string(), reason: z.string() })),
  }),
  handle: async ({ params, body, scope }, { engine, auditLog }) => {
    const outcome = await engine.dreams.undo(scope, params.id, body.partial ?? false);
    const { tenant, actor } = scope;
    await auditLog.add(tenant, { actor, action: 'dream.undone', target: params.id });
    const dream = await engine.dreams.read(scope, params.id);
    return { ok: true, dream: presentDream(dream), ...outcome };
  },
});

function cursorOf(text: string): string {
  if (/^dream_[0-9a-f-]{36}$/.test(text)) return text;
  throw new MemoryError('invalid_cursor');
}

function placeOf(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new MemoryError('invalid_cursor');
}

export const dreamRoutes: readonly Mountable[] = [
  ...[start, list, get, apply, discard, cancel, undo],
];
