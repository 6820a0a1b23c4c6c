/** From a store's wire form to what the engine stores. */

import { parseMemoryId } from '../domain/ids.ts';
import type { Attachment, JsonObject, MemoryLink, NamespaceName } from '../domain/memory.ts';
import type { MemoryInput } from '../domain/memory-input.ts';
import { parseNamespace } from '../domain/names.ts';
import { namespaceFrom, onlyOne, valueFrom } from './compat/store-body.ts';
import type { StoreBody } from './schemas.ts';

/** `fallback` is the namespace when the body names none. Throws coded errors. */
export function storeInput(
  body: StoreBody,
  fallback: NamespaceName,
  nowMs: number,
): { namespace: NamespaceName; input: MemoryInput } {
  const named = namespaceFrom(body);
  const occurredAt = body.occurred_at ?? body.timestamp;
  const optional = {
    key: body.key,
    mode: body.mode,
    kind: body.kind,
    type: body.type,
    audience: body.audience,
    tags: body.tags,
    metadata: metadataFrom(body),
    attachments: body.attachments?.map(attachmentFrom),
    links: body.links?.map(linkFrom),
    speaker: body.speaker,
    occurredAt,
    validFrom: body.valid_from,
    validTo: body.valid_to,
    expiresAt: expiryFrom(body, nowMs),
    importance: body.importance,
    confidence: body.confidence,
    pinned: body.pinned,
    ifVersion: body.if_version,
  };
  return {
    namespace: named === undefined ? fallback : parseNamespace(named),
    input: { value: valueFrom(body), ...defined(optional) },
  };
}

/** Null: it does not expire. */
function expiryFrom(
  { expires_at: expiresAt, ttl_seconds, ttl }: StoreBody,
  nowMs: number,
): number | null | undefined {
  const seconds = onlyOne({ ttl_seconds, ttl });
  if (seconds === undefined) return expiresAt === undefined ? undefined : Math.round(expiresAt);
  return seconds === 0 ? null : Math.round(nowMs + seconds * 1000);
}

/** Agents and runs are kept with the metadata, where filters can find them. */
function metadataFrom(body: StoreBody): JsonObject | undefined {
  const { metadata, agent_id: agentId, run_id: runId } = body;
  if (agentId === undefined && runId === undefined) return metadata;
  return {
    ...metadata,
    ...(agentId !== undefined && { agent_id: agentId }),
    ...(runId !== undefined && { run_id: runId }),
  };
}

export function attachmentFrom(item: NonNullable<StoreBody['attachments']>[number]): Attachment {
  const { url, caption, media_type: mediaType } = item;
  return defined({ url, caption, mediaType });
}

/** Throws invalid_id. */
export function linkFrom({ type, id }: NonNullable<StoreBody['links']>[number]): MemoryLink {
  return { type, id: parseMemoryId(id) };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields that are undefined: absent and undefined are not the same to us. */
export function defined<T extends object>(fields: T): Defined<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<T>;
}
