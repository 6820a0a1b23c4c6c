/** What memories state, one claim each, and which claims cannot both hold. */
import { roleOf } from '../../text/role-labels.ts';
import { relationOf, type ValueRelation } from '../../text/statement-values.ts';
import { findStatements, type Statement } from '../../text/statements.ts';
import type { DreamMemory } from './strategy.ts';

export interface Claim extends Statement {
  readonly memory: DreamMemory;
  /** From when it holds, as far as it is told: milliseconds since 1970 UTC. */
  readonly at: number;
  /** The share of the memory that its sentence is, 0 to 1. */
  readonly share: number;
  /** How much the one who says it can know of it, times the memory's confidence; 0 to 1. */
  readonly authority: number;
}

/** Claims of one subject and attribute, by the time from which they hold. */
export type ClaimGroup = readonly Claim[];

/** Echoes are left out: they are no evidence. */
export async function readClaims(
  memories: readonly DreamMemory[],
  breathe: () => Promise<void>,
): Promise<ClaimGroup[]> {
  const claims: Claim[] = [];
  for (const memory of memories) {
    if (memory.isEcho) continue;
    claims.push(...claimsOf(memory));
    await breathe();
  }
  const nameOf = namesIn(memories, claims);
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) {
    await breathe();
    const subject = nameOf(claim.subject);
    const key = JSON.stringify([subject, claim.attribute]);
    const group = groups.get(key);
    if (group) group.push({ ...claim, subject });
    else groups.set(key, [{ ...claim, subject }]);
  }
  const byTime = (a: Claim, b: Claim): number =>
    a.at - b.at || a.memory.occurredAt - b.memory.occurredAt || a.memory.ordinal - b.memory.ordinal;
  return [...groups.values()].map((group) => group.sort(byTime).slice(-claimsMax));
}

/** The newest of one attribute: who says it more often is known by then. */
const claimsMax = 200;

/** What one knows of another is taken for less than what one says of oneself. */
const hearsay = 0.7;

function claimsOf(memory: DreamMemory): Claim[] {
  const { text, speaker, occurredAt, validFrom, confidence } = memory;
  const options = { saidAt: occurredAt, ...(speaker !== undefined && { speaker }) };
  const found = findStatements(text, options);
  const statements = found.length === 0 ? statementsOfKey(memory) : found;
  const size = Math.max(1, text.trim().length);
  return statements.map((statement) => {
    // What was stored without a speaker is the application's own knowledge.
    const isKnown = statement.isOwn || speaker === undefined;
    return {
      ...statement,
      memory,
      at: statement.since ?? validFrom ?? occurredAt,
      share: Math.min(1, (statement.end - statement.start) / size),
      authority: confidence * (isKnown ? 1 : hearsay),
    };
  });
}

const keyCharsMax = 80;
const homeKey = /^(?:home|city|location|residence|lives in|home city)$/;

/** A fact under `user.phone_number` may hold the number and nothing else. */
function statementsOfKey({ kind, key, text, occurredAt }: DreamMemory): Statement[] {
  if (kind !== 'fact' || key === undefined || text.length > keyCharsMax) return [];
  const last = key.split(/[./:#]/).at(-1) ?? '';
  const name = last
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
    .toLowerCase();
  const value = text.trim().replace(/[.!]$/, '');
  const said = homeKey.test(name) ? `I live in ${value}.` : `My ${name} is ${value}.`;
  const found = findStatements(said, { saidAt: occurredAt });
  return found.map((statement) => ({ ...statement, start: 0, end: text.length }));
}

/**
 * One name per person: "the user" is the one person who speaks, and "Ann" is Ann Miller where no
 * other Ann is known by two names.
 */
function namesIn(
  memories: readonly DreamMemory[],
  claims: readonly Claim[],
): (subject: string) => string {
  const speakers = new Set<string>();
  for (const { speaker } of memories) {
    if (speaker !== undefined && roleOf(speaker) === undefined) {
      speakers.add(speaker.trim().toLowerCase());
    }
  }
  const full = new Map<string, Set<string>>();
  for (const name of [...speakers, ...claims.map(({ subject }) => subject)]) {
    const [first = '', ...rest] = name.split(' ');
    if (rest.length === 0 || rest.length > 2 || name.includes("'")) continue;
    full.set(first, (full.get(first) ?? new Set()).add(name));
  }
  const wholeOf = (name: string): string => {
    const [only, ...others] = full.get(name) ?? [];
    return only !== undefined && others.length === 0 ? only : name;
  };
  const [only, ...others] = speakers;
  const user = only !== undefined && others.length === 0 ? wholeOf(only) : 'user';
  return (subject) => {
    const [name = '', relation] = subject.split("'s ");
    const whole = name === 'user' ? user : wholeOf(name);
    return relation === undefined ? whole : `${whole}'s ${relation}`;
  };
}

const yearMs = 365.25 * 86_400_000;

/** Of values in two languages nothing is said: München is Munich. */
export function compareClaims(a: Claim, b: Claim): ValueRelation {
  const isSpelled = a.kind === 'name' || a.kind === 'words';
  if (isSpelled && a.language !== b.language) return a.normal === b.normal ? 'same' : 'unclear';
  if (a.attribute !== 'age') return relationOf(a, b);
  const off = Number(b.normal) - Number(a.normal) - (b.at - a.at) / yearMs;
  if (Math.abs(off) > 1.1) return 'different';
  return a.normal === b.normal ? 'same' : 'wider';
}

export interface Conflict {
  readonly older: Claim;
  readonly newer: Claim;
  /** The newer one says in so many words that the older one holds no longer. */
  readonly isDenial: boolean;
}

/** Each claim that cannot hold any more, with the first one that says so. */
export function conflictsIn(group: ClaimGroup): Conflict[] {
  const found: Conflict[] = [];
  const last = group.at(-1);
  for (const [place, older] of group.entries()) {
    const newer = group.find((later, i) => i > place && excludes(older, later));
    if (newer === undefined || last === undefined) continue;
    // Said again since by one who knows better than the one who denied it.
    const isUpheld = newer.authority < older.authority && !excludes(older, last);
    if (isUpheld || older.memory.id === newer.memory.id) continue;
    found.push({ older, newer, isDenial: older.isDenied !== newer.isDenied });
  }
  return found;
}

function excludes(older: Claim, later: Claim): boolean {
  const isDenial = older.isDenied !== later.isDenied;
  if (!isDenial && (!older.isSingle || older.isDenied)) return false;
  const relation = compareClaims(older, later);
  if (!isDenial) return relation === 'different';
  // Who does not live in Bern does not live in Bern, Switzerland either.
  const isDenied = later.isDenied && (relation === 'wider' || relation === 'narrower');
  return relation === 'same' || (older.isSingle && isDenied);
}
