/** /v1/namespaces/{namespace}/snapshots: make, list, compare, restore, delete. */
import { z } from '@hono/zod-openapi';
import { limits } from '../../domain/limits.ts';
import { parseLabel, parseNamespace } from '../../domain/names.ts';
import type { Scope } from '../../engine/scope.ts';
import { differenceKinds } from '../../engine/snapshots/differences.ts';
import type { RestoreReport, RestoreRequest } from '../../engine/snapshots/restore.ts';
import type { Snapshot } from '../../engine/snapshots/snapshots.ts';
import type { AppDeps } from '../context.ts';
import { defineRoute, type Mountable } from '../route.ts';

const path = '/v1/namespaces/{namespace}/snapshots';
const tag = 'Snapshots';
const count = z.number().int();

const snapshotSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    seq: count.openapi({ description: 'The newest change that it knows.' }),
    memories: count,
    created_at: z.string().openapi({ format: 'date-time' }),
    restoring: z.boolean().openapi({ description: 'A restore was cut short; ask for it again.' }),
  })
  .openapi('Snapshot');

const namespaceParams = z.strictObject({ namespace: z.string() });
const snapshotParams = z.strictObject({ namespace: z.string(), id: z.string() });

const create = defineRoute({
  method: 'post',
  path,
  tag,
  needs: 'write',
  summary: 'Mark a point to compare with and to go back to',
  description: 'A mark in the history of the namespace: it costs nothing, whatever the size.',
  params: namespaceParams,
  body: z.strictObject({ name: z.string() }).openapi('NewSnapshot'),
  response: z.object({ ok: z.literal(true), snapshot: snapshotSchema }),
  handle: async ({ params, body, scope }, { engine }) => {
    const namespace = parseNamespace(params.namespace);
    const name = parseLabel(body.name, 'name');
    const snapshot = await engine.createSnapshot(scope, namespace, name);
    return { ok: true, snapshot: present(snapshot) };
  },
});

const list = defineRoute({
  method: 'get',
  path,
  tag,
  needs: 'read',
  summary: 'List the snapshots of a namespace, oldest first',
  params: namespaceParams,
  response: z.object({ ok: z.literal(true), results: z.array(snapshotSchema), count }),
  handle: async ({ params, scope }, { engine }) => {
    const namespace = parseNamespace(params.namespace);
    const found = await engine.snapshots(scope, namespace);
    return { ok: true, results: found.map(present), count: found.length };
  },
});

const limit = z.number().int().min(1).max(limits.compareLimitMax).optional();

const compare = defineRoute({
  method: 'get',
  path: `${path}/{id}/compare`,
  tag,
  needs: 'read',
  summary: 'Tell what became of a namespace since a snapshot',
  description:
    'Page by page; `counts` of everything come with the first page. Of what was erased since ' +
    'nothing is left but the count. `unknown` was there, but no version of that time is kept.',
  params: snapshotParams,
  query: z.strictObject({ limit, cursor: z.string().optional() }),
  response: z
    .object({
      ok: z.literal(true),
      snapshot: snapshotSchema,
      seq: count,
      counts: z.record(z.enum(differenceKinds), count).optional(),
      results: z.array(
        z.object({
          id: z.string(),
          change: z.enum(differenceKinds),
          version: count,
          version_then: count.nullable(),
        }),
      ),
      count,
      next_cursor: z.string().nullable(),
    })
    .openapi('Comparison'),
  handle: async ({ params, query, scope }, { engine }) => {
    const { snapshot, seq, counts, memories, nextCursor } = await engine.compareSnapshot(scope, {
      namespace: parseNamespace(params.namespace),
      id: params.id,
      limit: query.limit ?? limits.compareLimitDefault,
      ...(query.cursor !== undefined && { cursor: query.cursor }),
    });
    const results = memories.map(({ versionThen, ...memory }) => ({
      ...memory,
      version_then: versionThen,
    }));
    return {
      ok: true,
      snapshot: present(snapshot),
      seq,
      counts,
      results,
      count: results.length,
      next_cursor: nextCursor ?? null,
    };
  },
});

const restore = defineRoute({
  method: 'post',
  path: `${path}/{id}/restore`,
  alsoAnswers: [409],
  tag,
  needs: 'write',
  summary: 'Bring a namespace back to a snapshot',
  description:
    'By new versions: what came later is archived, what changed is what it was again, what was ' +
    'erased stays erased, and history keeps everything. `before` is a snapshot of the state ' +
    'before. One that was cut short goes on when it is asked for again. `dry_run` only tells.',
  params: snapshotParams,
  body: z.strictObject({ dry_run: z.boolean().optional(), limit }).openapi('Restore'),
  response: z
    .object({
      ok: z.literal(true),
      dry_run: z.boolean(),
      resumed: z.boolean(),
      archived: count,
      restored: count,
      kept: count.openapi({ description: 'Were written after the restore began, and stand.' }),
      erased: count,
      unknown: count,
      results: z.array(
        z.object({ id: z.string(), action: z.enum(['archived', 'restored', 'kept']) }),
      ),
      before: z.string().nullable(),
    })
    .openapi('Restored'),
  handle: async ({ params, body, scope }, deps) => {
    const { memories, before, dryRun, ...report } = await restoreLogged(deps, scope, {
      namespace: parseNamespace(params.namespace),
      id: params.id,
      dryRun: body.dry_run ?? false,
      limit: body.limit ?? limits.compareLimitDefault,
    });
    return { ok: true, dry_run: dryRun, ...report, results: memories, before: before ?? null };
  },
});

/** A restore that was done is in the log of the tenant. */
export async function restoreLogged(
  { engine, auditLog }: AppDeps,
  scope: Scope,
  request: RestoreRequest,
): Promise<RestoreReport> {
  const report = await engine.restoreSnapshot(scope, request);
  if (!report.dryRun) {
    const action = 'namespace.restored';
    await auditLog.add(scope.tenant, { actor: scope.actor, action, target: request.id });
  }
  return report;
}

const remove = defineRoute({
  method: 'delete',
  path: `${path}/{id}`,
  alsoAnswers: [409],
  tag,
  needs: 'write',
  summary: 'Delete a snapshot; the memories stay as they are',
  params: snapshotParams,
  response: z.object({ ok: z.literal(true), deleted: z.literal(true) }),
  handle: async ({ params, scope }, { engine }) => {
    const namespace = parseNamespace(params.namespace);
    await engine.deleteSnapshot(scope, namespace, params.id);
    return { ok: true, deleted: true };
  },
});

function present({ id, name, seq, memories, createdAt, restoring }: Snapshot) {
  const created = new Date(createdAt).toISOString();
  return { id, name, seq, memories, created_at: created, restoring: restoring !== undefined };
}

export const snapshotRoutes: readonly Mountable[] = [create, list, compare, restore, remove];
