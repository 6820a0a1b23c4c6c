/** POST /v1/remember and POST /v1/recall, in the shapes of the REST guide. */
import { z } from '@hono/zod-openapi';
import { defaultNamespace } from '../../domain/names.ts';
import { iso } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { search, searchBodySchema } from '../routes/search.ts';
import {
  resultSchema,
  searchAnswerSchema,
  storeAnswerSchema,
  storeBodySchema,
} from '../schemas.ts';
import { storeInput } from '../store-input.ts';

const remember = defineRoute({
  method: 'post',
  path: '/v1/remember',
  tag: 'Store',
  needs: 'write',
  summary: 'Remember a text',
  description:
    'Without a key: each call makes a memory of its own. `POST /v1/memory-set` takes more.',
  body: storeBodySchema
    .pick({
      ...{ tags: true, namespace: true, user_id: true, metadata: true, type: true },
      ...{ occurred_at: true, timestamp: true, expires_at: true, ttl_seconds: true, ttl: true },
    })
    .extend({ content: z.string() })
    .openapi('Remember'),
  once: true,
  status: 201,
  response: storeAnswerSchema
    .pick({ id: true, namespace: true, created_at: true, erased: true })
    .extend({
      content: z.string().nullable(),
      tags: z.array(z.string()),
      metadata: z.record(z.string(), z.unknown()),
    })
    .openapi('Remembered'),
  handle: async ({ body, scope }, { engine }) => {
    const { namespace, input } = storeInput(body, defaultNamespace, Date.now());
    const { id, createdAt, memory } = await engine.store(scope, namespace, input);
    return {
      id,
      content: memory?.body.value ?? null,
      tags: memory?.body.tags ?? [],
      namespace,
      metadata: memory?.body.metadata ?? {},
      created_at: iso(createdAt),
      ...(memory === null && { erased: true }),
    };
  },
});

const recall = defineRoute({
  method: 'post',
  path: '/v1/recall',
  tag: 'Recall',
  needs: 'read',
  summary: 'Find memories; they come as `memories`',
  description: 'A search as `POST /v1/memory/search` does it. `total` counts what is shown.',
  body: searchBodySchema,
  response: searchAnswerSchema
    .omit({ results: true, count: true })
    .extend({ memories: z.array(resultSchema), total: z.number().int() })
    .openapi('Recalled'),
  handle: async ({ body, scope, context }, deps) => {
    const { results, count, ...rest } = await search(deps, scope, body, context.get('arrivedAt'));
    return { ...rest, memories: results, total: count };
  },
});

export const restGuideRoutes: readonly Mountable[] = [remember, recall];
