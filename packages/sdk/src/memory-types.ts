/** One memory, as an application sees it: camelCase, times as ISO 8601 strings in UTC. */
import type { JsonObject, JsonValue } from './json-types.ts';

/** An episode was said or done, a fact states what holds, a derived memory was made by Reverie. */
export type Kind = 'episode' | 'fact' | 'derived';

/** `user`: about the user. `system`: the application's own instructions and knowledge. */
export type Audience = 'user' | 'system';

export type Trust = 'normal' | 'flagged' | 'quarantined';

/** `secrets` open something, `cards` pay, `instructions` speak to a model. */
export type HygieneKind = 'secrets' | 'cards' | 'instructions';

/** Something that was found in a memory, and what was done about it. */
export interface Flag {
  kind: HygieneKind;
  /** `api_key`, `card_number`, `override`, ... */
  type: string;
  /** `value`, `metadata`, `tags[0]`, ... */
  field: string;
  action: 'flagged' | 'quarantined' | 'redacted';
}

/** Something beside the text; it is kept, and found through its caption and the value. */
export interface Attachment {
  url?: string | undefined;
  mediaType?: string | undefined;
  caption?: string | undefined;
}

/** What one memory says of another of its namespace. */
export interface MemoryLink {
  /** A label of your own: `about`, `supports`, `contradicts`, ... */
  type: string;
  id: string;
}

/** By what a memory is found by now; a vector may follow the write. */
export interface Indexed {
  text: boolean;
  vector: boolean;
}

/** One memory as the server keeps it. Null means: not set. */
export interface Memory {
  /** `mem_` and a UUIDv7. */
  id: string;
  key: string | null;
  /** As it was stored: text, or any JSON value. */
  value: JsonValue;
  /** The text of the value: the value itself, or its compact JSON. */
  content: string;
  namespace: string;
  kind: Kind;
  /** A free label. */
  type: string | null;
  audience: Audience;
  tags: string[];
  metadata: JsonObject;
  speaker: string | null;
  /** When it was said or happened, in the world. */
  occurredAt: string;
  /** When the server learned of it. */
  createdAt: string;
  updatedAt: string;
  /** Counts from 1. */
  version: number;
  archived: boolean;
  pinned: boolean;
  /** 0 to 1. */
  importance: number;
  /** 0 to 1. */
  confidence: number;
  trust: Trust;
  /** What was found in it when it was written; never the text of it. */
  flags: Flag[];
  /** The memory that it repeats, which had been handed out shortly before. */
  echoOf: string | null;
  indexed: Indexed;
  expiresAt: string | null;
  validFrom: string | null;
  validTo: string | null;
  /** The id of the newer fact that took this one's place. */
  supersededBy: string | null;
  /** The id of the older fact that this one took the place of. */
  supersedes: string | null;
  attachments: Attachment[];
  /** To other memories; those that are gone are left out. */
  links: MemoryLink[];
  /** Of what a dream made: what it was made of. */
  derivedFrom: string[];
}
