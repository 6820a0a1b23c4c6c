/** What storing and changing take, and tell. */
import type { JsonObject, JsonValue, Time } from './json-types.ts';
import type { Attachment, Audience, Indexed, Memory, MemoryLink, Trust } from './memory-types.ts';

/** What to store. Only `value` is needed. */
export interface StoreInput {
  value: JsonValue;
  /** Episodes under one key form a thread; facts under one key replace each other. */
  key?: string | undefined;
  /** Usually one end user. The client's namespace when absent, else `default`. */
  namespace?: string | undefined;
  tags?: readonly string[] | undefined;
  metadata?: JsonObject | undefined;
  /** Says it outright; without it the server tells a turn from a fact by its form. */
  mode?: 'append' | 'replace' | undefined;
  kind?: 'episode' | 'fact' | undefined;
  type?: string | undefined;
  audience?: Audience | undefined;
  speaker?: string | undefined;
  occurredAt?: Time | undefined;
  expiresAt?: Time | undefined;
  /** Instead of `expiresAt`, from now. */
  ttlSeconds?: number | undefined;
  validFrom?: Time | undefined;
  validTo?: Time | undefined;
  importance?: number | undefined;
  confidence?: number | undefined;
  pinned?: boolean | undefined;
  attachments?: readonly Attachment[] | undefined;
  /** At most 32, to memories of the same namespace; else `invalid_link`. */
  links?: readonly MemoryLink[] | undefined;
  /** Store only when the key's current fact has this version; else `version_conflict`. */
  ifVersion?: number | undefined;
}

/**
 * A change of one memory: what is not named stays, null takes away. Metadata is merged name by
 * name; tags, attachments and links are replaced.
 */
export interface UpdateInput {
  id: string;
  namespace?: string | undefined;
  value?: JsonValue | undefined;
  type?: string | null | undefined;
  tags?: readonly string[] | undefined;
  metadata?: JsonObject | undefined;
  attachments?: readonly Attachment[] | undefined;
  links?: readonly MemoryLink[] | undefined;
  speaker?: string | null | undefined;
  audience?: Audience | undefined;
  occurredAt?: Time | undefined;
  validFrom?: Time | null | undefined;
  validTo?: Time | null | undefined;
  expiresAt?: Time | null | undefined;
  pinned?: boolean | undefined;
  importance?: number | undefined;
  confidence?: number | undefined;
  /** Sets it by hand, which takes the permission `system`. */
  trust?: Trust | undefined;
  /** Change only this version; else `version_conflict`. */
  ifVersion?: number | undefined;
}

export interface UpdateResult {
  status: 'updated' | 'unchanged';
  id: string;
  version: number;
  /** Null for a key that may write and not read. */
  memory: Memory | null;
}

/**
 * What became of a store. `appended`: a turn joined its thread. `replaced`: an older fact under
 * the key gave way. `merged`: the same text with other fields. `unchanged`: nothing was new.
 */
export type StoreStatus = 'stored' | 'appended' | 'replaced' | 'merged' | 'unchanged';

export interface StoreResult {
  status: StoreStatus;
  id: string;
  key: string | null;
  namespace: string;
  version: number;
  createdAt: string;
  indexed: Indexed;
  /** The id of the fact that gave way. */
  replaced?: string;
  /** A remark of the server, for example that old and new fact have no word in common. */
  hint?: string;
  /** A repeated request finds that the memory was erased since: `memory` is null. */
  erased?: true;
  /** Null for a key that may write and not read, too. */
  memory: Memory | null;
}

export interface StoreManyOutcome {
  /** Position in the items that were sent. */
  index: number;
  ok: boolean;
  status?: StoreStatus;
  id?: string;
  error?: { code: string; message: string };
}

export interface StoreManyResult {
  results: StoreManyOutcome[];
  stored: number;
  failed: number;
}
