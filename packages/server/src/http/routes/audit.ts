/** GET /v1/namespaces/{namespace}/audit. */
import { z } from '@hono/zod-openapi';
import { limits } from '../../domain/limits.ts';
import { parseNamespace } from '../../domain/names.ts';
import { type AuditClass, type AuditFinding, auditClasses } from '../../engine/audit/findings.ts';
import { round } from '../present.ts';
import { queryTimeMs } from '../recall-input.ts';
import { defineRoute, type Mountable } from '../route.ts';

const findingSchema = z
  .object({
    count: z.number().int(),
    rate: z.number(),
    reasons: z.record(z.string(), z.number().int()),
    examples: z.array(
      z.object({ id: z.string(), of: z.string().optional(), reason: z.string().optional() }),
    ),
  })
  .openapi('AuditFinding');

const get = defineRoute({
  method: 'get',
  path: '/v1/namespaces/{namespace}/audit',
  tag: 'Namespaces',
  needs: 'read',
  summary: 'Memory quality of a namespace in numbers',
  description:
    'Counts memories that are there twice, nearly twice, stale, replaced, never recalled, an ' +
    'echo of a recall, or that hold a secret. Each class has its count, its share of those ' +
    `that were looked at, and at most ${limits.auditExamplesMax} ids; no text. The newest ` +
    `memories are looked at first, for at most ${limits.auditTimeMs / 1000} seconds and at most ` +
    `${limits.auditMemoriesMax} of them; \`complete\` tells whether that was all. What was ` +
    'recalled before `counting_since` is not known.',
  params: z.strictObject({ namespace: z.string() }),
  response: z
    .object({
      ok: z.literal(true),
      namespace: z.string(),
      memories: z.number().int(),
      looked_at: z.number().int(),
      complete: z.boolean(),
      counting_since: z.string(),
      classes: z.record(z.enum(auditClasses), findingSchema),
      query_time_ms: z.number(),
    })
    .openapi('Audit'),
  handle: async ({ params, scope, context }, { engine }) => {
    const { namespace, memories, lookedAt, isComplete, countingSince, classes } =
      await engine.audit(scope, {
        namespace: parseNamespace(params.namespace),
        timeMs: limits.auditTimeMs,
        examplesMax: limits.auditExamplesMax,
      });
    return {
      ok: true,
      namespace,
      memories,
      looked_at: lookedAt,
      complete: isComplete,
      counting_since: new Date(countingSince).toISOString(),
      classes: presentClasses(classes, lookedAt),
      query_time_ms: queryTimeMs(context.get('arrivedAt')),
    };
  },
});

function presentClasses(classes: Readonly<Record<AuditClass, AuditFinding>>, lookedAt: number) {
  return Object.fromEntries(
    Object.entries(classes).map(([name, { count, reasons, examples }]) => [
      name,
      { count, rate: round(count / Math.max(1, lookedAt)), reasons, examples },
    ]),
  );
}

export const auditRoutes: readonly Mountable[] = [get];
