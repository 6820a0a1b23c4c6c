/** POST /v1/memory/context: a block for a prompt, within a budget of tokens. */
import { z } from '@hono/zod-openapi';
import { limits } from '../../domain/limits.ts';
import { defaultNamespace, parseNamespace } from '../../domain/names.ts';
import { type ContextAnswer, contextLimit } from '../../engine/context/context.ts';
import { sectionNames } from '../../engine/context/item.ts';
import { type ContextFormat, contextFormats } from '../../engine/context/style.ts';
import { namespaceFrom } from '../compat/store-body.ts';
import { presentTime, round } from '../present.ts';
import {
  filterFields,
  filterOf,
  queryTimeMs,
  questionFields,
  questionTimeFields,
  questionTimeOf,
} from '../recall-input.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { degradedSchema, queryTimeSchema } from '../schemas.ts';

const contextBodySchema = z
  .strictObject({
    ...questionFields,
    ...filterFields,
    ...questionTimeFields,
    system_namespace: z.string().optional().openapi({
      description: "The application's own memory, audience `system`, shared by its users.",
    }),
    max_tokens: z
      .number()
      .int()
      .min(limits.contextTokensMin)
      .max(limits.contextTokensMax)
      .optional(),
    format: z.enum(contextFormats).optional(),
    sections: z
      .array(z.enum(sectionNames))
      .optional()
      .openapi({ description: 'Only these; their order in the context is fixed.' }),
    profile: z
      .boolean()
      .optional()
      .openapi({
        description:
          'Also tell, in at most a tenth of `max_tokens`, lines of the profile that the question ' +
          'did not find (docs/guides/profile.md); false when absent.',
      }),
  })
  .openapi('ContextRequest');

const score = z.number().min(0).max(1).nullable();

const contextAnswerSchema = z
  .object({
    ok: z.literal(true),
    context: z.union([
      z.string(),
      z.array(z.object({ role: z.literal('system'), content: z.string() })),
    ]),
    tokens: z.number().int(),
    max_tokens: z.number().int(),
    tokenizer: z.string(),
    sections: z.array(
      z.object({
        name: z.enum(sectionNames),
        items: z.array(z.object({ id: z.string(), score, tokens: z.number().int() })),
      }),
    ),
    citations: z.array(
      z.object({
        n: z.number().int(),
        id: z.string(),
        key: z.string().nullable(),
        namespace: z.string(),
        occurred_at: z.string().openapi({ format: 'date-time' }),
        score,
      }),
    ),
    omitted: z.object({
      budget: z.number().int(),
      duplicate: z.number().int(),
      threshold: z.number().int(),
    }),
    time: queryTimeSchema,
    query: z.string(),
    query_time_ms: z.number(),
    degraded: degradedSchema.optional(),
  })
  .openapi('Context');

const post = defineRoute({
  method: 'post',
  path: '/v1/memory/context',
  tag: 'Recall',
  needs: 'read',
  summary: 'A block for a prompt, within a budget of tokens',
  description:
    "The application's own memory, who the user is, what fits the question and the last turns " +
    'of open threads, each memory once, cited as [n]. Nothing relevant is an empty context.',
  body: contextBodySchema,
  response: contextAnswerSchema,
  handle: async ({ body, scope, context }, { engine }) => {
    const format = body.format ?? 'text';
    const maxTokens = body.max_tokens ?? limits.contextTokensDefault;
    const answer = await engine.context(scope, {
      query: body.query,
      namespace: parseNamespace(namespaceFrom(body) ?? defaultNamespace),
      ...(body.system_namespace !== undefined && {
        systemNamespace: parseNamespace(body.system_namespace),
      }),
      maxTokens,
      format,
      threshold: body.threshold ?? limits.contextThresholdDefault,
      limit: body.limit ?? contextLimit(maxTokens),
      filter: filterOf(body),
      ...questionTimeOf(body),
      sections: new Set(body.sections ?? sectionNames),
      profile: body.profile ?? false,
    });
    return {
      ok: true,
      context: presentText(answer.text, format),
      max_tokens: maxTokens,
      ...presentContext(answer),
      query: body.query,
      query_time_ms: queryTimeMs(context.get('arrivedAt')),
    };
  },
});

/** One message to put before the others; none where there is nothing to say. */
function presentText(text: string, format: ContextFormat) {
  if (format !== 'messages') return text;
  return text === '' ? [] : [{ role: 'system', content: text }];
}

function presentContext({ tokens, tokenizer, sections, ...rest }: ContextAnswer) {
  const { citations, omitted, time, degraded } = rest;
  return {
    tokens,
    tokenizer,
    sections: sections.map(({ name, items }) => ({
      name,
      items: items.map((item) => ({ ...item, score: roundOrNull(item.score) })),
    })),
    citations: citations.map(({ occurredAt, score, ...citation }) => ({
      ...citation,
      score: roundOrNull(score),
      occurred_at: new Date(occurredAt).toISOString(),
    })),
    omitted,
    ...(time && { time: presentTime(time) }),
    ...(degraded.length > 0 && { degraded: [...degraded] }),
  };
}

/** Null where a memory is shown without having been found by the question. */
function roundOrNull(score: number | null): number | null {
  return score === null ? null : round(score);
}

export const contextRoutes: readonly Mountable[] = [post];
