/** What search, context and why-not share: how a question is narrowed, on the wire and for us. */
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../domain/errors.ts';
import type { Filter } from '../domain/filter/filter.ts';
import { parseFilter } from '../domain/filter/parse-filter.ts';
import { limits } from '../domain/limits.ts';
import { audiences, kinds } from '../domain/memory.ts';
import { parseKey, parseLabel, parseTag } from '../domain/names.ts';
import type { RecallFilter } from '../engine/recall/filter.ts';
import { allSignals, type Signals } from '../engine/recall/query.ts';
import type { RecallRequest } from '../engine/recall/recall.ts';
import { type QuestionTime, timeModes } from '../engine/recall/time.ts';
import { nestsDeeper } from '../util/json-depth.ts';
import { utf8Bytes } from '../util/utf8.ts';
import { timeFilterFrom, timeFilterShape, timeSchema } from './schemas.ts';

export const rerankDoc =
  'Whether a model reads the first 30 results again. Absent: whether the server has one.';

const tagFilterSchema = z
  .union([
    z.array(z.string()),
    z.strictObject({ any: z.array(z.string()).optional(), all: z.array(z.string()).optional() }),
  ])
  .openapi({ description: 'A list means all of them; or {"any": [...], "all": [...]}.' });

/** The filter language; it is read by parseFilter, whose errors name the place. */
const filterSchema = z
  .unknown()
  .optional()
  .openapi({
    type: 'object',
    description:
      'Conditions, such as {"AND": [{"metadata.plan": "pro"}, {"NOT": [{"tags": "old"}]}]}; see ' +
      'docs/guides/filters.md.',
  });

/** The filter in a query string, as JSON text. */
export const filterTextFields = {
  filter: z.string().optional().openapi({ description: 'A filter as JSON.' }),
  filters: z.string().optional(),
};

/** Conditions on memories about the user. */
export const filterFields = {
  filter: filterSchema,
  filters: filterSchema,
  tags: tagFilterSchema.optional(),
  key: z.string().optional(),
  kind: z.enum(kinds).optional(),
  type: z.string().optional(),
  speaker: z.string().optional(),
  ...timeFilterShape,
};

export const questionFields = {
  query: z.string(),
  namespace: z.string().optional(),
  user_id: z.string().optional(),
  limit: z.number().int().min(1).max(limits.searchLimitMax).optional(),
  threshold: z.number().min(0).max(1).optional(),
};

/** What a question says of time, and when it is asked. */
export const questionTimeFields = {
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
      time: z.boolean().optional(),
      speaker: z.boolean().optional(),
      question: z.boolean().optional(),
    })
    .optional()
    .openapi({
      description: 'Switches single ways of finding, and single reasons to prefer, off.',
    }),
  ...questionTimeFields,
  collapse: z.boolean().optional().openapi({
    description: 'false shows memories that say the same one by one; true by default.',
  }),
};

const searchFieldsSchema = z.object(searchFields);
type SearchFields = z.infer<typeof searchFieldsSchema>;

/** Names in the form in which a store keeps them, so that they meet. */
export function filterOf(
  body: Pick<SearchFields, keyof typeof filterFields | 'audience'>,
): RecallFilter {
  const { tags, key, kind, type, audience, speaker } = body;
  const named = Array.isArray(tags) ? { all: tags } : tags;
  const where = whereOf(body);
  return {
    ...timeFilterFrom(body),
    ...(named?.all && { tagsAll: tagsOf(named.all) }),
    ...(named?.any && { tagsAny: tagsOf(named.any) }),
    ...(key !== undefined && { key: parseKey(key) }),
    ...(kind !== undefined && { kind }),
    ...(type !== undefined && { type: parseLabel(type, 'type') }),
    ...(audience !== undefined && { audience }),
    ...(speaker !== undefined && { speaker: parseLabel(speaker, 'speaker') }),
    ...(where && { where }),
  };
}

function tagsOf(tags: readonly string[]): string[] {
  return tags.map((tag) => parseTag(tag, 'tags'));
}

/** `filters` is the name that other memory APIs use. Throws invalid_filter. */
export function whereOf({
  filter,
  filters,
}: {
  readonly filter?: unknown;
  readonly filters?: unknown;
}): Filter | undefined {
  if (filter !== undefined && filters !== undefined) {
    throw new MemoryError('invalid_request', 'Send either filter or filters, not both.', {
      details: { field: 'filters' },
    });
  }
  // Null is no filter that could be left out: parseFilter refuses it.
  const json = filter === undefined ? filters : filter;
  return json === undefined ? undefined : parseFilter(json);
}

/** Throws invalid_filter for what is no JSON. */
export function jsonOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (nestsDeeper(utf8Bytes(text), limits.jsonDepthMax)) throw new MemoryError('json_too_deep');
  try {
    return JSON.parse(text);
  } catch (cause) {
    const details = { field: 'filter', path: '' };
    throw new MemoryError('invalid_filter', 'The filter is not valid JSON.', { details, cause });
  }
}

function signalsOf({ signals }: Pick<SearchFields, 'signals'>): Signals {
  return {
    vector: signals?.vector ?? allSignals.vector,
    text: signals?.text ?? allSignals.text,
    entity: signals?.entity ?? allSignals.entity,
    thread: signals?.thread ?? allSignals.thread,
    time: signals?.time ?? allSignals.time,
    speaker: signals?.speaker ?? allSignals.speaker,
    question: signals?.question ?? allSignals.question,
  };
}

/** What a question asks for beside its words and filters. */
export function recallOptionsOf(
  body: Partial<Pick<SearchFields, keyof typeof searchFields>>,
): Pick<RecallRequest, 'signals' | 'collapse'> & QuestionTime {
  return {
    signals: signalsOf(body),
    ...questionTimeOf(body),
    ...(body.collapse !== undefined && { collapse: body.collapse }),
  };
}

export function questionTimeOf(
  body: Partial<Pick<SearchFields, keyof typeof questionTimeFields>>,
): QuestionTime {
  const referenceTime = body.reference_time ?? body.query_timestamp ?? body.reference_date;
  return {
    ...(body.time !== undefined && { time: body.time }),
    ...(referenceTime !== undefined && { referenceTime }),
    ...(body.recency !== undefined && { recency: body.recency }),
  };
}

/** Time since the request came in, as answers tell it: waiting in line is part of it. */
export function queryTimeMs(arrivedAt: number): number {
  return toThousandths(performance.now() - arrivedAt);
}

export function toThousandths(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
