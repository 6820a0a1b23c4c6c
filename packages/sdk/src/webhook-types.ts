/** Events, and the webhooks that they are sent to, as the client shows them. */
import type { JsonObject, JsonValue } from './json-types.ts';

export type EventType =
  | 'memory.created'
  | 'memory.updated'
  | 'memory.superseded'
  | 'memory.archived'
  | 'memory.deleted'
  | 'namespace.deleted'
  | 'dream.planned'
  | 'dream.applied'
  | 'dream.undone'
  | 'dream.discarded'
  | 'dream.cancelled'
  | 'dream.failed'
  | 'ping';

/** What a listener asks for: a type, `memory.*`, or `*`. */
export type EventPattern =
  | Exclude<EventType, 'ping'>
  | 'memory.*'
  | 'namespace.*'
  | 'dream.*'
  | '*';

/** Something that happened. Null where the event is about no memory, or the memory is gone. */
export interface ReverieEvent {
  /** The same each time that it is told. */
  id: string;
  type: EventType;
  at: string;
  namespace: string | null;
  memoryId: string | null;
  version: number | null;
  /** The change of the namespace that it tells of. */
  seq: number | null;
  key: string | null;
  kind: string | null;
  audience: string | null;
  archived: boolean | null;
  supersedes: string | null;
  supersededBy: string | null;
  createdAt: string | null;
  /** Of an event about a dream. */
  dreamId: string | null;
  /** Only where `value` was asked for; absent for what was deleted. */
  memory?: EventContent;
}

export interface EventContent {
  value: JsonValue;
  content: string;
  tags: string[];
  metadata: JsonObject;
  type: string | null;
  speaker: string | null;
  occurredAt: string;
}

export interface EventsInput {
  namespace?: string | undefined;
  /** All when absent. */
  types?: readonly EventPattern[] | undefined;
  include?: readonly 'value'[] | undefined;
  /** A cursor of an item; `0` for all that ever happened; from now on when absent. */
  after?: string | undefined;
}

export type EventItem =
  | { kind: 'event'; cursor: string; event: ReverieEvent }
  /** What was before cannot be told: read the namespace anew. */
  | { kind: 'reset'; cursor: string; reason: string };

export interface NewWebhookInput {
  url: string;
  /** All when absent. */
  events?: readonly EventPattern[] | undefined;
  /** `*` stands for any characters; all that the key may read when absent. */
  namespaces?: readonly string[] | undefined;
  include?: readonly 'value'[] | undefined;
  /** Of your own; made where it is absent. */
  secret?: string | undefined;
  description?: string | undefined;
}

export interface DeliveryAttempt {
  at: string;
  ms: number;
  delivered: boolean;
  /** What the receiver answered. */
  status: number | null;
  /** Why no answer came. */
  error: string | null;
}

export interface Webhook {
  id: string;
  url: string;
  events: EventPattern[];
  namespaces: string[];
  include: string[];
  description: string;
  createdAt: string;
  /** The key that made it. */
  createdBy: string;
  state: 'active' | 'disabled' | 'failing' | 'no_key';
  disabledAt: string | null;
  failingSince: string | null;
  waiting: number;
  dead: number;
  lastAttempt: DeliveryAttempt | null;
  formerSecretUntil: string | null;
}

export interface MadeWebhook {
  /** Shown this once. */
  secret: string;
  webhook: Webhook;
}

export type DeliveryState = 'waiting' | 'delivered' | 'failed' | 'dead';

export interface WebhookDelivery {
  /** Of the event. */
  id: string;
  event: string;
  memoryId: string | null;
  version: number | null;
  happenedAt: string;
  state: DeliveryState;
  attempts: number;
  lastAttempt: DeliveryAttempt | null;
  nextAttemptAt: string | null;
}
