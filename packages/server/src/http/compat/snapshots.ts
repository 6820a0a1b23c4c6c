/** Snapshots without the namespace in the path: /v1/memory/snapshot and its kin. */
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import { defaultNamespace, parseLabel, parseNamespace } from '../../domain/names.ts';
import type { Snapshot } from '../../engine/snapshots/snapshots.ts';
import { iso } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { restoreLogged } from '../routes/snapshots.ts';

const tag = 'Snapshots';
const count = z.number().int();
const namespace = z.string().optional();
const namespaceOf = (name: string | undefined) => parseNamespace(name ?? defaultNamespace);
const idParams = z.strictObject({ id: z.string() });

const snapshotShape = {
  snapshot_id: z.string(),
  label: z.string(),
  namespace: z.string(),
  key_count: count.openapi({ description: 'Memories, with a key or without, replaced ones too.' }),
  created_at: z.string().openapi({ format: 'date-time' }),
};
const ok = z.literal(true);

function present({ id, name, memories, createdAt }: Snapshot, space: string) {
  return {
    ...{ snapshot_id: id, label: name, namespace: space, key_count: memories },
    created_at: iso(createdAt),
  };
}

const create = defineRoute({
  method: 'post',
  path: '/v1/memory/snapshot',
  alsoAnswers: [404, 409],
  tag,
  needs: 'write',
  summary: 'Mark a point to go back to',
  body: z.strictObject({ namespace, label: z.string().optional() }).openapi('SnapshotOf'),
  response: z.object({ ok, ...snapshotShape }),
  handle: async ({ body, scope }, { engine }) => {
    const space = namespaceOf(body.namespace);
    const label = parseLabel(body.label ?? 'snapshot', 'label');
    return { ok: true, ...present(await engine.createSnapshot(scope, space, label), space) };
  },
});

const list = defineRoute({
  method: 'get',
  path: '/v1/memory/snapshots',
  alsoAnswers: [404],
  tag,
  needs: 'read',
  summary: 'List the snapshots of a namespace, oldest first',
  query: z.strictObject({ namespace }),
  response: z.object({ ok, snapshots: z.array(z.object(snapshotShape)), count }),
  handle: async ({ query, scope }, { engine }) => {
    const space = namespaceOf(query.namespace);
    const snapshots = (await engine.snapshots(scope, space)).map((one) => present(one, space));
    return { ok: true, snapshots, count: snapshots.length };
  },
});

const get = defineRoute({
  method: 'get',
  path: '/v1/memory/snapshot/{id}',
  tag,
  needs: 'read',
  summary: 'Read one snapshot',
  params: idParams,
  query: z.strictObject({ namespace }),
  response: z.object({ ok, ...snapshotShape }),
  handle: async ({ params, query, scope }, { engine }) => {
    const space = namespaceOf(query.namespace);
    const found = (await engine.snapshots(scope, space)).find(({ id }) => id === params.id);
    if (!found) throw new MemoryError('snapshot_not_found');
    return { ok: true, ...present(found, space) };
  },
});

const restore = defineRoute({
  method: 'post',
  path: '/v1/memory/restore/{id}',
  alsoAnswers: [409],
  tag,
  needs: 'write',
  summary: 'Bring a namespace back to a snapshot',
  description:
    'What came later is archived, and history keeps everything; `before` is a snapshot of the ' +
    'state before. `POST /v1/namespaces/{namespace}/snapshots/{id}/restore` tells more.',
  params: idParams,
  body: z.strictObject({ namespace }).openapi('RestoreOf'),
  response: z.object({
    ...{ ok, snapshot_id: z.string(), namespace: z.string() },
    ...{ keys_restored: count, keys_archived: count, before: z.string().nullable() },
  }),
  handle: async ({ params, body, scope }, deps) => {
    const space = namespaceOf(body.namespace);
    const { restored, archived, before } = await restoreLogged(deps, scope, {
      ...{ namespace: space, id: params.id, dryRun: false },
      limit: limits.compareLimitDefault,
    });
    return {
      ...{ ok: true, snapshot_id: params.id, namespace: space },
      ...{ keys_restored: restored, keys_archived: archived, before: before ?? null },
    };
  },
});

export const compatSnapshotRoutes: readonly Mountable[] = [create, list, get, restore];
