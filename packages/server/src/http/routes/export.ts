/** GET /v1/namespaces/{namespace}/export. */
import { z } from '@hono/zod-openapi';
import { limits } from '../../domain/limits.ts';
import { parseNamespace } from '../../domain/names.ts';
import { decodeExportCursor } from '../../engine/export/cursor.ts';
import { gatherChunks } from '../../util/gather-chunks.ts';
import { exportLines } from '../export-lines.ts';
import { defineRoute, type Mountable } from '../route.ts';

export const jsonLines = 'application/x-ndjson';

const exportRoute = defineRoute({
  method: 'get',
  path: '/v1/namespaces/{namespace}/export',
  tag: 'Namespaces',
  needs: 'read',
  summary: 'Export a namespace as JSON lines',
  description:
    'The first line is a header, then comes one memory a line in the order of storing, replaced ' +
    'and archived ones included, and a last line with the count and the SHA-256 of all lines ' +
    'before it. Without that line the file was cut: pass the `cursor` of its last whole line as ' +
    '`after`, append what comes. Writes while it runs take no part. `history` adds the former ' +
    'versions of each memory.',
  params: z.strictObject({ namespace: z.string() }),
  query: z.strictObject({
    format: z.literal('jsonl').optional(),
    history: z.boolean().optional(),
    after: z.string().optional(),
  }),
  response: z.string(),
  responseType: jsonLines,
  handle: async ({ params, query, scope }, { engine, log, auditLog }) => {
    const namespace = parseNamespace(params.namespace);
    const after = query.after === undefined ? undefined : decodeExportCursor(query.after);
    const history = after?.history ?? query.history ?? false;
    const found = await engine.exportNamespace(scope, {
      namespace,
      history,
      ...(after && { mark: after.mark }),
    });
    await auditLog.add(scope.tenant, { actor: scope.actor, action: 'namespace.exported' });
    const lines = exportLines(found, {
      namespace,
      history,
      ...(after && { after }),
      onFault: (err) => log.error({ err }, 'an export broke off'),
    });
    const chunks = gatherChunks(lines, limits.exportChunkBytes);
    return new Response(ReadableStream.from(chunks), { headers: { 'Content-Type': jsonLines } });
  },
});

export const exportRoutes: readonly Mountable[] = [exportRoute];
