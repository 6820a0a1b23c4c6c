/** /v1/memory-stats, /v1/memory-namespace-list and /v1/memory-namespace-clear. */
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import { defaultNamespace, parseNamespace } from '../../domain/names.ts';
import { presentNamespaceDetail } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { forget } from '../routes/forget.ts';
import { nameFrom } from '../routes/namespaces.ts';
import { slugAnswer } from './slug.ts';

const count = z.number().int();
const isoTime = z.string().openapi({ format: 'date-time' });

const stats = defineRoute({
  method: 'post',
  path: '/v1/memory-stats',
  alsoAnswers: [404],
  tag: 'Namespaces',
  needs: 'read',
  summary: 'How much a namespace holds, and since when',
  body: z.strictObject({ namespace: z.string().optional() }).openapi('Stats'),
  response: slugAnswer({
    namespace: z.string(),
    count: count.openapi({ description: 'Memories, replaced and archived ones too.' }),
    created_at: isoTime,
    changed_at: isoTime,
  }),
  handle: async ({ body, scope }, { engine }) => {
    const name = parseNamespace(body.namespace ?? defaultNamespace);
    const detail = presentNamespaceDetail(await engine.namespace(scope, name));
    const { name: namespace, memories, created_at, changed_at } = detail;
    return { ok: true, data: { namespace, count: memories, created_at, changed_at } };
  },
});

const list = defineRoute({
  method: 'post',
  path: '/v1/memory-namespace-list',
  tag: 'Namespaces',
  needs: 'read',
  summary: 'The names of the namespaces, page by page',
  body: z
    .strictObject({
      limit: count.min(1).max(limits.listLimitMax).optional(),
      cursor: z.string().optional(),
    })
    .openapi('NamespaceNames'),
  response: slugAnswer({
    namespaces: z.array(z.string()),
    count,
    next_cursor: z.string().nullable(),
  }),
  handle: async ({ body, scope }, { engine }) => {
    const { namespaces: found, nextAfter } = await engine.namespaces(scope, {
      limit: body.limit ?? limits.listLimitMax,
      ...(body.cursor !== undefined && { after: nameFrom(body.cursor) }),
    });
    const namespaces = found.map(({ name }) => name);
    const next = { count: namespaces.length, next_cursor: nextAfter ?? null };
    return { ok: true, data: { namespaces, ...next } };
  },
});

const clear = defineRoute({
  method: 'post',
  path: '/v1/memory-namespace-clear',
  tag: 'Forget',
  needs: 'forget',
  summary: 'Forget a namespace with all that it holds',
  description: '`confirm` must be `clear:` and the name of the namespace.',
  body: z.strictObject({ namespace: z.string(), confirm: z.string() }).openapi('ClearNamespace'),
  once: true,
  response: slugAnswer({
    cleared: z.literal(true),
    deleted: count,
    receipt: z.string().nullable(),
  }),
  handle: async ({ body, scope }, deps) => {
    if (body.confirm !== `clear:${body.namespace}`) {
      const details = { field: 'confirm' };
      const message = '"confirm" must be "clear:" and the name of the namespace.';
      throw new MemoryError('confirmation_required', message, { details });
    }
    const namespace = parseNamespace(body.namespace);
    const everything = { everything: true, namespace, isConfirmed: true } as const;
    const { counts, receipt } = await forget(deps, scope, everything);
    return {
      ok: true,
      data: { cleared: true, deleted: counts.memories, receipt: receipt?.id ?? null },
    };
  },
});

export const slugNamespaceRoutes: readonly Mountable[] = [stats, list, clear];
