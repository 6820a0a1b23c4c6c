/** GET /v1/audit: who did what to the keys of a tenant, and to many of its memories. */
import { z } from '@hono/zod-openapi';
import { auditActions } from '../../access/audit-log.ts';
import { limits } from '../../domain/limits.ts';
import { iso } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';

const list = defineRoute({
  method: 'get',
  path: '/v1/audit',
  tag: 'Keys',
  summary: 'Read the audit log, newest first, page by page',
  needs: 'admin',
  description:
    'Keys made, rotated and revoked; namespaces exported, imported, restored and forgotten. It ' +
    'holds ids and times, no content and no name.',
  query: z.strictObject({
    limit: z.number().int().min(1).max(limits.listLimitMax).optional(),
    cursor: z.string().optional(),
  }),
  response: z
    .object({
      ok: z.literal(true),
      results: z.array(
        z.object({
          id: z.string(),
          at: z.string(),
          action: z.enum(auditActions),
          actor: z.string(),
          target: z.string().nullable(),
        }),
      ),
      count: z.number().int(),
      next_cursor: z.string().nullable(),
    })
    .openapi('AuditLog'),
  handle: async ({ query, principal }, { auditLog }) => {
    const limit = query.limit ?? limits.listLimitDefault;
    const before = query.cursor === undefined ? {} : { before: query.cursor };
    const events = await auditLog.list(principal.tenant, { limit: limit + 1, ...before });
    const results = events.slice(0, limit).map(({ at, target, ...event }) => {
      return { ...event, at: iso(at), target: target ?? null };
    });
    const next_cursor = events.length > limit ? (results.at(-1)?.id ?? null) : null;
    return { ok: true, results, count: results.length, next_cursor };
  },
});

export const auditLogRoutes: readonly Mountable[] = [list];
