/** Events from the wire: of a stream, and of a webhook's body. */

import type { JsonObject } from './json-types.ts';
import { countOrNull, objectFrom, text, textOrNull, texts } from './read-wire.ts';
import type { EventContent, EventType, ReverieEvent } from './webhook-types.ts';

export function eventFrom(raw: JsonObject): ReverieEvent {
  const data = objectFrom(raw.data, 'event');
  const content = contentFrom(data);
  return {
    id: text(raw, 'id'),
    type: text(raw, 'event') as EventType,
    at: text(raw, 'timestamp'),
    namespace: textOrNull(data.namespace),
    memoryId: textOrNull(data.memory_id),
    version: countOrNull(data.version),
    seq: countOrNull(data.seq),
    key: textOrNull(data.key),
    kind: textOrNull(data.kind),
    audience: textOrNull(data.audience),
    archived: typeof data.archived === 'boolean' ? data.archived : null,
    supersedes: textOrNull(data.supersedes),
    supersededBy: textOrNull(data.superseded_by),
    createdAt: textOrNull(data.created_at),
    dreamId: textOrNull(data.dream_id),
    ...(content && { memory: content }),
  };
}

function contentFrom({ value, ...data }: JsonObject): EventContent | undefined {
  if (value === undefined) return undefined;
  return {
    value,
    content: text(data, 'content'),
    tags: texts(data.tags),
    metadata: objectFrom(data.metadata, 'metadata'),
    type: textOrNull(data.type),
    speaker: textOrNull(data.speaker),
    occurredAt: text(data, 'occurred_at'),
  };
}
