/** POST and GET /v1/memory/search. */
import { z } from '@hono/zod-openapi';
import { limits } from '../../domain/limits.ts';
import { defaultNamespace, parseNamespace } from '../../domain/names.ts';
import type { Scope } from '../../engine/scope.ts';
import { foundSchema, inFormat, searchFormat } from '../compat/search-format.ts';
import { namespaceFrom, onlyOne } from '../compat/store-body.ts';
import type { AppDeps } from '../context.ts';
import { presentResult, presentTime } from '../present.ts';
import { presentRecallExplanation } from '../present-explanation.ts';
import {
  filterOf,
  filterTextFields,
  jsonOf,
  queryTimeMs,
  recallOptionsOf,
  rerankDoc,
  searchFields,
  toThousandths,
} from '../recall-input.ts';
import { defineRoute, type Mountable } from '../route.ts';

export const searchBodySchema = z
  .strictObject({
    ...searchFields,
    top_k: searchFields.limit,
    rerank: z.boolean().optional().openapi({ description: rerankDoc }),
    explain: z.boolean().optional().openapi({
      description: 'Each result says how its score came about, and the answer how it was made.',
    }),
  })
  .openapi('Search');

export type SearchBody = z.infer<typeof searchBodySchema>;

const post = defineRoute({
  method: 'post',
  path: '/v1/memory/search',
  tag: 'Recall',
  needs: 'read',
  summary: 'Find memories for a question',
  description:
    'Best first, found by meaning, words and entities. An empty query gives the newest. A ' +
    'namespace that does not exist is empty.',
  body: searchBodySchema,
  query: z.strictObject(searchFormat),
  response: foundSchema,
  handle: async ({ body, query, scope, context }, deps) =>
    inFormat(query.format, await search(deps, scope, body, context.get('arrivedAt'))),
});

/** What has parts, `signals` and `any` of tags, has no place in a query string. */
const searchQuerySchema = searchBodySchema.omit({ signals: true }).extend({
  ...filterTextFields,
  tags: z.array(z.string()).optional().openapi({
    description: 'All of them; repeated, or with commas between.',
  }),
  ...searchFormat,
});

const getRoute = defineRoute({
  method: 'get',
  path: '/v1/memory/search',
  tag: 'Recall',
  needs: 'read',
  summary: 'Find memories, with the question in the query string',
  description:
    'What POST takes, but for `signals` and the `any` of `tags`. Each parameter is given once; ' +
    '`tags` may be repeated.',
  query: searchQuerySchema,
  response: foundSchema,
  handle: async ({ query: { format, ...query }, scope, context }, deps) => {
    const body = { ...query, filter: jsonOf(query.filter), filters: jsonOf(query.filters) };
    return inFormat(format, await search(deps, scope, body, context.get('arrivedAt')));
  },
});

/** `arrivedAt`: when the request came in, on the clock of `performance.now()`. */
export async function search(
  { engine }: AppDeps,
  scope: Scope,
  body: SearchBody,
  arrivedAt: number,
) {
  const { results, time, explanation, degraded, rerankTimeMs } = await engine.recall(scope, {
    query: body.query,
    namespace: parseNamespace(namespaceFrom(body) ?? defaultNamespace),
    limit: onlyOne({ limit: body.limit, top_k: body.top_k }) ?? limits.searchLimitDefault,
    threshold: body.threshold ?? 0,
    filter: filterOf(body),
    ...recallOptionsOf(body),
    ...(body.rerank !== undefined && { rerank: body.rerank }),
    explain: body.explain ?? false,
  });
  return {
    ok: true,
    results: results.map(presentResult),
    count: results.length,
    ...(time && { time: presentTime(time) }),
    ...(explanation && { explanation: presentRecallExplanation(explanation) }),
    ...(degraded.length > 0 && { degraded: [...degraded] }),
    query: body.query,
    query_time_ms: queryTimeMs(arrivedAt),
    ...(rerankTimeMs !== undefined && { rerank_time_ms: toThousandths(rerankTimeMs) }),
  };
}

export const searchRoutes: readonly Mountable[] = [post, getRoute];
