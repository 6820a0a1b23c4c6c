/** POST and GET /v1/memory/search. */
import { z } from '@hono/zod-openapi';
import type { Principal } from '../../access/key-ring.ts';
import { limits } from '../../domain/limits.ts';
import { audiences, kinds } from '../../domain/memory.ts';
import { defaultNamespace, parseNamespace } from '../../domain/names.ts';
import type { RecallFilter } from '../../engine/recall/filter.ts';
import { allSignals } from '../../engine/recall/query.ts';
import { timeModes } from '../../engine/recall/time.ts';
import { namespaceFrom } from '../compat/store-body.ts';
import type { AppDeps } from '../context.ts';
import { presentResult, presentTime } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { searchAnswerSchema, timeFilterFrom, timeFilterShape, timeSchema } from '../schemas.ts';

const tagFilterSchema = z
  .union([
    z.array(z.string()),
    z.strictObject({ any: z.array(z.string()).optional(), all: z.array(z.string()).optional() }),
  ])
  .openapi({ description: 'A list means all of them; or {"any": [...], "all": [...]}.' });

const searchBodySchema = z
  .strictObject({
    query: z.string(),
    namespace: z.string().optional(),
    user_id: z.string().optional(),
    limit: z.number().int().min(1).max(limits.searchLimitMax).optional(),
    threshold: z.number().min(0).max(1).optional(),
    tags: tagFilterSchema.optional(),
    key: z.string().optional(),
    kind: z.enum(kinds).optional(),
    type: z.string().optional(),
    audience: z.enum(audiences).optional(),
    speaker: z.string().optional(),
    ...timeFilterShape,
    signals: z
      .strictObject({
        vector: z.boolean().optional(),
        text: z.boolean().optional(),
        entity: z.boolean().optional(),
        thread: z.boolean().optional(),
        time: z.boolean().optional(),
      })
      .optional()
      .openapi({ description: 'Switches single ways of finding off.' }),
    time: z
      .enum(timeModes)
      .optional()
      .openapi({
        description:
          'auto, the default, prefers memories of a time that the question names; filter leaves ' +
          'all others out; off reads no time.',
      }),
    reference_time: timeSchema.optional().openapi({
      description: 'When the question is asked, for "last week"; now by default.',
    }),
    query_timestamp: timeSchema.optional(),
    reference_date: timeSchema.optional(),
    recency: z.number().min(0).max(1).optional().openapi({
      description: 'How much age counts against a memory: 0 not at all (the default), 1 in full.',
    }),
    collapse: z.boolean().optional().openapi({
      description: 'false shows memories that say the same one by one; true by default.',
    }),
  })
  .openapi('Search');

type SearchBody = z.infer<typeof searchBodySchema>;

const post = defineRoute({
  method: 'post',
  path: '/v1/memory/search',
  aliases: ['/v1/memory-search'],
  tag: 'Recall',
  summary: 'Find memories for a question',
  description:
    'Best first, found by meaning, words and entities. An empty query gives the newest. A ' +
    'namespace that does not exist is empty.',
  body: searchBodySchema,
  response: searchAnswerSchema,
  handle: async ({ body, principal, context }, deps) =>
    search(deps, principal, body, context.get('arrivedAt')),
});

const searchQuerySchema = z.strictObject({
  query: z.string(),
  namespace: z.string().optional(),
  user_id: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(limits.searchLimitMax).optional(),
  threshold: z.coerce.number().min(0).max(1).optional(),
  ...timeFilterShape,
});

const getRoute = defineRoute({
  method: 'get',
  path: '/v1/memory/search',
  tag: 'Recall',
  summary: 'Find memories, with the question in the query string',
  query: searchQuerySchema,
  response: searchAnswerSchema,
  handle: async ({ query, principal, context }, deps) =>
    search(deps, principal, query, context.get('arrivedAt')),
});

/** The time in the answer counts from the arrival: waiting in line is part of it. */
async function search(
  { engine }: AppDeps,
  principal: Principal,
  body: SearchBody,
  arrivedAt: number,
) {
  const referenceTime = body.reference_time ?? body.query_timestamp ?? body.reference_date;
  const { results, time, degraded } = await engine.recall(
    { tenant: principal.tenant },
    {
      query: body.query,
      namespace: parseNamespace(namespaceFrom(body) ?? defaultNamespace),
      limit: body.limit ?? limits.searchLimitDefault,
      threshold: body.threshold ?? 0,
      filter: filterOf(body),
      signals: { ...allSignals, ...body.signals } as typeof allSignals,
      collapse: body.collapse ?? true,
      time: body.time ?? 'auto',
      ...(referenceTime !== undefined && { referenceTime }),
      recency: body.recency ?? 0,
    },
  );
  return {
    ok: true,
    results: results.map(presentResult),
    count: results.length,
    ...(time && { time: presentTime(time) }),
    ...(degraded.length > 0 && { degraded: [...degraded] }),
    query: body.query,
    query_time_ms: Math.round((performance.now() - arrivedAt) * 1000) / 1000,
  };
}

function filterOf(body: SearchBody): RecallFilter {
  const { tags, key, kind, type, audience, speaker } = body;
  const named = Array.isArray(tags) ? { all: tags } : tags;
  return {
    ...timeFilterFrom(body),
    ...(named?.all && { tagsAll: named.all }),
    ...(named?.any && { tagsAny: named.any }),
    ...(key !== undefined && { key }),
    ...(kind !== undefined && { kind }),
    ...(type !== undefined && { type }),
    ...(audience !== undefined && { audience }),
    ...(speaker !== undefined && { speaker }),
  };
}

export const searchRoutes: readonly Mountable[] = [post, getRoute];
