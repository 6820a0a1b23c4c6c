/** The shapes of the wire, shared by routes and the OpenAPI document. */
import { z } from '@hono/zod-openapi';
import { flagActions, hygieneKinds } from '../domain/hygiene.ts';
import { limits } from '../domain/limits.ts';
import { audiences, type JsonObject, type JsonValue, kinds, trusts } from '../domain/memory.ts';
import { parseTime } from '../domain/time.ts';
import type { TimeFilter } from '../engine/time-filter.ts';

export const jsonSchema: z.ZodType<JsonValue> = z.any().openapi({
  description: 'Text, or any JSON value; it comes back as sent.',
  example: 'I like tea.',
});

/** As parsed: z.record would drop a name like __proto__ without a word. */
export const jsonObjectSchema = z
  .custom<JsonObject>((value) => isObject(value), 'must be an object')
  .openapi({ type: 'object', additionalProperties: true });

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const notATime = 'must be an ISO 8601 time or a Unix time';

/** ISO 8601, or a Unix time: numbers below 10^11 are seconds, larger ones milliseconds. */
export const timeSchema = z
  .union([z.string(), z.number()], notATime)
  .transform((time, context) => {
    const ms = parseTime(time);
    if (ms === undefined) {
      context.addIssue({ code: 'custom', message: notATime });
      return z.NEVER;
    }
    return ms;
  })
  .openapi({ type: 'string', format: 'date-time' });

/** Both axes of time, as search and list take them. */
export const timeFilterShape = {
  occurred_after: timeSchema.optional(),
  occurred_before: timeSchema.optional(),
  valid_at: timeSchema.optional(),
  as_of: timeSchema.optional(),
};

/** From the wire to the engine's words; `occurred_after` includes the moment itself. */
export function timeFilterFrom(body: {
  readonly occurred_after?: number | undefined;
  readonly occurred_before?: number | undefined;
  readonly valid_at?: number | undefined;
  readonly as_of?: number | undefined;
}): TimeFilter {
  const { occurred_after: from, occurred_before: to, valid_at: validAt, as_of: asOf } = body;
  return {
    ...(from !== undefined && { occurredFrom: from }),
    ...(to !== undefined && { occurredTo: to }),
    ...(validAt !== undefined && { validAt }),
    ...(asOf !== undefined && { asOf }),
  };
}

/** A list of tags, or one text with commas between them. */
export const tagsSchema = z
  .union([z.array(z.string()), z.string()], 'must be a list of texts')
  .transform((tags) =>
    typeof tags === 'string' ? tags.split(',').filter((tag) => tag.trim() !== '') : tags,
  )
  .openapi({ type: 'array', items: { type: 'string' } });

export const messageSchema = z.object({ role: z.string().min(1).max(64), content: z.string() });

export const attachmentSchema = z.strictObject({
  url: z.string().max(limits.attachmentBytesMax).optional(),
  media_type: z.string().max(128).optional(),
  caption: z.string().max(limits.attachmentBytesMax).optional(),
});

export const linkSchema = z
  .strictObject({ type: z.string(), id: z.string() })
  .openapi('Link', { example: { type: 'supports', id: 'mem_...' } });

export const shareSchema = z.number().min(0).max(1);

export const ttlSchema = z.number().min(0).max(1e10);

/** One memory to store. Aliases of `value` and `namespace` are taken from other memory APIs. */
export const storeBodySchema = z
  .strictObject({
    value: jsonSchema.optional(),
    key: z.string().optional(),
    namespace: z.string().optional(),
    tags: tagsSchema.optional(),
    metadata: jsonObjectSchema.optional(),
    mode: z.enum(['append', 'replace']).optional(),
    kind: z.enum(['episode', 'fact']).optional(),
    type: z.string().optional(),
    audience: z.enum(audiences).optional(),
    speaker: z.string().optional(),
    occurred_at: timeSchema.optional(),
    valid_from: timeSchema.optional(),
    valid_to: timeSchema.optional(),
    expires_at: timeSchema.optional(),
    ttl_seconds: ttlSchema.optional().openapi({ description: '0: it does not expire.' }),
    ttl: ttlSchema.optional(),
    importance: shareSchema.optional(),
    confidence: shareSchema.optional(),
    pinned: z.boolean().optional(),
    attachments: z.array(attachmentSchema).max(limits.attachmentsMax).optional(),
    links: z.array(linkSchema).optional(),
    if_version: z.number().int().min(0).optional(),
    content: jsonSchema.optional(),
    message: jsonSchema.optional(),
    memory: jsonSchema.optional(),
    messages: z.array(messageSchema).min(1).max(limits.bulkItemsMax).optional(),
    timestamp: timeSchema.optional(),
    user_id: z.string().optional(),
    agent_id: z.string().optional(),
    run_id: z.string().optional(),
  })
  .openapi('Store');

export type StoreBody = z.infer<typeof storeBodySchema>;

const indexedSchema = z.object({ text: z.boolean(), vector: z.boolean() }).openapi({
  description: 'By what the memory is found by now. A vector may follow the write.',
});

const isoTime = z.string().openapi({ format: 'date-time' });

export const flagsSchema = z
  .array(
    z.object({
      kind: z.enum(hygieneKinds),
      type: z.string(),
      field: z.string(),
      action: z.enum(flagActions),
    }),
  )
  .openapi({ description: 'What was found in it, never with its text; docs/guides/hygiene.md.' });

export const memorySchema = z
  .object({
    id: z.string(),
    key: z.string().nullable(),
    value: jsonSchema,
    content: z.string(),
    namespace: z.string(),
    kind: z.enum(kinds),
    type: z.string().nullable(),
    audience: z.enum(audiences),
    tags: z.array(z.string()),
    metadata: jsonObjectSchema,
    attachments: z.array(attachmentSchema),
    links: z.array(linkSchema).openapi({
      description: 'To other memories of the namespace; those that are gone are left out.',
    }),
    derived_from: z.array(z.string()).openapi({
      description: 'Of what a dream made: the memories that it was made of.',
    }),
    speaker: z.string().nullable(),
    occurred_at: isoTime,
    created_at: isoTime,
    updated_at: isoTime,
    valid_from: isoTime.nullable(),
    valid_to: isoTime.nullable(),
    expires_at: isoTime.nullable(),
    version: z.number().int(),
    supersedes: z.string().nullable(),
    superseded_by: z.string().nullable(),
    archived: z.boolean(),
    pinned: z.boolean(),
    importance: z.number(),
    confidence: z.number(),
    trust: z.enum(trusts),
    flags: flagsSchema,
    echo_of: z.string().nullable().openapi({
      description: 'The memory that it repeats, which had been handed out shortly before.',
    }),
    indexed: indexedSchema,
  })
  .openapi('Memory');

export const writtenMemorySchema = memorySchema
  .nullable()
  .openapi({ description: 'Null for a key that may not read there, and where it is erased.' });

export const storeAnswerSchema = z
  .object({
    ok: z.literal(true),
    status: z.enum(['stored', 'appended', 'replaced', 'merged', 'unchanged']),
    id: z.string(),
    key: z.string().nullable(),
    namespace: z.string(),
    version: z.number().int(),
    created_at: isoTime,
    indexed: indexedSchema,
    trust: z.enum(trusts).optional(),
    flags: flagsSchema.optional(),
    replaced: z.string().optional(),
    hint: z.string().optional(),
    erased: z
      .literal(true)
      .optional()
      .openapi({ description: 'A repeated request finds that the memory was erased since.' }),
    memory: writtenMemorySchema,
  })
  .openapi('Stored');

const signalScores = z.object({
  vector: z.number(),
  text: z.number(),
  entity: z.number(),
  rerank: z.number().optional().openapi({ description: "The reranker's, on its own scale." }),
});

const evidenceSchema = z.object({
  coverage: z.number(),
  cosine: z.number(),
  entities: z.number(),
});

/** How a score came about. `fused` is the sum of the contributions, score = evidence * share. */
export const explanationSchema = z
  .object({
    rank: z
      .number()
      .int()
      .nullable()
      .openapi({
        description:
          'Place among the results, from 1, before a reranker. One that is not shown has that of ' +
          'the one that says the same, or the one that it would have with a larger limit.',
      }),
    fused: z.number(),
    parts: z.array(
      z.object({
        name: z.string(),
        raw: z.number(),
        normalised: z.number(),
        weight: z.number(),
        contribution: z.number(),
        rank: z.number().int().nullable(),
      }),
    ),
    factors: z.array(z.object({ name: z.string(), value: z.number() })),
    calibration: z.object({ evidence: z.number(), share: z.number(), own: evidenceSchema }),
  })
  .openapi('Explanation');

const recallExplanationSchema = z
  .object({
    filters: z.record(z.string(), z.unknown()),
    signals: z.record(z.string(), z.boolean()),
    limit: z.number().int(),
    threshold: z.number(),
    vector_trust: z.number(),
    terms: z.array(z.string()),
    entities: z.array(z.string()),
    candidates: z.number().int(),
    eligible: z.number().int(),
    seq: z.number().int(),
  })
  .openapi('SearchExplanation');

export const resultSchema = memorySchema
  .extend({
    score: z.number().min(0).max(1),
    signals: signalScores,
    matched: z.object({ terms: z.array(z.string()), entities: z.array(z.string()) }),
    passage: z.object({ start: z.number().int(), end: z.number().int() }),
    exchange: z.number().int().nullable().openapi({
      description: 'Results with the same number stand next to each other in a thread.',
    }),
    duplicates: z.array(z.string()).openapi({
      description: 'Memories that say the same and rank below; they are not shown.',
    }),
    echoes: z.array(z.string()).openapi({
      description: 'Memories that only repeat this one; they are not shown and count for nothing.',
    }),
    explanation: explanationSchema.optional(),
  })
  .openapi('Result');

export const queryTimeSchema = z
  .object({ from: isoTime, to: isoTime, text: z.string(), used: z.enum(['boost', 'filter']) })
  .optional()
  .openapi({ description: 'How a time in the question was read. Absent when it names none.' });

export const degradedSchema = z
  .array(z.string())
  .openapi({ description: 'What this answer had to do without. Absent as a rule.' });

export const searchAnswerSchema = z
  .object({
    ok: z.literal(true),
    results: z.array(resultSchema),
    count: z.number().int(),
    query: z.string(),
    query_time_ms: z.number(),
    time: queryTimeSchema,
    explanation: recallExplanationSchema.optional(),
    rerank_time_ms: z
      .number()
      .optional()
      .openapi({ description: 'Part of it; absent when no reranker decided the order.' }),
    degraded: degradedSchema.optional(),
  })
  .openapi('Found');
