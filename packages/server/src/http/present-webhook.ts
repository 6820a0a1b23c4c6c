/** Webhooks and their deliveries as the wire shows them. */
import { z } from '@hono/zod-openapi';
import { eventPatterns } from '../domain/events.ts';
import {
  type Attempt,
  type Delivery,
  isArrived,
  type LoggedAttempt,
  type LoggedEvent,
} from '../engine/webhooks/delivery.ts';
import { type Webhook, webhookIncludes } from '../engine/webhooks/webhook.ts';
import type { WebhookStatus } from '../engine/webhooks/webhooks.ts';
import { outgoingFaults } from '../ports/outgoing.ts';
import { iso } from './present.ts';

const time = z.string().openapi({ format: 'date-time' });

export const attemptSchema = z
  .object({
    at: time,
    ms: z.number().int(),
    delivered: z.boolean(),
    status: z.number().int().nullable().openapi({ description: 'What the receiver answered.' }),
    error: z.enum(outgoingFaults).nullable().openapi({ description: 'Why no answer came.' }),
  })
  .openapi('DeliveryAttempt');

export const deliveryStates = ['waiting', 'delivered', 'failed', 'dead'] as const;
type DeliveryState = (typeof deliveryStates)[number];

export const deliverySchema = z
  .object({
    id: z.string().openapi({ description: 'Of the event; the same with each attempt.' }),
    event: z.string(),
    memory_id: z.string().nullable(),
    version: z.number().int().nullable(),
    happened_at: time,
    state: z.enum(deliveryStates).openapi({
      description: '`failed`: a ping that did not arrive. `dead`: given up; it can be redelivered.',
    }),
    attempts: z.number().int(),
    last_attempt: attemptSchema.nullable(),
    next_attempt_at: time.nullable(),
  })
  .openapi('Delivery');

const states = ['active', 'disabled', 'failing', 'no_key'] as const;

export const webhookSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    events: z.array(z.enum(eventPatterns)),
    namespaces: z.array(z.string()),
    include: z.array(z.enum(webhookIncludes)),
    description: z.string(),
    created_at: time,
    created_by: z.string().openapi({ description: 'The key that made it.' }),
    state: z.enum(states).openapi({
      description:
        '`failing`: switched off, because nothing got through for three days. `no_key`: its key ' +
        'was revoked or has expired, or the tenant is suspended.',
    }),
    disabled_at: time.nullable(),
    failing_since: time.nullable(),
    waiting: z.number().int().openapi({ description: 'Deliveries that are tried again.' }),
    dead: z.number().int().openapi({ description: 'Deliveries that were given up.' }),
    last_attempt: attemptSchema.nullable(),
    former_secret_until: time.nullable(),
  })
  .openapi('Webhook');

const isoOrNull = (ms: number | undefined) => (ms === undefined ? null : iso(ms));

/** Never the secret. */
export function presentWebhook(webhook: Webhook, status: WebhookStatus) {
  const { id, url, events, namespaces, include, description, disabled, former } = webhook;
  return {
    ...{ id, url, events, namespaces, include, description },
    created_at: iso(webhook.createdAt),
    created_by: webhook.keyId,
    state: stateOf(webhook, status),
    disabled_at: isoOrNull(disabled?.at),
    failing_since: isoOrNull(status.failingSince),
    waiting: status.waiting,
    dead: status.dead,
    last_attempt: status.last ? presentAttempt(status.last) : null,
    former_secret_until: isoOrNull(former?.until),
  };
}

function stateOf({ disabled }: Webhook, { hasKey }: WebhookStatus): (typeof states)[number] {
  if (!hasKey) return 'no_key';
  if (disabled === undefined) return 'active';
  return disabled.reason === 'failing' ? 'failing' : 'disabled';
}

export function presentAttempt({ at, ms, status, fault }: Attempt) {
  const delivered = isArrived({ ...(status !== undefined && { status }) });
  return { at: iso(at), ms, delivered, status: status ?? null, error: fault ?? null };
}

export function presentDelivery({ event, state, attempts, nextAt, last }: Delivery) {
  const next = state === 'waiting' ? iso(nextAt) : null;
  return deliveryOf(event, { state, attempts, last, next });
}

/** One line for each event, the newest first. */
export function deliveriesOf(found: {
  readonly kept: readonly Delivery[];
  readonly attempts: readonly LoggedAttempt[];
}) {
  const kept = new Set(found.kept.map(({ event }) => event.id));
  const tried = new Map(found.attempts.map((attempt) => [attempt.event.id, attempt]));
  const logged = [...tried.values()]
    .filter(({ event }) => !kept.has(event.id))
    .map((last) => {
      const state = isArrived(last) ? 'delivered' : 'failed';
      return deliveryOf(last.event, { state, attempts: last.attempt, last, next: null });
    });
  const all = [...found.kept.map(presentDelivery), ...logged];
  return all.sort((a, b) => (a.happened_at < b.happened_at ? 1 : -1));
}

function deliveryOf(
  event: LoggedEvent,
  told: {
    readonly state: DeliveryState;
    readonly attempts: number;
    readonly last: Attempt | undefined;
    readonly next: string | null;
  },
) {
  const { memoryId = null, version = null } = 'memoryId' in event ? event : {};
  return {
    id: event.id,
    event: event.type,
    memory_id: memoryId,
    version,
    happened_at: iso(event.at),
    state: told.state,
    attempts: told.attempts,
    last_attempt: told.last ? presentAttempt(told.last) : null,
    next_attempt_at: told.next,
  };
}
