/** POST /v1/memory-set and POST /v1/memory/bulk. */
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { Memory, NamespaceName } from '../../domain/memory.ts';
import { defaultNamespace, parseNamespace } from '../../domain/names.ts';
import type { StoreOutcome } from '../../engine/store/store.ts';
import type { BulkItem } from '../../engine/store/store-many.ts';
import { presentStored, storedShape } from '../compat/slug.ts';
import { errorFromIssues, wireError } from '../errors.ts';
import { presentIndexed, presentMemory } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { type StoreBody, storeAnswerSchema, storeBodySchema } from '../schemas.ts';
import { storeInput } from '../store-input.ts';

const set = defineRoute({
  method: 'post',
  path: '/v1/memory-set',
  aliases: ['/v1/memory/store', '/v1/memories'],
  tag: 'Store',
  needs: 'write',
  summary: 'Store one memory',
  description:
    'Durable and findable when it answers. A value with role-labelled lines or the tag ' +
    '`conversation` is appended to the thread of its key; anything else with a key replaces the ' +
    'current fact of that key; `mode`, and the `default_mode` of the namespace, decide otherwise.',
  body: storeBodySchema,
  once: true,
  response: storeAnswerSchema.extend(storedShape),
  handle: async ({ body, scope }, { engine, clock }) => {
    const { namespace, input } = storeInput(body, defaultNamespace, Date.now());
    const outcome = await engine.store(scope, namespace, input);
    const { memory } = outcome;
    const summary = summaryOf(namespace, outcome);
    const readable = scope.access.allowsRead(namespace) ? memory : null;
    return {
      ...summary,
      success: true,
      data: presentStored(summary, readable, clock.now()),
      memory: readable && presentMemory(readable),
    };
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
  needs: 'write',
  summary: 'Store up to 1,000 memories',
  description: 'Each item has its own outcome; a refused item does not stop the others.',
  body: bulkBodySchema,
  bodyBytesMax: limits.bulkBodyBytesMax,
  once: true,
  response: bulkAnswerSchema,
  handle: async ({ body, scope }, { engine }) => {
    const fallback = parseNamespace(body.namespace ?? defaultNamespace);
    const items = itemsFrom(body.items, storeBodySchema, fallback);
    const outcomes = await engine.storeMany(scope, items);
    const results = outcomes.map((outcome, index) =>
      outcome.ok
        ? { index, ...summaryOf(namespaceOf(items[index], fallback), outcome) }
        : { index, ok: false, ...wireError(outcome.error) },
    );
    const failed = outcomes.filter((outcome) => !outcome.ok).length;
    return { ok: failed === 0, results, stored: outcomes.length - failed, failed };
  },
});

/** Items in the form of a store, each with its own fault. Throws too_many_items. */
export function itemsFrom(
  raws: readonly unknown[],
  schema: z.ZodType<StoreBody>,
  fallback: NamespaceName,
): (BulkItem | MemoryError)[] {
  if (raws.length > limits.bulkItemsMax) {
    const message = `A bulk takes at most ${limits.bulkItemsMax} items.`;
    throw new MemoryError('too_many_items', message);
  }
  const now = Date.now();
  return raws.map((raw) => {
    const parsed = schema.safeParse(raw);
    if (!parsed.success) return errorFromIssues(parsed.error.issues, storeFields);
    return orError(() => storeInput(parsed.data, fallback, now));
  });
}

function summaryOf(namespace: NamespaceName, outcome: StoreOutcome) {
  const { status, id, version, createdAt, memory, replaced, hint } = outcome;
  return {
    ok: true,
    status,
    id,
    key: memory?.body.key ?? null,
    namespace,
    version,
    created_at: new Date(createdAt).toISOString(),
    indexed: memory ? presentIndexed(memory) : { text: false, vector: false },
    ...(memory !== null && flagged(memory)),
    ...(memory === null && { erased: true }),
    ...(replaced !== undefined && { replaced }),
    ...(hint !== undefined && { hint }),
  };
}

/** Said only where something was found. */
function flagged({ trust, body: { flags } }: Memory) {
  return flags && { trust, flags };
}

function namespaceOf(item: BulkItem | MemoryError | undefined, fallback: NamespaceName) {
  return item && 'namespace' in item ? item.namespace : fallback;
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
