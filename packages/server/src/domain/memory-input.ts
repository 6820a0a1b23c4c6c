/** What a caller may say of a memory, and the checks that every door shares. */
import { utf8Length } from '../util/utf8.ts';
import { MemoryError } from './errors.ts';
import { limits } from './limits.ts';
import { checkLinks } from './links.ts';
import {
  type Attachment,
  type Audience,
  type JsonObject,
  type JsonValue,
  type Kind,
  type MemoryLink,
  textOf,
} from './memory.ts';
import { parseKey, parseLabel, parseTag } from './names.ts';

export type StoreMode = 'append' | 'replace';

/** What a namespace does with a key where the store says nothing; `auto` goes by the value. */
export const defaultModes = ['auto', 'append', 'replace'] as const;
export type DefaultMode = (typeof defaultModes)[number];

/** Times are milliseconds since 1970 UTC. Absent fields are not set. */
export interface MemoryInput {
  readonly value: JsonValue;
  readonly key?: string;
  readonly mode?: StoreMode;
  readonly kind?: Exclude<Kind, 'derived'>;
  readonly type?: string;
  readonly audience?: Audience;
  readonly tags?: readonly string[];
  readonly metadata?: JsonObject;
  readonly attachments?: readonly Attachment[];
  readonly links?: readonly MemoryLink[];
  readonly speaker?: string;
  readonly occurredAt?: number;
  readonly validFrom?: number;
  readonly validTo?: number;
  /** null: never, also where the same text had an end before. */
  readonly expiresAt?: number | null;
  readonly importance?: number;
  readonly confidence?: number;
  readonly pinned?: boolean;
  /** The version the current fact of the key must have; 0: there must be none. */
  readonly ifVersion?: number;
}

/** Normalised input, or a coded error: value_too_large, invalid_value, invalid_key, ... */
export function checkMemoryInput(input: MemoryInput, valueBytesMax: number): MemoryInput {
  if (input.value === null) {
    throw new MemoryError('invalid_value', 'The value is null: nothing can be remembered of it.');
  }
  if (hasHugeNumber(input.value)) throw new MemoryError('invalid_value', hugeNumber('value'));
  const text = textOf(input.value);
  if (text.trim().length === 0) throw new MemoryError('invalid_value', 'The value is empty.');
  const bytes = utf8Length(text);
  if (bytes > valueBytesMax) {
    throw new MemoryError(
      'value_too_large',
      `The value has ${bytes} bytes of UTF-8; at most ${valueBytesMax} are stored.`,
      { details: { bytes, bytes_max: valueBytesMax } },
    );
  }
  if (input.metadata) checkMetadata(input.metadata);
  const { validFrom, validTo } = input;
  if (validFrom !== undefined && validTo !== undefined && validTo <= validFrom) {
    const details = { field: 'valid_to' };
    throw new MemoryError('invalid_request', 'valid_to must be after valid_from.', { details });
  }
  return {
    ...input,
    ...(input.key !== undefined && { key: parseKey(input.key) }),
    ...(input.type !== undefined && { type: parseLabel(input.type, 'type') }),
    ...(input.speaker !== undefined && { speaker: parseLabel(input.speaker, 'speaker') }),
    ...(input.tags && { tags: checkTags(input.tags) }),
    ...(input.links && { links: checkLinks(input.links) }),
  };
}

function checkTags(tags: readonly string[]): string[] {
  const unique = [...new Set(tags.map((tag, i) => parseTag(tag, `tags[${i}]`)))];
  if (unique.length > limits.tagsMax) {
    throw new MemoryError('invalid_request', `At most ${limits.tagsMax} tags.`, {
      details: { field: 'tags' },
    });
  }
  return unique;
}

function checkMetadata(metadata: JsonObject): void {
  const details = { field: 'metadata' };
  if (depthOf(metadata) > limits.metadataDepthMax) {
    const message = `metadata is nested deeper than ${limits.metadataDepthMax} levels.`;
    throw new MemoryError('invalid_request', message, { details });
  }
  if (hasHugeNumber(metadata)) {
    throw new MemoryError('invalid_request', hugeNumber('metadata'), { details });
  }
  if (utf8Length(JSON.stringify(metadata)) > limits.metadataBytesMax) {
    const message = `metadata is larger than ${limits.metadataBytesMax} bytes.`;
    throw new MemoryError('value_too_large', message, { details });
  }
}

/** Levels of objects and arrays; a plain value has none. JSON depth is bounded at the door. */
function depthOf(value: JsonValue): number {
  if (value === null || typeof value !== 'object') return 0;
  let deepest = 0;
  for (const child of Object.values(value)) deepest = Math.max(deepest, depthOf(child));
  return deepest + 1;
}

const hugeNumber = (field: string) => `${field} has a number beyond 1.8e308; send it as a text.`;

/** JSON can write 1e999, which is read as Infinity and would be kept as null. */
function hasHugeNumber(value: JsonValue): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return value !== null && typeof value === 'object' && Object.values(value).some(hasHugeNumber);
}
