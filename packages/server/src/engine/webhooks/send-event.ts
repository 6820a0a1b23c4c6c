/** One attempt to deliver one event. */
import type { MemoryEvent } from '../../domain/events.ts';
import { limits } from '../../domain/limits.ts';
import type { NamespaceName } from '../../domain/memory.ts';
import type { TenantRecords } from '../../ports/records.ts';
import { utf8Bytes } from '../../util/utf8.ts';
import { memoryOfEvent } from '../events/read-events.ts';
import { openRecords } from '../open-records.ts';
import type { Attempt, StoredEvent } from './delivery.ts';
import type { WebhookDeps } from './deps.ts';
import { signatureHeaders } from './sign.ts';
import { accessOfWebhook, type Webhook } from './webhook.ts';

/** Records as the key of the webhook may see them. */
export function recordsOf(deps: WebhookDeps, webhook: Webhook): TenantRecords {
  const requireStill = () => deps.requireKey(webhook);
  return openRecords(deps, {
    tenant: webhook.tenant,
    access: accessOfWebhook(webhook),
    requireStill,
  });
}

/**
 * Undefined where there is nothing to send any more: the memory or its namespace was forgotten.
 * Throws what `requireKey` throws.
 */
export async function sendEvent(
  deps: WebhookDeps,
  webhook: Webhook,
  { event: stored, attempt }: { readonly event: StoredEvent; readonly attempt: number },
  signal: AbortSignal,
): Promise<Attempt | undefined> {
  deps.requireKey(webhook);
  const told = await toldOf(recordsOf(deps, webhook), stored);
  if (!told) return undefined;
  const withValue = webhook.include.includes('value');
  const body = utf8Bytes(JSON.stringify(deps.present(told.event, told.memory, withValue)));
  const at = deps.clock.now();
  const start = performance.now();
  const answer = await deps.outgoing.post({
    url: webhook.url,
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': deps.userAgent,
      'X-Reverie-Event': stored.type,
      'X-Reverie-Event-Id': stored.id,
      'X-Reverie-Attempt': String(attempt),
      ...signatureHeaders(webhook, body, at),
    },
    body,
    timeoutMs: limits.webhookTimeoutMs,
    signal,
  });
  return { at, ms: Math.round(performance.now() - start), ...answer };
}

async function toldOf(records: TenantRecords, stored: StoredEvent) {
  if (!('memoryId' in stored) && !('dream' in stored)) return { event: stored, memory: undefined };
  const namespace: NamespaceName | undefined = await records.nameOf(stored.namespaceNo);
  if (namespace === undefined) return undefined;
  if ('dream' in stored) return { event: { ...stored, namespace }, memory: undefined };
  const event: MemoryEvent = { ...stored, namespace };
  if (event.type === 'memory.deleted') return { event, memory: undefined };
  const memory = await memoryOfEvent(records, event);
  return memory && { event, memory };
}
