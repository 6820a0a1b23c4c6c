/** POST and GET /v1/memory/search. */
import { z } from '@hono/zod-openapi';
import type { Principal } from '../../access/key-ring.ts';
import { limits } from '../../domain/limits.ts';
import { audiences, kinds } from '../../domain/memory.ts';
import { defaultNamespace, parseNamespace } from '../../domain/names.ts';
import type { RecallFilter } from '../../engine/recall/filter.ts';
import { allSignals } from '../../engine/recall/query.ts';
import { namespaceFrom } from '../compat/store-body.ts';
import type { AppDeps } from '../context.ts';
import { presentResult } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { searchAnswerSchema } from '../schemas.ts';

const tagFilterSchema = z
  .union([
    z.array(z.string()),
    z.strictObject({ any: z.array(z.string()).optional(), all: z.array(z.string()).optional() }),
  ])
  .openapi({ description: 'A list means all of them; or {"any": [...], "all": [...]}.' });

const rerankDoc =
  'Whether a model reads the first 30 results again. Absent: whether the server has one.';

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
    signals: z
      .strictObject({
        vector: z.boolean().optional(),
        text: z.boolean().optional(),
        entity: z.boolean().optional(),
        thread: z.boolean().optional(),
      })
      .optional()
      .openapi({ description: 'Switches single ways of finding off.' }),
    rerank: z.boolean().optional().openapi({ description: rerankDoc }),
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
  rerank: z.stringbool().optional().openapi({ type: 'boolean', description: rerankDoc }),
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
  const { results, degraded, rerankTimeMs } = await engine.recall(
    { tenant: principal.tenant },
    {
      query: body.query,
      namespace: parseNamespace(namespaceFrom(body) ?? defaultNamespace),
      limit: body.limit ?? limits.searchLimitDefault,
      threshold: body.threshold ?? 0,
      filter: filterOf(body),
      signals: { ...allSignals, ...body.signals } as typeof allSignals,
      ...(body.rerank !== undefined && { rerank: body.rerank }),
    },
  );
  return {
    ok: true,
    results: results.map(presentResult),
    count: results.length,
    ...(degraded.length > 0 && { degraded: [...degraded] }),
    query: body.query,
    query_time_ms: toThousandths(performance.now() - arrivedAt),
    ...(rerankTimeMs !== undefined && { rerank_time_ms: toThousandths(rerankTimeMs) }),
  };
}

function toThousandths(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function filterOf(body: SearchBody): RecallFilter {
  const { tags, key, kind, type, audience, speaker } = body;
  const named = Array.isArray(tags) ? { all: tags } : tags;
  return {
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
