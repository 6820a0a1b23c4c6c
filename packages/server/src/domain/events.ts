/** What is told to those who follow a namespace, and by which name. */
import type { Audience, MemoryId, NamespaceName } from './memory.ts';

/** The one table of events. */
export const eventTypes = [
  'memory.created',
  'memory.updated',
  'memory.superseded',
  'memory.archived',
  'memory.deleted',
  /** A namespace was deleted as a whole: what it held is not told one by one for certain. */
  'namespace.deleted',
  /** A dream has ended and waits for a decision, or found nothing. */
  'dream.planned',
  'dream.applied',
  'dream.undone',
  'dream.discarded',
  'dream.cancelled',
  'dream.failed',
] as const;
export type EventType = (typeof eventTypes)[number];

/** What a listener may ask for: a type, `memory.*`, or `*`. */
export const eventPatterns = [...eventTypes, 'memory.*', 'namespace.*', 'dream.*', '*'] as const;
export type EventPattern = (typeof eventPatterns)[number];

/** An event about one memory, by ids only: content is read when it is told. */
export interface MemoryEvent {
  /** `evt_` and a UUIDv7, the same each time it is told. */
  readonly id: string;
  readonly type: EventType;
  readonly namespace: NamespaceName;
  readonly namespaceNo: number;
  /** The change that it tells of. */
  readonly seq: number;
  readonly ordinal: number;
  readonly memoryId: MemoryId;
  readonly audience: Audience;
  /** Of the memory after the change. */
  readonly version: number;
  /** When the change was written. */
  readonly at: number;
}

/** A namespace that was deleted as a whole. */
export interface NamespaceEvent {
  readonly id: string;
  readonly type: 'namespace.deleted';
  readonly namespace: NamespaceName;
  readonly namespaceNo: number;
  readonly at: number;
}

/** What happened to a dream of a namespace. */
export interface DreamEvent {
  readonly id: string;
  readonly type: Extract<EventType, `dream.${string}`>;
  readonly namespace: NamespaceName;
  readonly namespaceNo: number;
  readonly dream: string;
  readonly at: number;
}

/** Sent because somebody asked whether it arrives. */
export interface PingEvent {
  readonly id: string;
  readonly type: 'ping';
  readonly at: number;
}

export type ToldEvent = MemoryEvent | NamespaceEvent | DreamEvent | PingEvent;

export function wantsEvent(patterns: readonly EventPattern[], type: EventType): boolean {
  return patterns.some(
    (pattern) =>
      pattern === '*' ||
      pattern === type ||
      (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))),
  );
}
