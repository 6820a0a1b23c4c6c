/** POST /v1/memory/why-not: why a memory is not among the results of a question. */
import { z } from '@hono/zod-openapi';
import { parseMemoryId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { defaultNamespace, parseNamespace } from '../../domain/names.ts';
import { type WhyNotReason, whyNotCodes } from '../../engine/recall/why-not.ts';
import { namespaceFrom } from '../compat/store-body.ts';
import { round } from '../present.ts';
import { presentExplanation } from '../present-explanation.ts';
import {
  filterOf,
  queryTimeMs,
  recallOptionsOf,
  rerankDoc,
  searchFields,
} from '../recall-input.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { degradedSchema, explanationSchema } from '../schemas.ts';

const post = defineRoute({
  method: 'post',
  path: '/v1/memory/why-not',
  alsoAnswers: [404],
  tag: 'Recall',
  needs: 'read',
  summary: 'Why a memory is not among the results',
  description:
    'Asks the same question as a search with these fields would, and says where the memory ' +
    'stands. A missing memory and one of another namespace get the same 404.',
  body: z
    .strictObject({
      ...searchFields,
      rerank: z.boolean().optional().openapi({ description: rerankDoc }),
      memory_id: z.string(),
    })
    .openapi('WhyNot'),
  response: z
    .object({
      ok: z.literal(true),
      memory_id: z.string(),
      namespace: z.string(),
      found: z.boolean(),
      rank: z.number().int().nullable(),
      score: z.number().nullable(),
      reasons: z.array(
        z.object({
          code: z.enum(whyNotCodes),
          message: z.string(),
          details: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
        }),
      ),
      explanation: explanationSchema.optional(),
      degraded: degradedSchema.optional(),
      query: z.string(),
      query_time_ms: z.number(),
    })
    .openapi('WhyNotAnswer'),
  handle: async ({ body, scope, context }, { engine }) => {
    const { memoryId, score, reasons, explanation, degraded, ...answer } = await engine.whyNot(
      scope,
      {
        query: body.query,
        namespace: parseNamespace(namespaceFrom(body) ?? defaultNamespace),
        memoryId: parseMemoryId(body.memory_id),
        limit: body.limit ?? limits.searchLimitDefault,
        threshold: body.threshold ?? 0,
        filter: filterOf(body),
        ...recallOptionsOf(body),
        ...(body.rerank !== undefined && { rerank: body.rerank }),
      },
    );
    return {
      ok: true,
      memory_id: memoryId,
      ...answer,
      score: score === null ? null : round(score),
      reasons: reasons.map(({ details, ...reason }) => ({ ...reason, details: rounded(details) })),
      ...(explanation && { explanation: presentExplanation(explanation) }),
      ...(degraded.length > 0 && { degraded: [...degraded] }),
      query: body.query,
      query_time_ms: queryTimeMs(context.get('arrivedAt')),
    };
  },
});

function rounded(details: WhyNotReason['details']) {
  const entries = Object.entries(details);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'number' ? round(value) : value]),
  );
}

export const whyNotRoutes: readonly Mountable[] = [post];
