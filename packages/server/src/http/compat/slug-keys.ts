/** Routes about one key: /v1/memory-delete, memory-expire, memory-copy, memory-history. */
import { z } from '@hono/zod-openapi';
import { accessFor } from '../../access/principal.ts';
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { Memory, NamespaceName } from '../../domain/memory.ts';
import type { MemoryInput } from '../../domain/memory-input.ts';
import { defaultNamespace, parseKey, parseNamespace } from '../../domain/names.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Scope } from '../../engine/scope.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { ttlSchema } from '../schemas.ts';
import { entryShape, presentEntry, presentExpiry, slugAnswer } from './slug.ts';

const place = { key: z.string(), namespace: z.string().optional() };
const namespaceOf = (name: string | undefined) => parseNamespace(name ?? defaultNamespace);

const remove = defineRoute({
  method: 'post',
  path: '/v1/memory-delete',
  aliases: ['/v1/memory/delete'],
  tag: 'Forget',
  needs: 'forget',
  summary: 'Forget a key',
  description: 'Its thread and every version of its fact, as `POST /v1/forget` does.',
  body: z.strictObject(place).openapi('DeleteKey'),
  once: true,
  response: slugAnswer({ deleted: z.boolean(), receipt: z.string().nullable() }),
  handle: async ({ body, scope }, { engine }) => {
    const target = { key: parseKey(body.key), namespace: namespaceOf(body.namespace) };
    const { counts, receipt } = await engine.forget(scope, target);
    return { ok: true, data: { deleted: counts.memories > 0, receipt: receipt?.id ?? null } };
  },
});

const { ttl_seconds, expires_at } = entryShape;

const expire = defineRoute({
  method: 'post',
  path: '/v1/memory-expire',
  alsoAnswers: [404],
  aliases: ['/v1/memory-ttl-set'],
  tag: 'Store',
  needs: 'write',
  summary: 'Set when the fact of a key expires',
  description: '`ttl_seconds: 0` lets it stay. The turns of a thread are refused.',
  body: z.strictObject({ ...place, ttl_seconds: ttlSchema }).openapi('ExpireKey'),
  once: true,
  response: slugAnswer({ key: z.string(), namespace: z.string(), ttl_seconds, expires_at }),
  handle: async ({ body, scope }, { engine, clock }) => {
    const namespace = namespaceOf(body.namespace);
    const key = parseKey(body.key);
    const { id } = await factOf(engine, scope, namespace, key);
    const now = clock.now();
    const expiresAt = body.ttl_seconds === 0 ? null : Math.round(now + body.ttl_seconds * 1000);
    const { memory } = await engine.update(scope, { memoryId: id, namespace }, { expiresAt });
    const set = memory.expiresAt;
    return { ok: true, data: { key, namespace, ...(set !== null && presentExpiry(set, now)) } };
  },
});

const copy = defineRoute({
  method: 'post',
  path: '/v1/memory-copy',
  alsoAnswers: [404],
  tag: 'Store',
  needs: 'write',
  summary: 'Copy the fact of a key to another key or namespace',
  description:
    'Value, type, tags, metadata, attachments and times are copied; links are not, for they end ' +
    'at the border of a namespace. Also needs `read` where it copies from.',
  body: z
    .strictObject({
      key: z.string(),
      dest_key: z.string().optional(),
      src_namespace: z.string().optional(),
      dest_namespace: z.string().optional(),
    })
    .openapi('CopyKey'),
  once: true,
  response: slugAnswer({ ...entryShape, id: z.string(), copied: z.literal(true) }),
  handle: async ({ body, scope, principal }, { engine, clock }) => {
    const key = parseKey(body.key);
    const source = namespaceOf(body.src_namespace);
    const target = namespaceOf(body.dest_namespace ?? body.src_namespace);
    const reader = { ...scope, access: accessFor(principal, 'read') };
    const fact = await factOf(engine, reader, source, key);
    const destination = parseKey(body.dest_key ?? key);
    const { id, memory } = await engine.store(scope, target, {
      ...copyOf(fact),
      key: destination,
    });
    const entry = presentEntry(destination, memory ?? fact, clock.now());
    return { ok: true, data: { ...entry, namespace: target, id, copied: true } };
  },
});

/** What a memory says, without what it is to its neighbours. */
function copyOf({
  body,
  audience,
  occurredAt,
  validFrom,
  validTo,
  expiresAt,
  ...memory
}: Memory): MemoryInput {
  const { value, type, tags, metadata, attachments, speaker } = body;
  const { importance, confidence, pinned } = memory;
  return {
    ...{ value, tags, metadata, attachments, audience, occurredAt },
    ...{ importance, confidence, pinned },
    kind: 'fact',
    mode: 'replace',
    ...(type !== undefined && { type }),
    ...(speaker !== undefined && { speaker }),
    ...(validFrom !== null && { validFrom }),
    ...(validTo !== null && { validTo }),
    ...(expiresAt !== null && { expiresAt }),
  };
}

/** Throws memory_not_found, and invalid_request where the key has nothing but a thread. */
async function factOf(
  engine: Engine,
  scope: Scope,
  namespace: NamespaceName,
  key: string,
): Promise<Memory> {
  const { memory } = await engine.getByKey(scope, namespace, key);
  if (memory === null) {
    throw new MemoryError('memory_not_found', 'Nothing is stored under this key.');
  }
  if (memory.kind === 'fact') return memory;
  const message =
    'The key has a thread, not a fact: its turns are changed one by one, by their id.';
  throw new MemoryError('invalid_request', message, { details: { field: 'key' } });
}

const versionSchema = z.object({ ...entryShape, id: z.string(), current: z.boolean() });

const history = defineRoute({
  method: 'post',
  path: '/v1/memory-history',
  tag: 'List',
  needs: 'read',
  summary: 'Former values of a key, newest first',
  description:
    'Of a fact: its versions, then the facts that it replaced. Of a thread: its turns. ' +
    '`GET /v1/memory/{id}/history` tells more.',
  body: z
    .strictObject({ ...place, limit: z.number().int().min(1).max(limits.historyMax).optional() })
    .openapi('KeyHistory'),
  response: slugAnswer({
    key: z.string(),
    namespace: z.string(),
    versions: z.array(versionSchema),
    history: z.array(versionSchema),
    count: z.number().int(),
  }),
  handle: async ({ body, scope }, { engine, clock }) => {
    const namespace = namespaceOf(body.namespace);
    const key = parseKey(body.key);
    // As many as the original gives where nobody asks for more.
    const limit = body.limit ?? 10;
    const { memory: current } = await engine.getByKey(scope, namespace, key);
    const memories = current ? await formerOf(engine, scope, { key, current, limit }) : [];
    const now = clock.now();
    const versions = memories.map((memory, place) => ({
      ...presentEntry(key, memory, now),
      id: memory.id,
      current: place === 0,
    }));
    return {
      ok: true,
      data: { key, namespace, versions, history: versions, count: versions.length },
    };
  },
});

async function formerOf(
  engine: Engine,
  scope: Scope,
  { key, current, limit }: { key: string; current: Memory; limit: number },
): Promise<readonly Memory[]> {
  const { id: memoryId, namespace, kind } = current;
  if (kind !== 'fact') {
    return (await engine.list(scope, { namespace, key, order: 'desc', limit })).memories;
  }
  const { versions, before } = await engine.history(scope, { memoryId, namespace, limit });
  return [...versions, ...before].slice(0, limit);
}

export const slugKeyRoutes: readonly Mountable[] = [remove, expire, copy, history];
