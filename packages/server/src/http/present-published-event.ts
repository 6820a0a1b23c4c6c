/** Events as they are published for everybody who may read the topic: ids and numbers alone. */
import type { TenantId } from '../domain/memory.ts';
import type { PublishedEvent } from '../engine/publish/deps.ts';
import { iso } from './present.ts';

/** As webhooks show them, without names and keys, which may be somebody's. */
export function presentPublishedEvent(event: PublishedEvent, tenant: TenantId) {
  const { id, type, at } = event;
  return { id, event: type, timestamp: iso(at), data: dataOf(event, tenant) };
}

function dataOf(event: PublishedEvent, tenant: TenantId) {
  const place = { tenant, namespace_no: event.namespaceNo };
  if ('dream' in event) return { ...place, dream_id: event.dream };
  if (!('memoryId' in event)) return place;
  const { memoryId: memory_id, audience, version, seq, at } = event;
  return { ...place, memory_id, audience, version, seq, updated_at: iso(at) };
}
