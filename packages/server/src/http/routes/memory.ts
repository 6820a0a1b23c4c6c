/** Reading memories: GET /v1/memory, GET and DELETE /v1/memory/{id}, POST /v1/memory-get. */
import { z } from '@hono/zod-openapi';
import { parseMemoryId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { kinds } from '../../domain/memory.ts';
import { defaultNamespace, parseKey, parseNamespace, parseTag } from '../../domain/names.ts';
import { foundEntrySchema, presentFound } from '../compat/slug.ts';
import { presentMemory } from '../present.ts';
import { presentForget } from '../present-forget.ts';
import { filterTextFields, jsonOf, whereOf } from '../recall-input.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { jsonSchema, memorySchema, timeFilterFrom, timeFilterShape } from '../schemas.ts';
import { forgetAnswerSchema } from './forget.ts';

const listQuerySchema = z.strictObject({
  namespace: z.string().optional(),
  key: z.string().optional(),
  tag: z.string().optional(),
  kind: z.enum(kinds).optional(),
  archived: z.enum(['true', 'false', 'only']).optional().openapi({
    description: 'Archived memories too (`true`), or those alone (`only`), to be restored.',
  }),
  order: z.enum(['asc', 'desc']).optional(),
  limit: z.number().int().min(1).max(limits.listLimitMax).optional(),
  cursor: z.string().optional(),
  ...filterTextFields,
  ...timeFilterShape,
});

const archivedFrom = { true: 'too', false: 'not', only: 'only' } as const;

const list = defineRoute({
  method: 'get',
  path: '/v1/memory',
  aliases: ['/v1/memory/list'],
  tag: 'List',
  needs: 'read',
  summary: 'List memories, newest first, page by page',
  description:
    'Pass `next_cursor` back as `cursor` until it is null. Replaced, archived and expired ' +
    'memories are left out; `as_of` shows what was known then. With a filter a page may be ' +
    'short without being the last.',
  query: listQuerySchema,
  response: z
    .object({
      ok: z.literal(true),
      results: z.array(memorySchema),
      count: z.number().int(),
      next_cursor: z.string().nullable(),
    })
    .openapi('Page'),
  handle: async ({ query, scope }, { engine }) => {
    const where = whereOf({ filter: jsonOf(query.filter), filters: jsonOf(query.filters) });
    const { memories, nextCursor } = await engine.list(scope, {
      namespace: parseNamespace(query.namespace ?? defaultNamespace),
      order: query.order ?? 'desc',
      limit: query.limit ?? limits.listLimitDefault,
      ...(query.cursor !== undefined && { cursor: query.cursor }),
      ...(query.key !== undefined && { key: parseKey(query.key) }),
      ...(query.kind !== undefined && { kind: query.kind }),
      ...(query.tag !== undefined && { tag: parseTag(query.tag, 'tag') }),
      ...(where && { where }),
      ...(query.archived !== undefined && { archived: archivedFrom[query.archived] }),
      ...timeFilterFrom(query),
    });
    const results = memories.map(presentMemory);
    return { ok: true, results, count: results.length, next_cursor: nextCursor ?? null };
  },
});

const idParams = z.strictObject({ id: z.string() });
const namespaceQuery = z.strictObject({ namespace: z.string().optional() });

const { valid_at, as_of } = timeFilterShape;
/** Where one memory is asked for: which version, and whether it held. */
const timesShape = { valid_at, as_of };

const get = defineRoute({
  method: 'get',
  path: '/v1/memory/{id}',
  tag: 'List',
  needs: 'read',
  summary: 'Read one memory',
  description:
    '`as_of` shows the version that was current then. With `valid_at` a memory that did not hold ' +
    'then, in that version, is not found.',
  params: idParams,
  query: namespaceQuery.extend(timesShape),
  response: z.object({ ok: z.literal(true), memory: memorySchema }),
  handle: async ({ params, query, scope }, { engine }) => {
    const memory = await engine.get(scope, parseMemoryId(params.id), {
      ...(query.namespace !== undefined && { namespace: parseNamespace(query.namespace) }),
      ...timeFilterFrom(query),
    });
    return { ok: true, memory: presentMemory(memory) };
  },
});

const remove = defineRoute({
  method: 'delete',
  path: '/v1/memory/{id}',
  tag: 'Forget',
  needs: 'forget',
  summary: 'Forget one memory',
  params: idParams,
  query: namespaceQuery,
  once: true,
  response: forgetAnswerSchema,
  handle: async ({ params, query, scope }, { engine }) => {
    const memoryId = parseMemoryId(params.id);
    const namespace =
      query.namespace === undefined ? {} : { namespace: parseNamespace(query.namespace) };
    return presentForget(await engine.forget(scope, { memoryId, ...namespace }));
  },
});

const byKey = defineRoute({
  method: 'post',
  path: '/v1/memory-get',
  aliases: ['/v1/memory/retrieve'],
  tag: 'List',
  needs: 'read',
  summary: 'Read the memory of a key',
  description:
    'The current fact, else the last turn of the thread. A miss is `found: false`. With `as_of` ' +
    'and `valid_at`: the fact that was current and held then, and the turns of then.',
  body: z
    .strictObject({ key: z.string(), namespace: z.string().optional(), ...timesShape })
    .openapi('GetByKey'),
  response: z
    .object({
      ok: z.literal(true),
      found: z.boolean(),
      key: z.string(),
      namespace: z.string(),
      value: jsonSchema,
      turns: z.number().int(),
      memory: memorySchema.nullable(),
      data: foundEntrySchema,
    })
    .openapi('KeyAnswer'),
  handle: async ({ body, scope }, { engine, clock }) => {
    const key = parseKey(body.key);
    const namespace = parseNamespace(body.namespace ?? defaultNamespace);
    const asked = timeFilterFrom(body);
    const { memory, turns } = await engine.getByKey(scope, namespace, key, asked);
    return {
      ok: true,
      found: memory !== null,
      key,
      namespace,
      value: memory?.body.value ?? null,
      turns,
      memory: memory && presentMemory(memory),
      data: presentFound({ key, namespace, memory }, clock.now()),
    };
  },
});

export const memoryRoutes: readonly Mountable[] = [list, byKey, get, remove];
