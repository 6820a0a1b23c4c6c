/** POST /v1/memory-set and POST /v1/memory/bulk. */
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import { defaultNamespace, parseNamespace } from '../../domain/names.ts';
import type { StoreOutcome } from '../../engine/store/store.ts';
import { errorFromIssues, wireError } from '../errors.ts';
import { presentIndexed, presentMemory } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { storeAnswerSchema, storeBodySchema } from '../schemas.ts';
import { storeInput } from '../store-input.ts';

const set = defineRoute({
  method: 'post',
  path: '/v1/memory-set',
  aliases: ['/v1/memory/store', '/v1/memories'],
  tag: 'Store',
  summary: 'Store one memory',
  description:
    'Durable and findable when it answers. A value with role-labelled lines or the tag ' +
    '`conversation` is appended to the thread of its key; anything else with a key replaces the ' +
    'current fact of that key; `mode` decides otherwise.',
  body: storeBodySchema,
  response: storeAnswerSchema,
  handle: async ({ body, principal }, { engine }) => {
    const { namespace, input } = storeInput(body, defaultNamespace, Date.now());
    const outcome = await engine.store({ tenant: principal.tenant }, namespace, input);
    return { ...summaryOf(outcome), memory: presentMemory(outcome.memory) };
  },
});

const bulkBodySchema = z
  .strictObject({
    // Items are checked one by one, so that a bad one does not stop the others.
    items: z.array(z.unknown()).openapi({ items: { $ref: '#/components/schemas/Store' } }),
    namespace: z.string().optional(),
  })
  .openapi('StoreMany');

const bulkAnswerSchema = z
  .object({
    ok: z.boolean(),
    results: z.array(z.object({ index: z.number().int(), ok: z.boolean() }).catchall(z.unknown())),
    stored: z.number().int(),
    failed: z.number().int(),
  })
  .openapi('StoredMany');

const storeFields = Object.keys(storeBodySchema.shape);

const bulk = defineRoute({
  method: 'post',
  path: '/v1/memory/bulk',
  tag: 'Store',
  summary: 'Store up to 1,000 memories',
  description: 'Each item has its own outcome; a refused item does not stop the others.',
  body: bulkBodySchema,
  bodyBytesMax: limits.bulkBodyBytesMax,
  response: bulkAnswerSchema,
  handle: async ({ body, principal }, { engine }) => {
    if (body.items.length > limits.bulkItemsMax) throw new MemoryError('too_many_items');
    const fallback =
      body.namespace === undefined ? defaultNamespace : parseNamespace(body.namespace);
    const now = Date.now();
    const items = body.items.map((raw) => {
      const parsed = storeBodySchema.safeParse(raw);
      if (!parsed.success) return errorFromIssues(parsed.error.issues, storeFields);
      return orError(() => storeInput(parsed.data, fallback, now));
    });
    const outcomes = await engine.storeMany({ tenant: principal.tenant }, items);
    const results = outcomes.map((outcome, index) =>
      outcome.ok
        ? { index, ...summaryOf(outcome) }
        : { index, ok: false, ...wireError(outcome.error) },
    );
    const failed = outcomes.filter((outcome) => !outcome.ok).length;
    return { ok: failed === 0, results, stored: outcomes.length - failed, failed };
  },
});

function summaryOf({ status, memory, replaced, hint }: StoreOutcome) {
  return {
    ok: true,
    status,
    id: memory.id,
    key: memory.body.key ?? null,
    namespace: memory.namespace,
    version: memory.version,
    created_at: new Date(memory.createdAt).toISOString(),
    indexed: presentIndexed(memory),
    ...(replaced !== undefined && { replaced }),
    ...(hint !== undefined && { hint }),
  };
}

function orError<T>(make: () => T): T | MemoryError {
  try {
    return make();
  } catch (error) {
    if (MemoryError.isInstance(error)) return error;
    throw error;
  }
}

export const storeRoutes: readonly Mountable[] = [set, bulk];
