/** Pairs of sentences of which the later one ends the former. Pure. */
import { contentTerms } from '../../../../text/content-terms.ts';
import { sentencesOf, states } from '../../../../text/stating.ts';
import { past } from '../../plans/plan-forms.ts';
import type { DreamMemory } from '../../strategy.ts';

/** One sentence of a memory. */
export interface Said {
  readonly memory: DreamMemory;
  readonly text: string;
  /**
   * Of its first clause, or of the one with a "now", which is left out; in lower case, "we" as "I".
   */
  readonly words: readonly string[];
  /** The same as written. */
  readonly written: readonly string[];
  readonly terms: ReadonlySet<string>;
  readonly tellsChange: boolean;
  /** It is all that the memory says. */
  readonly isWhole: boolean;
}

const wordsMax = 24;
const sentencesMax = 6;

const bounded = (words: string, flags = 'iu'): RegExp =>
  new RegExp(`(?<![\\p{L}])(?:${words})(?![\\p{L}])`, flags);
const nows =
  'now|these days|nowadays|from now on|again|instead|jetzt|inzwischen|mittlerweile|maintenant|' +
  'désormais|ahora|acum';
const now = bounded(nows);
const allNow = bounded(nows, 'giu');
/** "No longer", and its like. */
const ended = bounded(
  "no longer|(?:not|\\p{L}*n['’]t|never)(?: [^.,;]*)? any ?more|nicht mehr|" +
    "kein\\p{L}* [^.,;]*mehr|(?:ne |n['’])[^.,;]* plus|ya no|nu mai",
);
const endWords = bounded(
  'no longer|any ?more|nicht mehr|mehr|plus|ya no|nu mai|not|don|doesn|isn|aren|can|ne|never|be',
  'giu',
);
const denial = bounded("not|never|no|none|nicht|nie|kein\\p{L}*|ne|nu|nunca|\\p{L}+n['’]t");
/** "It" is something else each time. */
const pronoun = bounded('it|that|this|them|those|these|him|her|there|he|she|they|so');
/** With nothing behind them they do not say what has ended. */
const loose = new Set(
  [...contentTerms('like love want need use know think see have feel go get make')].map(
    ([term]) => term,
  ),
);
const parting = new RegExp(
  "\\b(?:i|we)(?:['’]ve| have)?(?: just| finally| already)? " +
    '(?<verb>sold|quit|gave up|given up|cancell?ed|got rid of|gave away|broke up with|left|' +
    'resigned from|dropped out of|unsubscribed from|dropped|stopped (?=\\p{L}+ing))' +
    '(?: using| taking| doing| playing)? (?<what>[^.,;:!]{2,50})',
  'iu',
);
const broken = /(?<what>\p{Lu}[\p{L}'-]+) and I (?:broke|split) up/u;
const couple = /\bmy (?:boyfriend|girlfriend|husband|wife|partner|fianc[eé]e?)\b/iu;
/** What one has, is or does for a while. */
const holding = new RegExp(
  '\\b(?:i|we)\\b[^.]*\\b(?:have|own|drive|ride|use|study|studying|' +
    'work|working|am|are|play|take|rent|subscribe|smoke|teach|live|' +
    "with)\\b|\\b(?:i|we)['’](?:m|re|ve)\\b|\\b(?:my|our) [^.]*\\bis\\b",
  'iu',
);
const studying = /\b(?:study|studying|class|course|lessons?|degree|major)\b/iu;
const switched = new RegExp(
  '\\b(?:switched|migrated|changed|moved|went over|converted)\\b[^.,;]*? ' +
    'from (?<what>[^.,;]{2,40}?) to (?<to>[^.,;]{2,40})',
  'iu',
);
const moved = new RegExp(
  '^(?:and |so |ok |fyi:? )*(?:the |our |my )?(?<thing>[^.,;:]{3,50}?) (?:was |' +
    'is |has been |have been |got )?(?:moved|pushed|shifted|postponed|' +
    'rescheduled|changed|brought forward|raised|lowered|increased|' +
    'reduced)(?: back| up| down)? (?:from [^.,;]+ )?to (?<to>[^.;]{1,40})',
  'iu',
);
const changed = new RegExp(
  '\\b(?:changed|migrated|moved|switched) (?:the|our|my) (?<thing>[^.,;:]{3,40}?)' +
    '(?: to (?<to>[^.;]{1,40})|' +
    "[,;:] (?:it['’]s|it is|now|the new one is) (?:now )?(?<other>[^.;]{1,40}))",
  'iu',
);
const held = new RegExp(
  '^(?:the |our |my )?(?<thing>[^.,;:]{3,50}?) (?:is|are|starts|' +
    'begins|runs|takes place|costs)(?: on| at| in)? (?<value>[^.;]{1,40})',
  'iu',
);

/** Short sentences that state something. */
export function sayingsOf(memory: DreamMemory): Said[] {
  const sentences = sentencesOf(memory.text);
  return sentences.slice(0, sentencesMax).flatMap((text) => {
    if (!states(text)) return [];
    const clauses = text.split(/[,;:]\s/u);
    const clause = clauses.find((one) => now.test(one)) ?? clauses[0] ?? text;
    const written = wordsIn(clause.replaceAll(allNow, ' '));
    if (written.length === 0 || wordsIn(text).length > wordsMax) return [];
    const tellsChange = [now, ended, parting, broken, switched, moved, changed].some((form) =>
      form.test(text),
    );
    return {
      ...{ memory, text, written, tellsChange },
      words: written.map((word) => same.get(word.toLowerCase()) ?? word.toLowerCase()),
      terms: new Set(contentTerms(text).keys()),
      isWhole: sentences.length === 1,
    };
  });
}

const same = new Map(Object.entries({ we: 'i', our: 'my', are: 'am', us: 'me' }));

function wordsIn(text: string): string[] {
  const open = text.replaceAll(/(?<=\b(?:i|we|you|they))['’](?:m|re)\b/giu, ' are');
  return (
    open.match(/[\p{L}\p{M}\p{N}@][\p{L}\p{M}\p{N}.:@'’-]*[\p{L}\p{M}\p{N}]|[\p{L}\p{N}]/gu) ?? []
  );
}

/** How sure it is that the later one ends the former; undefined where it does not. */
export function changeOf(older: Said, later: Said): number | undefined {
  if (denial.test(older.text)) return undefined;
  if (ended.test(later.text)) return isEnded(older, later) ? 0.9 : undefined;
  if (isParted(older, later)) return 0.85;
  if (isMoved(older, later)) return 0.9;
  if (!now.test(later.text) || denial.test(later.text)) return undefined;
  return isReplaced(older, later) ? 0.85 : undefined;
}

/** "I work at Orvane" and "I no longer work at Orvane": nothing else is in the later one. */
function isEnded(older: Said, later: Said): boolean {
  if (past.test(older.text) || pronoun.test(later.text)) return false;
  const clause = later.text.split(/[,;:]\s/u).find((part) => ended.test(part)) ?? later.text;
  const rest = clause.replaceAll(/n['’]t\b/gu, ' not').replaceAll(endWords, ' ');
  const terms = [...contentTerms(rest).keys()];
  if (terms.length === 0 || terms.every((term) => loose.has(term))) return false;
  return terms.every((term) => older.terms.has(term));
}

function isParted(older: Said, later: Said): boolean {
  const split = broken.exec(later.text);
  if (split !== null) return couple.test(older.text) && hasAll(older, split.groups?.what);
  const change = switched.exec(later.text);
  const { verb, what } = parting.exec(later.text)?.groups ?? change?.groups ?? {};
  if (what === undefined || past.test(older.text) || !holding.test(older.text)) return false;
  // Who leaves the house still lives there, and who drops the phone still has it.
  if (verb === 'left' && !/^(?:the )?\p{Lu}/u.test(what)) return false;
  if (verb === 'dropped' && !studying.test(older.text)) return false;
  return hasAll(older, what.replace(/ (?:and|last|yesterday|because|after|for|in) .*$/u, ''));
}

function hasAll({ terms }: Said, what: string | undefined): boolean {
  const wanted = [...contentTerms(what ?? '').keys()];
  return wanted.length > 0 && wanted.every((term) => terms.has(term));
}

/** "The standup is at 9:30" and "the standup was moved to 10". */
function isMoved(older: Said, later: Said): boolean {
  const change = moved.exec(later.text)?.groups ?? changed.exec(later.text)?.groups;
  const state = held.exec(older.text)?.groups;
  const to = change?.to ?? change?.other;
  if (to === undefined || state?.value === undefined) return false;
  if (!isSameThing(change?.thing, older.text, state.thing)) return false;
  return sortOf(to) === sortOf(state.value) && !older.text.includes(to.trim());
}

/** "The grant deadline" is "the deadline for the grant". */
function isSameThing(thing: string | undefined, text: string, other: string | undefined): boolean {
  const [one, two] = [thing, other].map((name) => [...contentTerms(name ?? '').keys()]);
  if (!one?.length || !two?.length) return false;
  const all = contentTerms(text);
  return one.every((term) => all.has(term)) && two.every((term) => one.includes(term));
}

/** What can stand for one another: numbers and times, names, other words. */
function sortOf(value: string): string {
  if (/\d/u.test(value)) return 'number';
  return /^(?:the |an? )?\p{Lu}/u.test(value) ? 'name' : 'word';
}

const prepositions = new Set(
  'in at on by with from for to bei in für chez à en au la în din'.split(' '),
);
const copulas = new Set('is am are ist est es este called'.split(' '));
const determiners = new Set('my the user customer mein meine mon ma mi la el'.split(' '));

/** The same sentence with another value. */
function isReplaced(older: Said, later: Said): boolean {
  const [a, b] = [older.words, later.words];
  if (past.test(a.join(' ')) || past.test(b.join(' '))) return false;
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [was, is] = [older, later].map(({ written }) => written.slice(start, written.length - end));
  if (start < 2 || !was?.length || !is?.length || was.length > 4 || is.length > 4) return false;
  const last = a[start - 1] ?? '';
  const isSameSort =
    sortOf(was.join(' ')) === sortOf(is.join(' ')) && sortOf(was[0] ?? '') !== 'word';
  const tail = contentTerms(a.slice(a.length - end).join(' '));
  // "I have two cats" and "we have three cats now".
  if (end > 0 && tail.size > 0 && was.length <= 2 && is.length <= 2) return true;
  if (end > 0) return false;
  if (prepositions.has(last)) return isSameSort || determiners.has(a[0] ?? '');
  return copulas.has(last) && isSameSort && start > 2;
}
