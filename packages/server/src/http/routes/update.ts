/** Changing one memory: PATCH /v1/memory/{id}, its archive and restore, and its history. */
import { z } from '@hono/zod-openapi';
import { parseMemoryId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { audiences, trusts } from '../../domain/memory.ts';
import { parseNamespace } from '../../domain/names.ts';
import { versionOps } from '../../engine/history/history.ts';
import type { Scope } from '../../engine/scope.ts';
import type { MemoryPatch } from '../../engine/update/apply-patch.ts';
import type { MemoryTarget, UpdateOutcome } from '../../engine/update/update.ts';
import { expectedVersion, ifMatch } from '../if-match.ts';
import { presentMemory, presentWritten } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';
import {
  attachmentSchema,
  jsonObjectSchema,
  jsonSchema,
  linkSchema,
  memorySchema,
  shareSchema,
  tagsSchema,
  timeSchema,
  writtenMemorySchema,
} from '../schemas.ts';
import { attachmentFrom, defined, linkFrom } from '../store-input.ts';

const idParams = z.strictObject({ id: z.string() });
const namespaceQuery = z.strictObject({ namespace: z.string().optional() });

const patchSchema = z
  .strictObject({
    value: jsonSchema.optional(),
    type: z.string().nullable().optional(),
    tags: tagsSchema.optional(),
    metadata: jsonObjectSchema.optional(),
    attachments: z.array(attachmentSchema).max(limits.attachmentsMax).optional(),
    links: z.array(linkSchema).optional(),
    speaker: z.string().nullable().optional(),
    audience: z.enum(audiences).optional(),
    occurred_at: timeSchema.optional(),
    valid_from: timeSchema.nullable().optional(),
    valid_to: timeSchema.nullable().optional(),
    expires_at: timeSchema.nullable().optional(),
    pinned: z.boolean().optional(),
    importance: shareSchema.optional(),
    confidence: shareSchema.optional(),
    trust: z.enum(trusts).optional(),
    namespace: z.string().optional(),
    if_version: z.number().int().min(1).optional(),
  })
  .openapi('Patch');

const updatedSchema = z
  .object({
    ok: z.literal(true),
    status: z.enum(['updated', 'unchanged']),
    id: z.string(),
    version: z.number().int(),
    memory: writtenMemorySchema,
  })
  .openapi('Updated');

const patch = defineRoute({
  method: 'patch',
  path: '/v1/memory/{id}',
  tag: 'Store',
  needs: 'write',
  summary: 'Change one memory',
  description:
    'A merge patch: what is not named stays, null takes away; metadata is merged name by name, ' +
    'tags, attachments and links are replaced. The former version is kept (`/history`). ' +
    '`if_version`, or the header `If-Match` with the version, is a 409 when somebody else was ' +
    'faster. The key of a memory stays: store under another key instead.',
  params: idParams,
  body: patchSchema,
  once: true,
  response: updatedSchema,
  handle: async ({ params, body, scope, context }, { engine }) => {
    const { namespace, if_version: ifVersion } = body;
    const target = targetOf(params.id, namespace, expectedVersion(ifVersion, context));
    return presented(await engine.update(scope, target, patchOf(body)), scope);
  },
});

function patchOf(body: z.infer<typeof patchSchema>): MemoryPatch {
  const { value, type, tags, metadata, speaker, audience, pinned, importance, confidence, trust } =
    body;
  return defined({
    ...{ value, type, tags, metadata, speaker, audience, pinned, importance, confidence, trust },
    attachments: body.attachments?.map(attachmentFrom),
    links: body.links?.map(linkFrom),
    occurredAt: body.occurred_at,
    validFrom: body.valid_from,
    validTo: body.valid_to,
    expiresAt: body.expires_at,
  });
}

const archiving = (verb: 'archive' | 'restore', summary: string, description: string) =>
  defineRoute({
    method: 'post',
    path: `/v1/memory/{id}/${verb}`,
    tag: 'Store',
    needs: 'write',
    summary,
    description,
    params: idParams,
    query: namespaceQuery,
    once: true,
    response: updatedSchema,
    handle: async ({ params, query, scope, context }, { engine }) => {
      const target = targetOf(params.id, query.namespace, ifMatch(context));
      const archived = verb === 'archive';
      return presented(await engine.setArchived(scope, target, archived), scope);
    },
  });

const archive = archiving(
  'archive',
  'Put one memory aside',
  'It takes no part in search, list and context any more; it is still read by its id.',
);
const restore = archiving(
  'restore',
  'Bring an archived memory back',
  'A fact that was replaced, or whose key has another current fact by now, is refused ' +
    '(409 memory_superseded): store it again under its key.',
);

const versionSchema = memorySchema
  .extend({ op: z.enum(versionOps).nullable().openapi({ description: 'What made it.' }) })
  .openapi('Version');

const history = defineRoute({
  method: 'get',
  path: '/v1/memory/{id}/history',
  tag: 'List',
  needs: 'read',
  summary: 'Every version of a memory, page by page',
  description:
    'Versions newest first, the current one included, each with the `op` that made it. Of a fact ' +
    'also the `chain` of its key: the facts that it replaced (`before`) and the ones that ' +
    'replaced it (`after`). Pass `next_cursor` back as `cursor` until it is null.',
  params: idParams,
  query: z.strictObject({
    namespace: z.string().optional(),
    limit: z.number().int().min(1).max(limits.historyMax).optional(),
    cursor: z.string().optional(),
  }),
  response: z
    .object({
      ok: z.literal(true),
      id: z.string(),
      versions: z.array(versionSchema),
      chain: z.object({ before: z.array(memorySchema), after: z.array(memorySchema) }),
      complete: z.boolean(),
      next_cursor: z.string().nullable(),
    })
    .openapi('History'),
  handle: async ({ params, query, scope }, { engine }) => {
    const { versions, before, after, nextCursor } = await engine.history(scope, {
      ...targetOf(params.id, query.namespace, undefined),
      limit: query.limit ?? limits.historyMax,
      ...(query.cursor !== undefined && { cursor: query.cursor }),
    });
    return {
      ok: true,
      id: parseMemoryId(params.id),
      versions: versions.map((version) => ({ ...presentMemory(version), op: version.op })),
      chain: { before: before.map(presentMemory), after: after.map(presentMemory) },
      complete: nextCursor === undefined,
      next_cursor: nextCursor ?? null,
    };
  },
});

function targetOf(
  id: string,
  namespace: string | undefined,
  ifVersion: number | undefined,
): MemoryTarget {
  return {
    memoryId: parseMemoryId(id),
    ...(namespace !== undefined && { namespace: parseNamespace(namespace) }),
    ...(ifVersion !== undefined && { ifVersion }),
  };
}

function presented({ status, memory }: UpdateOutcome, { access }: Scope) {
  const { id, version } = memory;
  return { ok: true, status, id, version, memory: presentWritten(memory, access) };
}

export const updateRoutes: readonly Mountable[] = [patch, archive, restore, history];
