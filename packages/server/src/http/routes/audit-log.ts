/** GET /v1/audit: who did what to the keys of a tenant, and to many of its memories. */
import { z } from '@hono/zod-openapi';
import { auditActions } from '../../access/audit-log.ts';
import { pageAsked, pageFields, pageOf } from '../page-by-id.ts';
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
  query: z.strictObject(pageFields),
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
    const page = pageAsked(query);
    const before = page.after === undefined ? {} : { before: page.after };
    const found = await auditLog.list(principal.tenant, { limit: page.limit + 1, ...before });
    const { items, nextCursor } = pageOf(found, page);
    const results = items.map(({ at, target, ...event }) => {
      return { ...event, at: iso(at), target: target ?? null };
    });
    return { ok: true, results, count: results.length, next_cursor: nextCursor };
  },
});

export const auditLogRoutes: readonly Mountable[] = [list];
