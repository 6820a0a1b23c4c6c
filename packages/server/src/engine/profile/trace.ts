/** What one memory adds to a profile. Pure: no clock, and nothing of other memories. */
import type { JsonValue, Memory, MemoryId } from '../../domain/memory.ts';
import { isStanding, textOf } from '../../domain/memory.ts';
import { indexedText } from '../../domain/store-rules.ts';
import { foldTerm } from '../../text/fold.ts';
import { roleOf } from '../../text/role-labels.ts';
import { safeText } from '../context/safe-text.ts';
import { isOfUser, type ProfileSection, sectionOf, wordsOfKey } from './section-words.ts';

/** A line that a memory alone gives. */
export interface Claim {
  readonly section: ProfileSection;
  readonly rank: number;
  /** One line of plain text, bounded. */
  readonly text: string;
  /** What the user is called. */
  readonly ownName?: string;
}

/** Somebody, or a project, that a memory names. */
export interface Named {
  readonly section: 'people' | 'projects';
  readonly normal: string;
  readonly shown: string;
  readonly isSpeaker: boolean;
}

/** Columns of the memory, and what its body gives; the body itself is not kept. */
export interface Trace
  extends Pick<
    Memory,
    | 'id'
    | 'ordinal'
    | 'kind'
    | 'keyHash'
    | 'updatedAt'
    | 'occurredAt'
    | 'validFrom'
    | 'validTo'
    | 'expiresAt'
    | 'pinned'
    | 'importance'
    | 'confidence'
  > {
  readonly isFlagged: boolean;
  readonly claims: readonly Claim[];
  readonly names: readonly Named[];
  readonly derivedFrom: readonly MemoryId[];
}

/** Far less than a millisecond: looking at the clock costs as much as a trace. */
export const tracesAtOnce = 64;

/** Characters of a line. */
export const lineCharsMax = 200;
/** A value that is longer is a document, which no key makes a line of a profile. */
const factCharsMax = 1_000;
const claimsMax = 16;
const namesMax = 16;
const derivedFromMax = 7;
/** Behind every place that a word of a list has. */
const lastRank = 1_000;

export function traceOf(memory: Memory): Trace {
  const { id, ordinal, kind, keyHash, updatedAt, occurredAt } = memory;
  const { validFrom, validTo, expiresAt, pinned, importance, confidence } = memory;
  return {
    ...{ id, ordinal, kind, keyHash, updatedAt, occurredAt, validFrom, validTo, expiresAt },
    ...{ pinned, importance, confidence },
    isFlagged: memory.trust !== 'normal',
    claims: memory.body.echoOf === undefined ? linesOf(memory) : [],
    names: namesOf(memory).slice(0, namesMax),
    derivedFrom: memory.body.derivedFrom.slice(0, derivedFromMax),
  };
}

/** What consists of invisible signs alone is no line. */
function linesOf(memory: Memory): Claim[] {
  return claimsOf(memory)
    .filter(({ text }) => text !== '')
    .slice(0, claimsMax);
}

function claimsOf(memory: Memory): Claim[] {
  const { kind, body } = memory;
  if (kind === 'derived') return derivedClaims(memory);
  if (kind === 'fact' && body.key !== undefined) return keyedClaims(body.key, memory);
  const text = indexedText(body);
  if (kind === 'episode') return isStanding(memory) ? [noteOf(text)] : [];
  const place = text.length <= factCharsMax ? sectionOf(wordsOfKey(text)) : undefined;
  return place || isStanding(memory) || text.length <= lineCharsMax
    ? [{ ...(place ?? notes), text: lineOf(text) }]
    : [];
}

const notes = { section: 'notes', rank: lastRank } as const;
const noteOf = (text: string): Claim => ({ ...notes, text: lineOf(text) });

/** An object of a user's fields is one fact for each of them. */
function keyedClaims(key: string, memory: Memory): Claim[] {
  const { value } = memory.body;
  const fields = fieldsOf(value);
  if (fields !== undefined && (isOfUser(key) || sectionOf(wordsOfKey(key)))) {
    return fields.flatMap(([name, field]) => {
      const label = isOfUser(key) ? wordsOfKey(name) : [...wordsOfKey(key), ...wordsOfKey(name)];
      return labelled(label, field, memory);
    });
  }
  return labelled(wordsOfKey(key), indexedText(memory.body), memory);
}

function labelled(words: readonly string[], value: string, memory: Memory): Claim[] {
  const place = sectionOf(words);
  const isLong = value.length > (place ? factCharsMax : lineCharsMax);
  if (lineOf(value) === '' || (isLong && !isStanding(memory))) return [];
  const label = words.join(' ');
  const text = lineOf(label === '' ? value : `${label}: ${value}`);
  const isName = place?.section === 'identity' && words.some((word) => nameWords.has(word));
  return [{ ...(place ?? notes), text, ...(isName && { ownName: foldTerm(value.trim()) }) }];
}

const nameWords = new Set(['name', 'nickname', 'nombre', 'nom', 'nome', 'vorname', '姓名', '名字']);

/** Fields of a flat object as text; undefined for every other value. */
function fieldsOf(value: JsonValue): [string, string][] | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const fields = Object.entries(value).flatMap(([name, field]): [string, string][] => {
    if (field === null || field === '') return [];
    const isList = Array.isArray(field) && field.every((item) => typeof item !== 'object');
    return [[name, isList ? field.join(', ') : textOf(field)]];
  });
  return fields.length === 0 ? undefined : fields;
}

/** Patterns that count who is mentioned are left out: a profile counts for itself. */
function derivedClaims({ body }: Memory): Claim[] {
  const text = lineOf(textOf(body.value));
  if (body.type === 'forecast') return [{ section: 'plans', rank: 0, text }];
  if (body.type === 'pattern' && !body.tags.includes('mentions')) {
    return [{ section: 'preferences', rank: lastRank, text }];
  }
  if (body.type !== 'fact') return [];
  // Whose and which: what synthesis notes with the facts that it makes.
  const { about } = body.metadata;
  const place = typeof about === 'string' ? sectionOf(wordsOfKey(about)) : undefined;
  return [{ ...(place ?? sectionOf(wordsOfKey(text)) ?? notes), text }];
}

function namesOf(memory: Memory): Named[] {
  const { body, kind } = memory;
  // What is derived counts what was counted already, and an echo says nothing of its own.
  if (kind === 'derived' || body.echoOf !== undefined) return [];
  const text = indexedText(body);
  const found = new Map<string, Named>();
  const add = (section: Named['section'], shown: string, isSpeaker = false): void => {
    const normal = foldTerm(shown.normalize('NFC').trim());
    const safe = lineOf(shown, nameCharsMax);
    if (normal === '' || safe === '' || found.has(`${section} ${normal}`)) return;
    found.set(`${section} ${normal}`, { section, normal, shown: safe, isSpeaker });
  };
  const { speaker } = body;
  if (speaker !== undefined && roleOf(speaker) === undefined) add('people', speaker, true);
  for (const { type, normal, start, end } of body.entities) {
    if (type === 'person') add('people', text.slice(start, end) || normal);
  }
  const project = body.metadata.project;
  if (typeof project === 'string') add('projects', project);
  for (const tag of body.tags) {
    const [, name] = /^project[:/](.+)$/iu.exec(tag) ?? [];
    if (name !== undefined) add('projects', name);
  }
  for (const [, name = ''] of text.slice(0, projectCharsMax).matchAll(namedProject)) {
    add('projects', name);
  }
  return [...found.values()];
}

const nameCharsMax = 60;
const projectCharsMax = 4_000;
const projectWords = 'project|projekt|proyecto|projet|progetto|projeto|проект';
const eitherCase = projectWords.replace(
  /(?<=^|\|)./gu,
  (first) => `[${first.toUpperCase()}${first}]`,
);
/** "Project Atlas": the word in front, and a name behind it. */
const namedProject = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${eitherCase}) ["'«“]?(\\p{Lu}[\\p{L}\\p{N}-]{1,40})`,
  'gu',
);

/** One line of plain text with a mark where it was cut. */
export function lineOf(text: string, charsMax = lineCharsMax): string {
  // Before it is made safe, so that a long value costs no more than a short one.
  const start = text.trimStart().slice(0, 4 * charsMax);
  const characters = [...safeText(start)];
  const isWhole = characters.length <= charsMax && text.trim().length <= start.length;
  return isWhole ? characters.join('') : `${characters.slice(0, charsMax - 2).join('')} …`;
}
