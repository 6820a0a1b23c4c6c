/** A line of a Mem0 export: what was remembered under `memory`, beside who and when. */
import { z } from '@hono/zod-openapi';
import { limits } from '../../domain/limits.ts';
import type { JsonObject, JsonValue } from '../../domain/memory.ts';
import type { ImportItem } from '../../engine/import/import-item.ts';
import { type LineSource, lineIdentity, namedIdentity } from '../import/line-source.ts';
import { jsonObjectSchema, jsonSchema, tagsSchema, timeSchema } from '../schemas.ts';

const label = z.union([z.string().max(limits.importNameCharsMax), z.number()]).nullish();

const mem0LineSchema = z
  .object({
    id: label,
    memory: z.string(),
    user_id: label,
    agent_id: label,
    run_id: label,
    app_id: label,
    actor_id: label,
    metadata: jsonObjectSchema.nullish(),
    categories: tagsSchema.nullish(),
    created_at: timeSchema.nullish(),
    updated_at: timeSchema.nullish(),
    expiration_date: timeSchema.nullish(),
    // Derived there, and derived anew here.
    hash: z.unknown().optional(),
    score: z.unknown().optional(),
  })
  .catchall(jsonSchema);

export const mem0Fields = Object.keys(mem0LineSchema.shape);

export function parseMem0Line(raw: unknown) {
  return mem0LineSchema.safeParse(raw);
}

/** Scope ids and fields that we have no word for stay in the metadata, where filters find them. */
export function mem0Item(line: z.infer<typeof mem0LineSchema>, source: LineSource): ImportItem {
  const { id, memory, metadata, categories, created_at, updated_at, expiration_date } = line;
  const { hash: _hash, score: _score, ...named } = line;
  const known = new Set<string>([
    ...['id', 'memory', 'metadata', 'categories', 'created_at', 'updated_at'],
    'expiration_date',
  ]);
  const rest = Object.entries(named).flatMap(([name, value]): [string, JsonValue][] =>
    known.has(name) || value === null || value === undefined ? [] : [[name, value]],
  );
  const createdAt = created_at ?? undefined;
  const occurredAt = createdAt ?? updated_at ?? undefined;
  // Names like toString, which every object has, are names like any other.
  const fields: JsonObject = { ...Object.fromEntries(rest), ...metadata };
  return {
    line: source.line,
    identity:
      id === null || id === undefined
        ? lineIdentity(source, createdAt)
        : namedIdentity(source, ['mem0', id], createdAt),
    input: {
      value: memory,
      kind: 'fact',
      tags: categories ?? [],
      metadata: fields,
      ...(occurredAt !== undefined && { occurredAt }),
      ...(typeof expiration_date === 'number' && { expiresAt: expiration_date }),
    },
    imported: {
      from: 'mem0',
      ...(id !== null && id !== undefined && { id: String(id) }),
      ...(createdAt !== undefined && { createdAt }),
    },
  };
}
