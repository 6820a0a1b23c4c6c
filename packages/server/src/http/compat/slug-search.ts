/** Searches under other names: /v1/memory-search, /v1/memory-search-semantic, -tag-search. */
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { search, searchBodySchema } from '../routes/search.ts';
import { resultSchema, searchAnswerSchema, tagsSchema } from '../schemas.ts';
import { slugAnswer } from './slug.ts';

const count = z.number().int();
const dataSchema = z.object({ results: z.array(resultSchema), count, query: z.string() });

const wrapped = defineRoute({
  method: 'post',
  path: '/v1/memory-search',
  tag: 'Recall',
  needs: 'read',
  summary: 'Find memories; the answer also lies in `data`',
  description:
    'What `POST /v1/memory/search` answers, and `results`, `count` and `query` in `data`.',
  body: searchBodySchema,
  response: searchAnswerSchema.extend({ data: dataSchema }),
  handle: async ({ body, scope, context }, deps) => {
    const answer = await search(deps, scope, body, context.get('arrivedAt'));
    const { results, count, query } = answer;
    return { ...answer, data: { results, count, query } };
  },
});

const semantic = defineRoute({
  method: 'post',
  path: '/v1/memory-search-semantic',
  aliases: ['/v1/memory-vector-search'],
  tag: 'Recall',
  needs: 'read',
  summary: 'Find memories, with the words that matched and a snippet',
  description: 'By meaning, words and entities together; `signals` switches single ones off.',
  body: searchBodySchema
    .omit({ threshold: true })
    .extend({ min_score: searchBodySchema.shape.threshold })
    .openapi('SemanticSearch'),
  response: slugAnswer({
    results: z.array(
      resultSchema.extend({ matched_words: z.array(z.string()), snippet: z.string() }),
    ),
    count,
    query: z.string(),
  }),
  handle: async ({ body: { min_score: threshold, ...body }, scope, context }, deps) => {
    const asked = { ...body, ...(threshold !== undefined && { threshold }) };
    const { results, ...answer } = await search(deps, scope, asked, context.get('arrivedAt'));
    const shown = results.map((result) => ({
      ...result,
      matched_words: result.matched.terms,
      snippet: result.content.slice(result.passage.start, result.passage.end),
    }));
    return { ok: true, data: { results: shown, count: answer.count, query: answer.query } };
  },
});

const byTags = defineRoute({
  method: 'post',
  path: '/v1/memory-tag-search',
  tag: 'Recall',
  needs: 'read',
  summary: 'Find the newest memories that have all the tags',
  body: z
    .strictObject({
      tags: tagsSchema.optional(),
      tag: z.string().optional(),
      namespace: z.string().optional(),
      limit: z.number().int().min(1).max(limits.searchLimitMax).optional(),
    })
    .openapi('TagSearch'),
  response: slugAnswer({ results: z.array(resultSchema), count }),
  handle: async ({ body, scope, context }, deps) => {
    const { tag, tags = [], namespace, limit = limits.searchLimitMax } = body;
    const wanted = tag === undefined ? tags : [...tags, tag];
    if (wanted.length === 0) {
      const details = { field: 'tags' };
      throw new MemoryError('invalid_request', 'Name at least one tag.', { details });
    }
    const asked = { query: '', tags: wanted, limit, ...(namespace !== undefined && { namespace }) };
    const { results, count } = await search(deps, scope, asked, context.get('arrivedAt'));
    return { ok: true, data: { results, count } };
  },
});

export const slugSearchRoutes: readonly Mountable[] = [wrapped, semantic, byTags];
