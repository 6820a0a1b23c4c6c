/** GET /v1/namespaces. */
import { z } from '@hono/zod-openapi';
import { limits } from '../../domain/limits.ts';
import { parseNamespace } from '../../domain/names.ts';
import { presentNamespace } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';

const list = defineRoute({
  method: 'get',
  path: '/v1/namespaces',
  aliases: ['/v1/memory/namespaces'],
  tag: 'Namespaces',
  needs: 'read',
  summary: 'List namespaces by name, page by page',
  query: z.strictObject({
    limit: z.number().int().min(1).max(limits.listLimitMax).optional(),
    cursor: z.string().optional(),
  }),
  response: z
    .object({
      ok: z.literal(true),
      results: z.array(
        z.object({
          name: z.string(),
          memories: z.number().int(),
          created_at: z.string(),
          changed_at: z.string(),
        }),
      ),
      count: z.number().int(),
      next_cursor: z.string().nullable(),
    })
    .openapi('Namespaces'),
  handle: async ({ query, scope }, { engine }) => {
    const { namespaces, nextAfter } = await engine.namespaces(scope, {
      limit: query.limit ?? limits.listLimitDefault,
      // The cursor is a name: pages stay right while namespaces come and go.
      ...(query.cursor !== undefined && { after: parseNamespace(query.cursor) }),
    });
    const results = namespaces.map(presentNamespace);
    return { ok: true, results, count: results.length, next_cursor: nextAfter ?? null };
  },
});

export const namespaceRoutes: readonly Mountable[] = [list];
