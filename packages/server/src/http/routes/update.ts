/** Changing one memory: PATCH /v1/memory/{id}, its archive and restore, and its history. */
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../../domain/errors.ts';
import { parseMemoryId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { audiences } from '../../domain/memory.ts';
import { parseNamespace } from '../../domain/names.ts';
import type { MemoryPatch } from '../../engine/update/apply-patch.ts';
import type { MemoryTarget, UpdateOutcome } from '../../engine/update/update.ts';
import type { AppContext } from '../context.ts';
import { presentMemory } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';
import {
  attachmentSchema,
  jsonObjectSchema,
  jsonSchema,
  memorySchema,
  shareSchema,
  tagsSchema,
  timeSchema,
} from '../schemas.ts';
import { attachmentFrom, defined } from '../store-input.ts';

const idParams = z.strictObject({ id: z.string() });
const namespaceQuery = z.strictObject({ namespace: z.string().optional() });

const patchSchema = z
  .strictObject({
    value: jsonSchema.optional(),
    type: z.string().nullable().optional(),
    tags: tagsSchema.optional(),
    metadata: jsonObjectSchema.optional(),
    attachments: z.array(attachmentSchema).max(limits.attachmentsMax).optional(),
    speaker: z.string().nullable().optional(),
    audience: z.enum(audiences).optional(),
    occurred_at: timeSchema.optional(),
    valid_from: timeSchema.nullable().optional(),
    valid_to: timeSchema.nullable().optional(),
    expires_at: timeSchema.nullable().optional(),
    pinned: z.boolean().optional(),
    importance: shareSchema.optional(),
    confidence: shareSchema.optional(),
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
    memory: memorySchema,
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
    'tags and attachments are replaced. The former version is kept (`/history`). `if_version`, ' +
    'or the header `If-Match` with the version, is a 409 when somebody else was faster. The key ' +
    'of a memory stays: store under another key instead.',
  params: idParams,
  body: patchSchema,
  once: true,
  response: updatedSchema,
  handle: async ({ params, body, scope, context }, { engine }) => {
    const { namespace, if_version: ifVersion } = body;
    const target = targetOf(params.id, namespace, ifVersion ?? ifMatch(context));
    return presented(await engine.update(scope, target, patchOf(body)));
  },
});

function patchOf(body: z.infer<typeof patchSchema>): MemoryPatch {
  const { value, type, tags, metadata, speaker, audience, pinned, importance, confidence } = body;
  return defined({
    ...{ value, type, tags, metadata, speaker, audience, pinned, importance, confidence },
    attachments: body.attachments?.map(attachmentFrom),
    occurredAt: body.occurred_at,
    validFrom: body.valid_from,
    validTo: body.valid_to,
    expiresAt: body.expires_at,
  });
}

/** `If-Match: "3"`. Throws invalid_request when it is anything but a version. */
function ifMatch(context: AppContext): number | undefined {
  const header = context.req.header('if-match');
  if (header === undefined) return undefined;
  const version = /^"?(\d{1,10})"?$/.exec(header.trim())?.[1];
  if (version === undefined) {
    const details = { field: 'If-Match' };
    throw new MemoryError('invalid_request', 'If-Match must be a version.', { details });
  }
  return Number(version);
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
      return presented(await engine.setArchived(scope, target, archived));
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
  'A replaced fact is refused (409 memory_superseded): store it again under its key.',
);

const history = defineRoute({
  method: 'get',
  path: '/v1/memory/{id}/history',
  tag: 'List',
  needs: 'read',
  summary: 'Every version of a memory',
  description:
    'Versions newest first, the current one included. Of a fact also the `chain` of its key: the ' +
    'facts that it replaced (`before`) and the ones that replaced it (`after`).',
  params: idParams,
  query: z.strictObject({
    namespace: z.string().optional(),
    limit: z.number().int().min(1).max(limits.historyMax).optional(),
  }),
  response: z
    .object({
      ok: z.literal(true),
      id: z.string(),
      versions: z.array(memorySchema),
      chain: z.object({ before: z.array(memorySchema), after: z.array(memorySchema) }),
      complete: z.boolean(),
    })
    .openapi('History'),
  handle: async ({ params, query, scope }, { engine }) => {
    const { versions, before, after, isCut } = await engine.history(scope, {
      ...targetOf(params.id, query.namespace, undefined),
      limit: query.limit ?? limits.historyMax,
    });
    return {
      ok: true,
      id: parseMemoryId(params.id),
      versions: versions.map(presentMemory),
      chain: { before: before.map(presentMemory), after: after.map(presentMemory) },
      complete: !isCut,
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

function presented({ status, memory }: UpdateOutcome) {
  const { id, version } = memory;
  return { ok: true, status, id, version, memory: presentMemory(memory) };
}

export const updateRoutes: readonly Mountable[] = [patch, archive, restore, history];
