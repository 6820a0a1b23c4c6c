/** Lines of our own exports: header, memory, end. */
import { z } from '@hono/zod-openapi';
import { parseMemoryId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { checkLinks } from '../../domain/links.ts';
import { audiences, kinds, trusts } from '../../domain/memory.ts';
import type { ImportItem } from '../../engine/import/import-item.ts';
import { memoryIdentity } from '../../engine/import/imported-id.ts';
import { attachmentSchema, jsonObjectSchema, jsonSchema, timeSchema } from '../schemas.ts';
import { storeInput } from '../store-input.ts';
import type { LineSource } from './line-source.ts';

const count = z.number().int().min(0);

export const headerSchema = z.object({
  reverie_export: z.object({ format: count, namespace: z.string().max(limits.namespaceBytesMax) }),
});
export const endSchema = z.object({
  reverie_export_end: z.object({ count, sha256: z.string() }),
});

const id = z.string().transform(parseMemoryId);
const share = z.number().min(0).max(1);

const ownLineSchema = z.strictObject({
  id,
  key: z.string().nullish(),
  value: jsonSchema,
  kind: z.enum(kinds),
  type: z.string().nullish(),
  audience: z.enum(audiences).optional(),
  tags: z.array(z.string()).optional(),
  metadata: jsonObjectSchema.optional(),
  attachments: z.array(attachmentSchema).max(limits.attachmentsMax).optional(),
  speaker: z.string().nullish(),
  occurred_at: timeSchema,
  created_at: timeSchema,
  updated_at: z.unknown().optional(),
  valid_from: timeSchema.nullish(),
  valid_to: timeSchema.nullish(),
  expires_at: timeSchema.nullish(),
  version: z.number().int().min(1).max(limits.versionMax).optional(),
  supersedes: id.nullish(),
  superseded_by: id.nullish(),
  superseded_at: timeSchema.nullish(),
  archived: z.boolean().optional(),
  pinned: z.boolean().optional(),
  importance: share.optional(),
  confidence: share.optional(),
  trust: z.enum(trusts).optional(),
  echo_of: id.nullish(),
  links: z
    .array(z.strictObject({ type: z.string(), id }))
    .max(limits.linksMax)
    .optional(),
  derived_from: z.array(id).max(limits.importLinksMax).optional(),
  imported: z.object({ created_at: timeSchema.optional() }).optional(),
  // Told, and made anew: where it came in, what was found in it, former versions, the place in
  // the file.
  origin: z.unknown().optional(),
  flags: z.unknown().optional(),
  history: z.unknown().optional(),
  cursor: z.unknown().optional(),
});

type OwnLine = z.infer<typeof ownLineSchema>;

export const ownFields = Object.keys(ownLineSchema.shape);

export function parseOwnLine(raw: unknown) {
  return ownLineSchema.safeParse(raw);
}

export function ownItem(line: OwnLine, source: LineSource): ImportItem {
  const { id: fileId, kind, trust = 'normal', version = 1, archived = false } = line;
  const importId = source.givenId ?? '';
  const createdAt = line.imported?.created_at ?? line.created_at;
  return {
    line: source.line,
    identity: memoryIdentity(fileId, importId),
    input: ownInput(line, source),
    imported: { from: source.from, id: fileId, createdAt },
    state: {
      id: fileId,
      kind,
      trust,
      version,
      archived,
      supersedes: line.supersedes ?? null,
      supersededBy: line.superseded_by ?? null,
      supersededAt: line.superseded_at ?? null,
      echoOf: line.echo_of ?? null,
      links: checkLinks(line.links ?? []),
      derivedFrom: line.derived_from ?? [],
      importId,
    },
  };
}

function ownInput(line: OwnLine, { namespace, nowMs }: LineSource): ImportItem['input'] {
  const body = {
    value: line.value,
    key: line.key ?? undefined,
    // As it was: no rule decides again what it is.
    mode: 'append' as const,
    kind: line.kind === 'fact' ? ('fact' as const) : ('episode' as const),
    type: line.type ?? undefined,
    audience: line.audience,
    tags: line.tags,
    metadata: line.metadata,
    attachments: line.attachments,
    speaker: line.speaker ?? undefined,
    occurred_at: line.occurred_at,
    valid_from: line.valid_from ?? undefined,
    valid_to: line.valid_to ?? undefined,
    expires_at: line.expires_at ?? undefined,
    importance: line.importance,
    confidence: line.confidence,
    pinned: line.pinned,
  };
  return storeInput(body, namespace, nowMs).input;
}
