/** Names of people, organisations, products and places, by capitals, cues and gazetteers. */
import type { Entity, EntityType } from './entity-types.ts';
import { normalCharsMax } from './entity-types.ts';
import { foldTerm } from './fold.ts';
import * as cues from './gazetteers/cues.ts';
import { isGivenName, isWordLikeName } from './gazetteers/given-names.ts';
import { isPlace, widePlace } from './gazetteers/places.ts';
import { thingNamed } from './gazetteers/things.ts';
import { joined, type NameWord, readWords, runEnd } from './name-words.ts';
import { isStopWord } from './stop-words.ts';

interface Around {
  readonly before: string;
  readonly after: string;
  readonly title: boolean;
  readonly possessed: boolean;
}

function aroundOf(text: string, words: readonly NameWord[], first: number, end: number): Around {
  const before = words[first]?.linked === true ? words[first - 1] : undefined;
  const after = words[end]?.linked === true ? words[end] : undefined;
  const last = words[end - 1];
  const behind = last === undefined ? '' : text.slice(last.end, last.end + 2);
  return {
    before: before?.folded ?? '',
    after: after?.folded ?? '',
    title: before !== undefined && cues.titles.has(before.folded),
    possessed: /^['’]s?/u.test(behind),
  };
}

/** The type that a gazetteer or a word of the name itself tells. */
function typeByWords(run: readonly NameWord[]): EntityType | undefined {
  const name = joined(run);
  const first = run[0]?.folded ?? '';
  const last = run.at(-1)?.folded ?? '';
  const thing = thingNamed(name);
  if (thing !== undefined) return thing.type;
  if (isPlace(name)) return 'place';
  if (run.length > 1) {
    if (cues.organizationEnds.has(last.replace(/\.$/, ''))) return 'organization';
    if (cues.organizationStarts.has(first)) return 'organization';
    if (cues.placeEnds.has(last)) return 'place';
    if (cues.placeStarts.has(first)) return 'place';
    if (/^(?:\p{L}+(?:strasse|platz|gasse))$/u.test(last)) return 'place';
  }
  return isGivenName(first) ? 'person' : undefined;
}

const isAcronym = (word: string): boolean => /^(?:\p{Lu}[\p{Lu}\p{N}&]{1,5})$/u.test(word);

/** The type of a name that no gazetteer knows, by what stands around it. */
function typeByCues(run: readonly NameWord[], around: Around): EntityType {
  if (around.title) return 'person';
  if (run.some((word) => word.folded === 'of')) return 'product';
  const single = run.length === 1;
  const text = run[0]?.text ?? '';
  if (single && isAcronym(text)) return 'organization';
  if (around.possessed && !cues.placeCues.has(around.before)) return 'person';
  if (cues.organizationCues.has(around.before)) return 'organization';
  if (cues.placeCues.has(around.before))
    return single || !cues.personVerbs.has(around.after) ? 'place' : 'person';
  if (cues.productCues.has(around.before)) return 'product';
  return /\p{N}/u.test(text) ? 'product' : 'person';
}

/** Whether a word may be a name at all where it stands. */
function isPlain(word: NameWord, language: string): boolean {
  return (
    cues.plainCapitals.has(word.folded) ||
    isStopWord(word.folded.replaceAll(/['’]/g, ''), 'en') ||
    isStopWord(word.folded, language) ||
    /^(?:i|you|we|they|he|she|it|that|there|what|who|let|here|how|where)['’]/u.test(word.folded) ||
    /^\p{L}+n['’]t$/u.test(word.folded)
  );
}

interface NameContext {
  readonly text: string;
  readonly words: readonly NameWord[];
  /** Folded words that are capitalised inside some sentence. */
  readonly inside: ReadonlySet<string>;
  /** Names that the caller knows to be of people. */
  readonly people: ReadonlySet<string>;
  /** ISO 639-1. German writes all nouns with capitals: only known names and cues count there. */
  readonly language: string;
}

function isKnownOpener(context: NameContext, word: NameWord, around: Around): boolean {
  if (context.people.has(word.folded)) return true;
  const signed = around.possessed || cues.personVerbs.has(around.after);
  if (isGivenName(word.folded)) return !isWordLikeName(word.folded) || signed;
  if (isPlace(word.folded)) return true;
  if (cues.openers.has(word.folded)) return false;
  if (context.inside.has(word.folded)) return true;
  return signed && !/(?:ing|ly|ed|s)$/.test(word.folded);
}

/** Common words at the start of a sentence are no part of the name behind them. */
function dropOpener(context: NameContext, first: number, end: number): number {
  const { words } = context;
  const word = words[first];
  if (word === undefined || !word.opens) return first;
  const next = words[first + 1];
  const called = next !== undefined && first + 1 < end && isGivenName(next.folded);
  const known = typeByWords(words.slice(first, first + 1)) !== undefined;
  if (called && !known && !cues.titles.has(word.folded)) return first + 1;
  if (
    typeByWords(words.slice(first, end)) !== undefined &&
    end - first > 1 &&
    !isPlain(word, context.language)
  ) {
    return cues.openers.has(word.folded) ? first + 1 : first;
  }
  if (isPlain(word, context.language) || cues.openers.has(word.folded)) return first + 1;
  return end - first > 1 || isKnownOpener(context, word, aroundOf(context.text, words, first, end))
    ? first
    : first + 1;
}

/** Where a given name follows a noun (Schwester Anja), the name begins there. */
function firstKnown(words: readonly NameWord[], first: number, end: number): number {
  if (typeByWords(words.slice(first, end)) !== undefined) return first;
  const run = words.slice(first, end);
  const named = run.findIndex((word) => isGivenName(word.folded));
  return named < 0 ? first : first + named;
}

function nameAt(context: NameContext, from: number, runStop: number): Entity | undefined {
  const { text, words } = context;
  let first = dropOpener(context, from, runStop);
  while (first < runStop && words[first]?.capital === false) first++;
  const article = words[first]?.folded === 'the' && first + 1 < runStop;
  if (article && thingNamed(joined(words.slice(first, runStop))) === undefined) first++;
  if (first >= runStop) return undefined;
  const title = words[first];
  let titled = false;
  if (
    title !== undefined &&
    cues.titles.has(title.folded) &&
    words[first + 1]?.capital &&
    first + 1 < runStop
  ) {
    titled = true;
    first++;
  }
  if (context.language === 'de' && !titled) first = firstKnown(words, first, runStop);
  const run = words.slice(first, runStop);
  const head = run[0];
  const last = run.at(-1);
  if (head === undefined || last === undefined) return undefined;
  if (run.length === 1 && isPlain(head, context.language)) return undefined;
  const around = aroundOf(text, words, first, runStop);
  const person = titled || around.title || context.people.has(head.folded);
  const known = person ? 'person' : typeByWords(run);
  const guess = known ?? typeByCues(run, around);
  if (known === undefined) {
    if (run.length === 1 && (head.text.length < 2 || /^\d/.test(head.text))) return undefined;
    const sure = run.length > 1 && run.every((word) => !isPlain(word, context.language));
    if (context.language === 'de' && !sure && !isAcronym(head.text)) return undefined;
  }
  const normal = joined(run).slice(0, normalCharsMax);
  return {
    type: guess,
    text: text.slice(head.start, last.end),
    normal,
    start: head.start,
    end: last.end,
  };
}

/** Names in lower case or scripts without capitals that a gazetteer knows. */
function findKnown(text: string, words: readonly NameWord[]): Entity[] {
  const found: Entity[] = [];
  for (const [position, word] of words.entries()) {
    for (const length of [3, 2, 1]) {
      const run = words.slice(position, position + length);
      if (run.length < length || run.slice(1).some((next) => !next.linked)) continue;
      const normal = joined(run);
      const thing = thingNamed(normal);
      const sure = thing !== undefined && (!thing.cased || run.every((next) => next.capital));
      const opener = word.opens && cues.openers.has(word.folded);
      if (length === 1 && thing?.cased === true && opener) continue;
      const place = word.capital && length > 1 && isPlace(normal);
      if (!(sure || place)) continue;
      const end = run.at(-1)?.end ?? word.end;
      const type = thing?.type ?? 'place';
      found.push({ type, text: text.slice(word.start, end), normal, start: word.start, end });
      break;
    }
  }
  return found;
}

function findWide(text: string): Entity[] {
  const found: Entity[] = [];
  for (const match of text.matchAll(widePlace)) {
    const [name] = match;
    const end = match.index + name.length;
    found.push({ type: 'place', text: name, normal: name, start: match.index, end });
  }
  const people =
    /(?<![\p{Script=Han}々])([\p{Script=Han}々]{2,4}|[ァ-ヺー]{2,12})(?=さん|氏|様|先生|くん|ちゃん)/gu;
  for (const pattern of [people, /[ァ-ヺ][ァ-ヺー・]{2,31}/gu]) {
    for (const match of text.matchAll(pattern)) {
      const [name] = match;
      const type = pattern === people ? 'person' : 'product';
      const end = match.index + name.length;
      found.push({ type, text: name, normal: name, start: match.index, end });
    }
  }
  return found;
}

/** Most letters are capitals: they tell nothing. */
function isShouted(words: readonly NameWord[]): boolean {
  const long = words.filter((word) => word.text.length > 3);
  const shouted = long.filter((word) => word.text === word.text.toUpperCase());
  return long.length > 3 && shouted.length * 2 > long.length;
}

/**
 * Names in text. Known ones come before guessed ones, so that the first of two that overlap is
 * the better one.
 */
export function findNames(text: string, language: string, speaker: string): Entity[] {
  const words = readWords(text);
  const found = [...findKnown(text, words), ...findWide(text)];
  if (isShouted(words)) return found;
  const inside = words.filter((word) => word.capital && !word.opens).map((word) => word.folded);
  const context: NameContext = {
    text,
    words,
    inside: new Set(inside),
    people: new Set(
      foldTerm(speaker)
        .split(/\s+/)
        .filter((name) => name.length > 1),
    ),
    language,
  };
  for (let first = 0; first < words.length; ) {
    const word = words[first];
    if (word === undefined || !word.capital) {
      first++;
      continue;
    }
    const end = cues.plainCapitals.has(word.folded) ? first + 1 : runEnd(words, first);
    const name = nameAt(context, first, end);
    if (name !== undefined) found.push(name);
    first = end;
  }
  return found;
}
