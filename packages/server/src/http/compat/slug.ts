/** What the routes that are named after one action share: their answers lie in `data`. */
import { z } from '@hono/zod-openapi';
import { type Memory, textOf } from '../../domain/memory.ts';
import { utf8Length } from '../../util/utf8.ts';
import { iso } from '../present.ts';
import { jsonSchema } from '../schemas.ts';

/** The schema of an answer `{ok, data}`. */
export function slugAnswer<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object({ ok: z.literal(true), data: z.object(shape) });
}

const isoTime = z.string().openapi({ format: 'date-time' });

export const entryShape = {
  key: z.string(),
  namespace: z.string(),
  value: jsonSchema,
  tags: z.array(z.string()),
  version: z.number().int(),
  type: z.string().nullable(),
  created: isoTime,
  updated: isoTime,
  ttl_seconds: z.number().optional(),
  expires_at: isoTime.optional(),
};

/** A memory as an entry of a store of keys and values. */
export function presentEntry(key: string, memory: Memory, nowMs: number) {
  const { namespace, body, version, createdAt, updatedAt, expiresAt } = memory;
  return {
    key,
    namespace,
    value: body.value,
    tags: body.tags,
    version,
    type: body.type ?? null,
    created: iso(createdAt),
    updated: iso(updatedAt),
    ...(expiresAt !== null && presentExpiry(expiresAt, nowMs)),
  };
}

/** Of memory-get: a miss has no value. */
export const foundEntrySchema = z
  .object({ ...entryShape, found: z.boolean() })
  .partial()
  .required({ key: true, namespace: true, value: true, found: true });

export function presentFound(
  asked: { readonly key: string; readonly namespace: string; readonly memory: Memory | null },
  nowMs: number,
) {
  const { key, namespace, memory } = asked;
  if (memory === null) return { key, namespace, value: null, found: false };
  return { ...presentEntry(key, memory, nowMs), found: true };
}

/** Of memory-set, beside our own answer. */
export const storedShape = {
  success: z.literal(true),
  data: z.object({
    key: z.string().nullable(),
    namespace: z.string(),
    status: z.string(),
    version: z.number().int(),
    type: z.string().nullable(),
    ttl_seconds: z.number().optional(),
    expires_at: isoTime.optional(),
  }),
};

export function presentStored(
  summary: { key: string | null; namespace: string; status: string; version: number },
  memory: Memory | null,
  nowMs: number,
) {
  const { key, namespace, status, version } = summary;
  const expiresAt = memory?.expiresAt ?? null;
  return {
    ...{ key, namespace, status, version, type: memory?.body.type ?? null },
    ...(expiresAt !== null && presentExpiry(expiresAt, nowMs)),
  };
}

/** Whole seconds that are left, and when they end. */
export function presentExpiry(expiresAt: number, nowMs: number) {
  const left = Math.max(0, Math.round((expiresAt - nowMs) / 1000));
  return { ttl_seconds: left, expires_at: iso(expiresAt) };
}

/** Bytes of UTF-8 of what is indexed. */
export function sizeOf({ body }: Memory): number {
  return utf8Length(textOf(body.value));
}
