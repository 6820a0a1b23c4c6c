/** What search, context and why-not share: how a question is narrowed, on the wire and for us. */
import { z } from '@hono/zod-openapi';
import { limits } from '../domain/limits.ts';
import { audiences, kinds } from '../domain/memory.ts';
import type { RecallFilter } from '../engine/recall/filter.ts';
import { allSignals, type Signals } from '../engine/recall/query.ts';

const tagFilterSchema = z
  .union([
    z.array(z.string()),
    z.strictObject({ any: z.array(z.string()).optional(), all: z.array(z.string()).optional() }),
  ])
  .openapi({ description: 'A list means all of them; or {"any": [...], "all": [...]}.' });

/** Conditions on memories about the user. */
export const filterFields = {
  tags: tagFilterSchema.optional(),
  key: z.string().optional(),
  kind: z.enum(kinds).optional(),
  type: z.string().optional(),
  speaker: z.string().optional(),
};

export const questionFields = {
  query: z.string(),
  namespace: z.string().optional(),
  user_id: z.string().optional(),
  limit: z.number().int().min(1).max(limits.searchLimitMax).optional(),
  threshold: z.number().min(0).max(1).optional(),
};

/** What a search takes, and everything that asks what a search would do. */
export const searchFields = {
  ...questionFields,
  ...filterFields,
  audience: z.enum(audiences).optional(),
  signals: z
    .strictObject({
      vector: z.boolean().optional(),
      text: z.boolean().optional(),
      entity: z.boolean().optional(),
      thread: z.boolean().optional(),
    })
    .optional()
    .openapi({ description: 'Switches single ways of finding off.' }),
};

const searchFieldsSchema = z.object(searchFields);
type SearchFields = z.infer<typeof searchFieldsSchema>;

export function filterOf(
  body: Pick<SearchFields, keyof typeof filterFields | 'audience'>,
): RecallFilter {
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

export function signalsOf({ signals }: Pick<SearchFields, 'signals'>): Signals {
  return {
    vector: signals?.vector ?? allSignals.vector,
    text: signals?.text ?? allSignals.text,
    entity: signals?.entity ?? allSignals.entity,
    thread: signals?.thread ?? allSignals.thread,
  };
}

/** Time since the request came in, as answers tell it: waiting in line is part of it. */
export function queryTimeMs(arrivedAt: number): number {
  return Math.round((performance.now() - arrivedAt) * 1000) / 1000;
}
