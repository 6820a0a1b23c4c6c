/**
 * What storing means: a turn is appended, a fact is replaced. Pure decisions, so that every
 * backend and every door stores alike.
 */
import { MemoryError } from './errors.ts';
import { linksField } from './links.ts';
import { type JsonValue, type Kind, type MemoryBody, textOf } from './memory.ts';
import type { DefaultMode, MemoryInput } from './memory-input.ts';

export type StoreStatus = 'stored' | 'appended' | 'replaced' | 'merged' | 'unchanged';

/** The tag with which the guides mark turns of a conversation. */
export const conversationTag = 'conversation';

export interface StoreIntent {
  readonly kind: Exclude<Kind, 'derived'>;
  /** Whether a current fact of the key gives way. */
  readonly replaces: boolean;
}

/**
 * The append/replace rule: an explicit mode always wins; no key appends; a transcript or the tag
 * `conversation` appends to the key's thread; anything else with a key replaces its fact. A default
 * mode other than `auto` comes before the look at the value, and after what the input says.
 */
export function decideIntent(
  input: MemoryInput,
  isTranscript: boolean,
  defaultMode: DefaultMode = 'auto',
): StoreIntent {
  const { key, mode } = input;
  if (mode === 'replace' && key === undefined) {
    throw new MemoryError('invalid_request', 'mode "replace" needs a key.', {
      details: { field: 'key' },
    });
  }
  if (mode === 'replace' && input.kind === 'episode') {
    throw new MemoryError('invalid_request', 'An episode is appended, never replaced.', {
      details: { field: 'kind' },
    });
  }
  if (mode === 'replace') return { kind: 'fact', replaces: true };
  if (mode === 'append') return { kind: input.kind ?? 'episode', replaces: false };
  if (key === undefined) return { kind: input.kind ?? 'episode', replaces: false };
  if (input.kind) return { kind: input.kind, replaces: input.kind === 'fact' };
  if (defaultMode === 'append') return { kind: 'episode', replaces: false };
  if (defaultMode === 'replace') return { kind: 'fact', replaces: true };
  const isTurn = isTranscript || (input.tags?.includes(conversationTag) ?? false);
  return isTurn ? { kind: 'episode', replaces: false } : { kind: 'fact', replaces: true };
}

/** Two values that a reader would call the same: equal after NFC and trimming. */
export function sameText(a: JsonValue, b: JsonValue): boolean {
  return normalText(a) === normalText(b);
}

function normalText(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(sortedKeys(value));
  return text.normalize('NFC').trim();
}

/** JSON objects are equal whatever the order of their names. */
export function sameJson(a: JsonValue, b: JsonValue): boolean {
  return JSON.stringify(sortedKeys(a)) === JSON.stringify(sortedKeys(b));
}

function sortedKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (value === null || typeof value !== 'object') return value;
  const names = Object.keys(value).sort();
  // fromEntries defines own properties, so that a name like __proto__ stays data.
  return Object.fromEntries(names.map((name) => [name, sortedKeys(value[name] ?? null)]));
}

/**
 * The body of a fact after the same text was stored again with other fields: tags are united,
 * metadata is merged by name, named fields win as a whole (links and attachments too), unnamed ones
 * stay. Undefined when nothing changed.
 */
export function mergeBody(current: MemoryBody, input: MemoryInput): MemoryBody | undefined {
  const { links, ...others } = current;
  const merged: MemoryBody = {
    ...others,
    ...linksField(input.links ?? links),
    tags: [...new Set([...current.tags, ...(input.tags ?? [])])],
    metadata: { ...current.metadata, ...input.metadata },
    ...(input.attachments && { attachments: [...input.attachments] }),
    ...(input.type !== undefined && { type: input.type }),
    ...(input.speaker !== undefined && { speaker: input.speaker }),
  };
  const asJson = (body: MemoryBody): JsonValue => JSON.parse(JSON.stringify(body));
  return sameJson(asJson(current), asJson(merged)) ? undefined : merged;
}

/** The text of a value as the indexes and the hints see it. */
export function indexedText(body: Pick<MemoryBody, 'value' | 'attachments'>): string {
  const captions = body.attachments.flatMap((item) => (item.caption ? [item.caption] : []));
  return [textOf(body.value), ...captions].join('\n');
}

/** Whether both are found by the same words and meaning: only labels around the text differ. */
export function saysTheSame(a: MemoryBody, b: MemoryBody): boolean {
  return indexedText(a) === indexedText(b) && a.speaker === b.speaker;
}
