/** POST and DELETE /v1/forget. */
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../../domain/errors.ts';
import { parseMemoryId } from '../../domain/ids.ts';
import { defaultNamespace, parseKey, parseNamespace } from '../../domain/names.ts';
import type { ForgetRequest } from '../../engine/forget/forget.ts';
import { presentReceipt } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';

export const receiptSchema = z
  .object({
    ok: z.literal(true),
    forgotten: z.number().int(),
    deleted: z.boolean(),
    namespace: z.string(),
    receipt: z.object({
      namespace: z.string(),
      memories: z.number().int(),
      seq: z.number().int().nullable(),
      at: z.string(),
    }),
  })
  .openapi('Receipt');

const forgetBodySchema = z
  .strictObject({
    memory_id: z.string().optional(),
    id: z.string().optional(),
    key: z.string().optional(),
    namespace: z.string().optional(),
  })
  .openapi('Forget');

const route = (method: 'post' | 'delete') =>
  defineRoute({
    method,
    path: '/v1/forget',
    tag: 'Forget',
    summary: 'Forget by id, or by key',
    description:
      'By key: the whole thread and every version of the fact. The answer counts what is gone ' +
      'and holds no content.',
    body: forgetBodySchema,
    once: true,
    response: receiptSchema,
    handle: async ({ body, scope }, { engine }) =>
      presentReceipt(await engine.forget(scope, requestOf(body))),
  });

function requestOf(body: z.infer<typeof forgetBodySchema>): ForgetRequest {
  const id = body.memory_id ?? body.id;
  if (id !== undefined && body.key !== undefined) {
    throw new MemoryError('invalid_request', 'Send either memory_id or key, not both.', {
      details: { field: 'key' },
    });
  }
  const namespace = body.namespace === undefined ? undefined : parseNamespace(body.namespace);
  if (id !== undefined) return { memoryId: parseMemoryId(id), ...(namespace && { namespace }) };
  if (body.key === undefined) throw new MemoryError('empty_selector');
  return { key: parseKey(body.key), namespace: namespace ?? defaultNamespace };
}

export const forgetRoutes: readonly Mountable[] = [route('post'), route('delete')];
