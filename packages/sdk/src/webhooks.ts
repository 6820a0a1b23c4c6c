/** Webhooks: addresses that are told what happens in namespaces. */
import type { Calls } from './calls.ts';
import type { CallOptions } from './client-types.ts';
import type { JsonObject, JsonValue } from './json-types.ts';
import { search, segment } from './path.ts';
import {
  count,
  countOrNull,
  isObject,
  objectFrom,
  results,
  text,
  textOrNull,
  texts,
} from './read-wire.ts';
import type {
  DeliveryAttempt,
  DeliveryState,
  EventPattern,
  MadeWebhook,
  NewWebhookInput,
  Webhook,
  WebhookDelivery,
} from './webhook-types.ts';

export interface WebhookCalls {
  /** The secret, by which deliveries are verified, is in the answer, this once. */
  createWebhook(input: NewWebhookInput, options?: CallOptions): Promise<MadeWebhook>;
  /** Those that the key has made; an admin sees those of weaker keys too. */
  webhooks(options?: CallOptions): Promise<Webhook[]>;
  webhook(id: string, options?: CallOptions): Promise<Webhook>;
  /** Switched on again it goes on where it stopped. */
  enableWebhook(id: string, enabled: boolean, options?: CallOptions): Promise<Webhook>;
  /** For `overlapSeconds` more the former secret signs beside the new one. */
  rotateWebhook(
    id: string,
    options?: CallOptions & { overlapSeconds?: number | undefined },
  ): Promise<MadeWebhook>;
  deleteWebhook(id: string, options?: CallOptions): Promise<void>;
  /** Sends a ping now, and tells what became of it. */
  testWebhook(id: string, options?: CallOptions): Promise<DeliveryAttempt>;
  /** Newest first. */
  webhookDeliveries(
    id: string,
    options?: CallOptions & { state?: DeliveryState | undefined; limit?: number | undefined },
  ): Promise<WebhookDelivery[]>;
  /** Sends a delivery once more, with the same event id. */
  redeliver(id: string, deliveryId: string, options?: CallOptions): Promise<WebhookDelivery>;
}

const path = '/v1/webhooks';
const pathOf = (id: string): string => `${path}/${segment(id)}`;

export function webhookCalls({ call, get, post }: Calls): WebhookCalls {
  const made = (raw: JsonObject): MadeWebhook => {
    return { secret: text(raw, 'secret'), webhook: oneFrom(raw) };
  };
  return {
    createWebhook: async (input, each) => made(await post(path, input, each, true)),
    webhooks: async (each) => results(await get(path, each)).map(webhookFrom),
    webhook: async (id, each) => oneFrom(await get(pathOf(id), each)),
    async enableWebhook(id, enabled, each) {
      const { raw } = await call({ method: 'PATCH', path: pathOf(id), body: { enabled } }, each);
      return oneFrom(raw);
    },
    async rotateWebhook(id, each) {
      const query = search({ overlap_seconds: each?.overlapSeconds });
      return made(await post(`${pathOf(id)}/rotate${query}`, undefined, each, true));
    },
    async deleteWebhook(id, each) {
      await call({ method: 'DELETE', path: pathOf(id) }, each);
    },
    async testWebhook(id, each) {
      const raw = await post(`${pathOf(id)}/test`, undefined, each, true);
      return attemptFrom(objectFrom(raw.attempt, 'attempt'));
    },
    async webhookDeliveries(id, each) {
      const query = search({ state: each?.state, limit: each?.limit });
      return results(await get(`${pathOf(id)}/deliveries${query}`, each)).map(deliveryFrom);
    },
    async redeliver(id, deliveryId, each) {
      const at = `${pathOf(id)}/deliveries/${segment(deliveryId)}/redeliver`;
      const raw = await post(at, undefined, each, true);
      return deliveryFrom(objectFrom(raw.delivery, 'delivery'));
    },
  };
}

const oneFrom = (raw: JsonObject): Webhook => webhookFrom(objectFrom(raw.webhook, 'webhook'));

function webhookFrom(raw: JsonObject): Webhook {
  return {
    id: text(raw, 'id'),
    url: text(raw, 'url'),
    events: texts(raw.events) as EventPattern[],
    namespaces: texts(raw.namespaces),
    include: texts(raw.include),
    description: text(raw, 'description'),
    createdAt: text(raw, 'created_at'),
    createdBy: text(raw, 'created_by'),
    state: text(raw, 'state') as Webhook['state'],
    disabledAt: textOrNull(raw.disabled_at),
    failingSince: textOrNull(raw.failing_since),
    waiting: count(raw.waiting, 0),
    dead: count(raw.dead, 0),
    lastAttempt: attemptOrNull(raw.last_attempt),
    formerSecretUntil: textOrNull(raw.former_secret_until),
  };
}

function deliveryFrom(raw: JsonObject): WebhookDelivery {
  return {
    id: text(raw, 'id'),
    event: text(raw, 'event'),
    memoryId: textOrNull(raw.memory_id),
    version: countOrNull(raw.version),
    happenedAt: text(raw, 'happened_at'),
    state: text(raw, 'state') as DeliveryState,
    attempts: count(raw.attempts, 0),
    lastAttempt: attemptOrNull(raw.last_attempt),
    nextAttemptAt: textOrNull(raw.next_attempt_at),
  };
}

function attemptOrNull(raw: JsonValue | undefined): DeliveryAttempt | null {
  return isObject(raw) ? attemptFrom(raw) : null;
}

function attemptFrom(raw: JsonObject): DeliveryAttempt {
  return {
    at: text(raw, 'at'),
    ms: count(raw.ms, 0),
    delivered: raw.delivered === true,
    status: countOrNull(raw.status),
    error: textOrNull(raw.error),
  };
}
