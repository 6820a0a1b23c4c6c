/** What a memory is: its values and columns, without I/O, clock or randomness. */

import type { Flag } from './hygiene.ts';

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** `mem_` and a UUIDv7, unique in its namespace. */
export type MemoryId = Brand<string, 'MemoryId'>;
/** The outermost wall: owner of keys and namespaces. */
export type TenantId = Brand<string, 'TenantId'>;
/** A checked namespace name: NFC, 1 to 256 bytes, no control characters. */
export type NamespaceName = Brand<string, 'NamespaceName'>;
/** 16 bytes of keyed hash over a memory's key, as lower-case hex (32 characters). */
export type KeyHash = Brand<string, 'KeyHash'>;

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [name: string]: JsonValue;
}

export const kinds = ['episode', 'fact', 'derived'] as const;
export type Kind = (typeof kinds)[number];
export const audiences = ['user', 'system'] as const;
export type Audience = (typeof audiences)[number];
export const trusts = ['normal', 'flagged', 'quarantined'] as const;
export type Trust = (typeof trusts)[number];

export interface Attachment {
  url?: string;
  blob?: string;
  mediaType?: string;
  caption?: string;
}

/** What one memory says of another of its namespace. */
export interface MemoryLink {
  /** A label of the caller: `about`, `supports`, `contradicts`, ... */
  type: string;
  id: MemoryId;
}

/** One entity that was named in the text: its type, its normal form, and where it stands. */
export interface EntityMention {
  type: string;
  /** Case-folded and trimmed: what two mentions of the same thing have in common. */
  normal: string;
  /** UTF-16 offsets into the value's text. */
  start: number;
  end: number;
}

/**
 * All user content of a record. It lives in one blob, so that erasure and encryption have one
 * place to work on.
 */
export interface MemoryBody {
  /** As sent: text, or any JSON value. */
  value: JsonValue;
  key?: string;
  type?: string;
  tags: string[];
  metadata: JsonObject;
  attachments: Attachment[];
  speaker?: string;
  entities: EntityMention[];
  derivedFrom: MemoryId[];
  /** Of what a dream made. */
  made?: Made;
  /** A target may be gone by now: readers leave such links out. */
  links?: MemoryLink[];
  /** The memory that it repeats, which had just been handed out: no evidence of its own. */
  echoOf?: MemoryId;
  /** What hygiene found in it, and did. */
  flags?: Flag[];
  /** How it came in: `api`, `bulk`, `import`, `dream`. */
  origin: string;
  imported?: Imported;
}

/** How a dream made a memory. */
export interface Made {
  /** The id of the dream. */
  dream: string;
  strategy: string;
  /**
   * Keyed hash of what it is about; the next dream that says something else of it takes its place.
   */
  subject: KeyHash;
  /** What it stands for, and was archived with it: it comes back when this memory goes. */
  archived?: MemoryId[];
}

/** What an imported memory was where it came from. */
export interface Imported {
  /** The file's kind, and of our own exports the namespace. */
  from: string;
  id?: string;
  /** When it was first stored, in milliseconds since 1970 UTC. */
  createdAt?: number;
}

/**
 * The clear columns of a record: ids, numbers, times, kinds and flags, never content. Times are
 * milliseconds since 1970 UTC; null means not set.
 */
export interface MemoryColumns {
  id: MemoryId;
  /** Counts from 1, raised by every visible mutation. */
  version: number;
  kind: Kind;
  audience: Audience;
  trust: Trust;
  keyHash: KeyHash | null;
  /** When the system learned of it; assigned by the backend, never goes back in a namespace. */
  createdAt: number;
  /** When this version was written; assigned by the backend. */
  updatedAt: number;
  /** When it was said or happened, in the world. */
  occurredAt: number;
  validFrom: number | null;
  validTo: number | null;
  expiresAt: number | null;
  supersededAt: number | null;
  supersedes: MemoryId | null;
  supersededBy: MemoryId | null;
  archived: boolean;
  pinned: boolean;
  /** 0 to 1. */
  importance: number;
  /** 0 to 1. */
  confidence: number;
}

/** A memory as the engine sees it: columns, decoded body and its place in the namespace. */
export interface Memory extends MemoryColumns {
  namespace: NamespaceName;
  /** Stable row number inside the namespace, never reused. */
  ordinal: number;
  body: MemoryBody;
  /** Found by meaning; false while its vector is still to be made, and without an embedder. */
  hasVector: boolean;
}

/** Importance from which a memory is told without being asked for; 0.5 is the usual one. */
export const standingImportance = 0.8;

/** Pinned, or important enough to be told without being asked for. */
export function isStanding({ pinned, importance }: MemoryColumns): boolean {
  return pinned || importance >= standingImportance;
}

/** The text that is indexed: a JSON value is indexed by its compact JSON. */
export function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
