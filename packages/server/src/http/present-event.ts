/** Events as the wire shows them: to webhooks and to event streams alike. */
import type { ToldEvent } from '../domain/events.ts';
import { type Memory, textOf } from '../domain/memory.ts';
import { iso } from './present.ts';

/** With the memory, in the version that it tells of, where it is still there. */
export function presentEvent(event: ToldEvent, memory: Memory | undefined, withValue: boolean) {
  const { id, type, at } = event;
  return { id, event: type, timestamp: iso(at), data: dataOf(event, memory, withValue) };
}

function dataOf(event: ToldEvent, memory: Memory | undefined, withValue: boolean) {
  if (event.type === 'ping') return {};
  if ('dream' in event) return { namespace: event.namespace, dream_id: event.dream };
  if (!('memoryId' in event)) return { namespace: event.namespace };
  const { memoryId: memory_id, namespace, version, seq, at } = event;
  const place = { memory_id, namespace, version, seq };
  if (memory === undefined) return { ...place, updated_at: iso(at) };
  const { kind, audience, supersedes, supersededBy: superseded_by, archived, createdAt } = memory;
  return {
    ...{ ...place, key: memory.body.key ?? null, kind, audience, archived },
    ...{ supersedes, superseded_by, created_at: iso(createdAt), updated_at: iso(at) },
    ...(withValue && contentOf(memory)),
  };
}

function contentOf({ body, occurredAt }: Memory) {
  const { value, tags, metadata, type = null, speaker = null } = body;
  const content = textOf(value);
  return { value, content, tags, metadata, type, speaker, occurred_at: iso(occurredAt) };
}
