/** Writes requests in the wire's snake_case. Values and metadata pass through untouched. */

import type { ContextInput } from './context-types.ts';
import { ReverieError } from './errors.ts';
import { filterToWire } from './filter-to-wire.ts';
import type { TimeFilter } from './filter-types.ts';
import type { ForgetCare, ForgetInput, ForgetManyInput } from './forget-types.ts';
import type { Time } from './json-types.ts';
import type { KeyInput, ListInput, MemoryTimes } from './list-types.ts';
import type { Attachment } from './memory-types.ts';
import type { RecallInput, WhyNotInput } from './recall-types.ts';
import type { StoreInput, UpdateInput } from './store-types.ts';

/** JSON.stringify leaves out what is undefined, so absent fields stay absent. */
export type WireBody = Record<string, unknown>;
export type WireQuery = Record<string, string | number | boolean | undefined>;

export function storeToWire(input: StoreInput, namespace: string | undefined): WireBody {
  return {
    value: input.value,
    key: input.key,
    namespace: input.namespace ?? namespace,
    tags: input.tags,
    metadata: input.metadata,
    mode: input.mode,
    kind: input.kind,
    type: input.type,
    audience: input.audience,
    speaker: input.speaker,
    occurred_at: timeToWire(input.occurredAt, 'occurredAt'),
    expires_at: timeToWire(input.expiresAt, 'expiresAt'),
    ttl_seconds: input.ttlSeconds,
    valid_from: timeToWire(input.validFrom, 'validFrom'),
    valid_to: timeToWire(input.validTo, 'validTo'),
    importance: input.importance,
    confidence: input.confidence,
    pinned: input.pinned,
    attachments: input.attachments?.map(attachmentToWire),
    links: input.links,
    if_version: input.ifVersion,
  };
}

export function recallToWire(input: RecallInput, namespace: string | undefined): WireBody {
  return { ...questionToWire(input, namespace), explain: input.explain };
}

export function whyNotToWire(input: WhyNotInput, namespace: string | undefined): WireBody {
  return { ...questionToWire(input, namespace), memory_id: input.memoryId };
}

export function contextToWire(input: ContextInput, namespace: string | undefined): WireBody {
  return {
    ...narrowedToWire(input, namespace),
    system_namespace: input.systemNamespace,
    profile: input.profile,
    max_tokens: input.maxTokens,
    format: input.format,
    sections: input.sections,
  };
}

function questionToWire(
  input: Omit<RecallInput, 'explain'>,
  namespace: string | undefined,
): WireBody {
  const { signals } = input;
  return {
    ...narrowedToWire(input, namespace),
    audience: input.audience,
    signals: signals && {
      vector: signals.vector,
      text: signals.text,
      entity: signals.entity,
      thread: signals.thread,
      time: signals.time,
      speaker: signals.speaker,
      question: signals.question,
    },
    collapse: input.collapse,
    rerank: input.rerank,
  };
}

/** What every question has: the words, where, how many, the filters, and what it says of time. */
function narrowedToWire(
  input: Omit<ContextInput, 'format' | 'sections'>,
  namespace: string | undefined,
): WireBody {
  return {
    query: input.query,
    namespace: input.namespace ?? namespace,
    limit: input.limit,
    threshold: input.threshold,
    tags: input.tags,
    filter: input.filter && filterToWire(input.filter),
    kind: input.kind,
    type: input.type,
    key: input.key,
    speaker: input.speaker,
    ...timeFilterToWire(input),
    time: input.time,
    reference_time: timeToWire(input.referenceTime, 'referenceTime'),
    recency: input.recency,
  };
}

export function listToWire(input: ListInput, namespace: string | undefined): WireQuery {
  return {
    namespace: input.namespace ?? namespace,
    key: input.key,
    tag: input.tag,
    filter: input.filter && JSON.stringify(filterToWire(input.filter)),
    kind: input.kind,
    archived: input.archived?.toString(),
    order: input.order,
    limit: input.limit,
    cursor: input.cursor,
    ...timeFilterToWire(input),
  };
}

export function updateToWire(input: UpdateInput): WireBody {
  return {
    value: input.value,
    type: input.type,
    tags: input.tags,
    metadata: input.metadata,
    attachments: input.attachments?.map(attachmentToWire),
    links: input.links,
    speaker: input.speaker,
    audience: input.audience,
    occurred_at: timeToWire(input.occurredAt, 'occurredAt'),
    valid_from: timeOrNull(input.validFrom, 'validFrom'),
    valid_to: timeOrNull(input.validTo, 'validTo'),
    expires_at: timeOrNull(input.expiresAt, 'expiresAt'),
    pinned: input.pinned,
    importance: input.importance,
    confidence: input.confidence,
    trust: input.trust,
    if_version: input.ifVersion,
  };
}

function timeOrNull(time: Time | null | undefined, name: string): string | null | undefined {
  return time === null ? null : timeToWire(time, name);
}

export function keyToWire(input: KeyInput, namespace: string | undefined): WireBody {
  return { key: input.key, namespace: input.namespace ?? namespace, ...timesToWire(input) };
}

export function forgetToWire(input: ForgetInput, namespace: string | undefined): WireBody {
  const space = input.namespace ?? namespace;
  if ('id' in input && input.id !== undefined) {
    return { memory_id: input.id, namespace: space, dry_run: input.dryRun };
  }
  if ('key' in input && input.key !== undefined) {
    return { key: input.key, namespace: space, dry_run: input.dryRun };
  }
  const many: ForgetManyInput = input;
  return {
    namespace: space,
    filter: many.filter && filterToWire(many.filter),
    tags: many.tags,
    kind: many.kind,
    type: many.type,
    audience: many.audience,
    speaker: many.speaker,
    ...timeFilterToWire(many),
    ...careToWire(many),
  };
}

export function careToWire({ dryRun, confirm, expectedCount }: ForgetCare) {
  return { dry_run: dryRun, confirm, expected_count: expectedCount };
}

function attachmentToWire(attachment: Attachment): WireBody {
  return {
    url: attachment.url,
    media_type: attachment.mediaType,
    caption: attachment.caption,
  };
}

function timeFilterToWire(input: TimeFilter): Record<string, string | undefined> {
  return {
    occurred_after: timeToWire(input.occurredAfter, 'occurredAfter'),
    occurred_before: timeToWire(input.occurredBefore, 'occurredBefore'),
    ...timesToWire(input),
  };
}

export function timesToWire(input: MemoryTimes): Record<string, string | undefined> {
  return {
    valid_at: timeToWire(input.validAt, 'validAt'),
    as_of: timeToWire(input.asOf, 'asOf'),
  };
}

export function timeToWire(time: Time | undefined, name: string): string | undefined {
  if (!(time instanceof Date)) return time;
  if (Number.isNaN(time.getTime())) {
    throw new ReverieError('invalid_argument', `${name} is not a valid date.`);
  }
  return time.toISOString();
}
