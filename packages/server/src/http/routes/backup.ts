/** POST /v1/admin/backup. */
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../../domain/errors.ts';
import { defineRoute, type Mountable } from '../route.ts';

const tar = 'application/x-tar';

const backup = defineRoute({
  method: 'post',
  path: '/v1/admin/backup',
  alsoAnswers: [409],
  tag: 'Admin',
  needs: 'operator',
  summary: 'Make a backup of the whole store',
  description:
    'The answer is a tar archive of the database as of one moment, the list of erasures, and the ' +
    'root key where the data folder keeps it: as secret as the folder. It ends with SHA256SUMS; ' +
    'without that it was cut. Reads and writes go on meanwhile. `reverie restore` makes a data ' +
    'folder of it.',
  response: z.string().openapi({ format: 'binary' }),
  responseType: tar,
  handle: async ({ scope }, { backup, auditLog }) => {
    if (!backup) {
      const message = 'The records are in memory alone: there is nothing to back up.';
      throw new MemoryError('invalid_request', message);
    }
    await auditLog.add(scope.tenant, { actor: scope.actor, action: 'store.backed_up' });
    const { bytes, content } = await backup();
    const headers = { 'Content-Type': tar, 'Content-Length': String(bytes) };
    return new Response(ReadableStream.from(content), { headers });
  },
});

export const backupRoutes: readonly Mountable[] = [backup];
