/** What a text states of whom: subject, attribute and value, from the forms people use. Pure. */
import { foldTerm } from './fold.ts';
import { openers, plainCapitals } from './gazetteers/cues.ts';
import { isGivenName } from './gazetteers/given-names.ts';
import { roleOf } from './role-labels.ts';
import { isQuestion, isStated } from './statement-doubts.ts';
import {
  plainVerb,
  type StatementPattern,
  statementPatterns,
  type ValueKind,
} from './statement-patterns.ts';
import { normalValue } from './statement-values.ts';
import { isStopWord, stopMask } from './stop-words.ts';
import { findTimes } from './time-expressions.ts';

export interface Statement {
  /** Folded: a name, `user`, "ann's wife", "the wifi password". */
  readonly subject: string;
  /** As it can be told to others: "Ann", "Ann's wife", "the user". */
  readonly subjectName: string;
  /** `home`, `employer`, `phone`, `favourite colour`, ... */
  readonly attribute: string;
  readonly kind: ValueKind;
  /** As written, without what follows it in the sentence. */
  readonly value: string;
  readonly normal: string;
  /** "Not", "no longer", "used to": the value does not hold. */
  readonly isDenied: boolean;
  /** One value at a time. */
  readonly isSingle: boolean;
  /** It says that something has changed. */
  readonly isChange: boolean;
  /** Somebody said it of themselves. */
  readonly isOwn: boolean;
  readonly language: StatementPattern['language'];
  /**
   * From when at the latest it holds, where the sentence of a change says so; milliseconds since
   * 1970 UTC.
   */
  readonly since?: number;
  /** The words that state it, as written. */
  readonly said: string;
  /** UTF-16 offsets of the sentence. */
  readonly start: number;
  readonly end: number;
}

export interface StatementOptions {
  /** Who says "I"; without one it is `user`. */
  readonly speaker?: string;
  /** Milliseconds since 1970 UTC. */
  readonly saidAt: number;
}

/** A text beyond this is read up to here. */
const charsMax = 8_000;
const sentenceCharsMax = 400;

/**
 * Questions, wishes, plans, what others are said to have said and what is told of long ago are left
 * out. English, and a few forms of German, Spanish and French. "He" and "she" are nobody here.
 *
 * @example findStatements('I moved to Bern.', { speaker: 'Ann', saidAt: 0 })[0]?.value // 'Bern'
 */
export function findStatements(text: string, options: StatementOptions): Statement[] {
  const part = text.slice(0, charsMax).replaceAll('’', "'");
  if (!anyHint.test(part.toLowerCase())) return [];
  return sentencesOf(part).flatMap((sentence) => readSentence(sentence, options));
}

interface Sentence {
  readonly text: string;
  readonly start: number;
}

/** A sentence ends before a space, unless the word before it is a title or an abbreviation. */
const sentenceBorder =
  /(?<!\b(?:Dr|Mr|Mrs|Ms|St|Prof|No|Tel|vs|etc|e\.g|i\.e|a\.m|p\.m))[.!?…]+["')\]]*\s+|\n+|[。！？]/gu;

function sentencesOf(text: string): Sentence[] {
  const found: Sentence[] = [];
  let start = 0;
  const add = (end: number): void => {
    if (end - start <= sentenceCharsMax && end > start) {
      found.push({ text: text.slice(start, end), start });
    }
    start = end;
  };
  for (const { index, 0: border } of text.matchAll(sentenceBorder)) add(index + border.length);
  add(text.length);
  return found;
}

interface Compiled extends StatementPattern {
  readonly pattern: RegExp;
  readonly hint: RegExp;
}

const hintOf = (hints: string): RegExp => new RegExp(`(?<!\\p{L})(?:${hints})`, 'u');

const compiled: readonly Compiled[] = statementPatterns.map((row) => ({
  ...row,
  pattern: new RegExp(`(?<![\\p{L}\\p{N}'-])${row.source}`, 'gu'),
  hint: hintOf(row.hints),
}));
const anyHint = hintOf([...new Set(statementPatterns.map(({ hints }) => hints))].join('|'));

function readSentence(sentence: Sentence, options: StatementOptions): Statement[] {
  const { text } = sentence;
  const lower = text.toLowerCase();
  if (!anyHint.test(lower) || isQuestion(lower)) return [];
  const found: Statement[] = [];
  for (const row of compiled) {
    if (!row.hint.test(lower)) continue;
    for (const match of text.matchAll(row.pattern)) {
      if (!isStated(lower, match.index, match[0].length)) continue;
      const statement = statementFrom(row, match, sentence, options);
      if (statement !== undefined) found.push(statement);
    }
  }
  return withoutTwice(found);
}

/** "My favourite colour is not ..." may be met by two rows. */
function withoutTwice(found: readonly Statement[]): Statement[] {
  const seen = new Set<string>();
  return found.filter(({ subject, attribute, normal }) => {
    const key = JSON.stringify([subject, attribute, normal]);
    return !seen.has(key) && seen.add(key);
  });
}

function statementFrom(
  row: Compiled,
  match: RegExpExecArray,
  sentence: Sentence,
  { speaker, saidAt }: StatementOptions,
): Statement | undefined {
  const groups = match.groups ?? {};
  const subject = subjectOf(groups, row, speaker);
  const rest = sentence.text.slice(match.index + match[0].length);
  const written = row.fixed ?? heldValue(groups.value ?? '', rest, row);
  const attribute = row.attribute === null ? attributeOf(groups.noun ?? '') : row.attribute;
  if (subject === undefined || written === undefined) return undefined;
  const isOfOne = groups.name === undefined || groups.no !== undefined;
  if (!isOfOne && plainVerb.test(match[0])) return undefined;
  if (row.kind === 'name' && attribute !== 'home' && isDemonym(written)) return undefined;
  const normal = normalValue(written, { attribute, kind: row.kind }, saidAt);
  if (normal === '') return undefined;
  const denied = groups.no !== undefined || isEnded(rest);
  const isChange = row.change === true || groups.fresh !== undefined || isNow.test(match[0]);
  const since = isChange && row.kind !== 'date' ? sinceOf(sentence.text, saidAt) : undefined;
  return {
    ...subject,
    ...{ attribute, kind: row.kind, value: written, normal },
    isDenied: denied !== (row.denies === true),
    isSingle: row.single,
    isChange,
    language: row.language,
    said: match[0],
    ...(since !== undefined && { since }),
    start: sentence.start,
    end: sentence.start + sentence.text.length,
  };
}

const isNow = /\b(?:now|jetzt|ahora|maintenant|changed|moved|postponed|no longer)\b/u;
/** "I live in Bern no more" denies, though behind. */
const isEnded = (rest: string): boolean => /^[^.,;]{0,12}\b(?:no more|no longer)\b/u.test(rest);

/** The end of the time in which a change took place: "this year" may be any day of it until now. */
function sinceOf(text: string, saidAt: number): number | undefined {
  const [time, ...others] = findTimes(text, saidAt);
  return time !== undefined && others.length === 0 && time.to <= saidAt ? time.to : undefined;
}

type Subject = Pick<Statement, 'subject' | 'subjectName' | 'isOwn'>;

function subjectOf(
  { me, kin, user, name, thing }: Readonly<Record<string, string | undefined>>,
  row: StatementPattern,
  speaker: string | undefined,
): Subject | undefined {
  const self = selfOf(speaker);
  if (thing !== undefined) return thingOf(thing);
  if (user !== undefined) return { subject: 'user', subjectName: 'the user', isOwn: false };
  if (name !== undefined) return named(name);
  // The assistant has no life of its own.
  if (self === undefined) return undefined;
  if (kin !== undefined) {
    const relation = attributeOf(kin.replace(/^my /iu, ''));
    return {
      subject: `${self.subject}'s ${relation}`,
      subjectName: `${self.subjectName}'s ${relation}`,
      isOwn: false,
    };
  }
  // "We moved to Slack": more than one speaks, and not of a home.
  const isMany = me === 'We' || me === 'we' || me === 'Our' || me === 'our';
  if (isMany && !(row.attribute === 'home' && !row.change)) return undefined;
  // A line of notes speaks of the one whose notes they are.
  return { ...self, isOwn: true };
}

function selfOf(speaker: string | undefined): Omit<Subject, 'isOwn'> | undefined {
  const role = speaker === undefined ? 'user' : roleOf(speaker);
  if (role === 'user' || speaker === undefined) return { subject: 'user', subjectName: 'the user' };
  if (role !== undefined) return undefined;
  return { subject: foldTerm(speaker.trim()), subjectName: speaker.trim() };
}

const thingOf = (thing: string): Subject => ({
  subject: foldTerm(thing).replace(/^(?:the|our|my) /u, ''),
  subjectName: `the ${thing.replace(/^(?:the|our|my) /iu, '')}`,
  isOwn: true,
});

const nobody = new Set(
  (
    'everyone everybody nobody someone somebody anyone people mom dad mum father mother monday ' +
    'tuesday wednesday thursday friday saturday sunday january february march april june july ' +
    'august september october november december today yesterday tomorrow yes no well hey hi ' +
    'hello thanks also then maybe finally currently recently actually really still now ok okay ' +
    'update note fyi btw ps er sie es wir el ella il elle on'
  ).split(' '),
);

/** The name that stands before the verb, without what opened the sentence. */
function named(written: string): Subject | undefined {
  const words = written.replaceAll(/'(?:s|re|m|ve|ll)$/gu, '').split(' ');
  while (words.length > 0 && isNoName(words[0] ?? '')) words.shift();
  if (words.length === 0 || words.some((word) => isNoName(word))) return undefined;
  const name = words.join(' ');
  return { subject: foldTerm(name), subjectName: name, isOwn: false };
}

function isNoName(word: string): boolean {
  const folded = foldTerm(word);
  if (folded.length < 2 || nobody.has(folded)) return true;
  if (isGivenName(folded)) return false;
  return stopMask(folded) !== 0 || openers.has(folded) || plainCapitals.has(folded);
}

const synonyms: Readonly<Record<string, string>> = {
  mom: 'mother',
  mum: 'mother',
  dad: 'father',
  manager: 'boss',
  wife: 'spouse',
  husband: 'spouse',
  girlfriend: 'partner',
  boyfriend: 'partner',
  surname: 'last name',
  'mother tongue': 'native language',
  'monthly rent': 'rent',
  university: 'school',
  landlady: 'landlord',
  timezone: 'time zone',
};

function attributeOf(noun: string): string {
  const folded = foldTerm(noun)
    .replace(/\bfavorite\b/u, 'favourite')
    .replace(/\bcolor\b/u, 'colour');
  return synonyms[folded] ?? folded;
}

const isDemonym = (value: string): boolean => demonym.test(value) && !isGivenName(foldTerm(value));
const demonym =
  /^(?:German|French|Dutch|Greek|Swiss|Thai|Czech|\p{L}+(?:ish|ese|ian|ean|ican|aeli|ani))$/u;

const joining =
  'and|but|because|since|so|that|which|who|when|where|while|although|though|until|till|after|' +
  'before|if|than|or|und|aber|weil|y|pero|et|mais';
const clauseEnd = new RegExp(` (?:${joining})\\b.*$`, 'iu');
const closing =
  'now|nowadays|too|anymore|any more|again|lately|already|though|actually|these days|right now|' +
  'at the moment|for now|by the way|btw|as well|a lot|very much|so much|the most|more|today|' +
  'haha|lol|mehr|jetzt|ahora|maintenant';
const trailing = new RegExp(`(?: (?:${closing}))+$`, 'iu');
const whereabouts = / (?:at|in|for|with|on|near|from|by|bei|en|chez)\b.*$/iu;
/** "My favourite cafe is closed" tells no favourite. */
const noValue = new Set(
  (
    'closed open gone back broken out over coming here there great good bad nice amazing awesome ' +
    'so very too just still when that how it this these those to also definitely probably not ' +
    'always never being about really one something anything nothing everything what where you ' +
    'your me him her them us working playing getting having doing sold lost missing available ' +
    'idea fact way look sound best most least better worse different hard easy tough difficult'
  ).split(' '),
);

/** The value without what follows it; undefined where it is none that can be compared. */
function heldValue(written: string, rest: string, row: StatementPattern): string | undefined {
  if (row.kind === 'date') return written.trim();
  if (row.kind === 'name') return written.replace(/[.'&-]+$/u, '').replace(/'s$/u, '');
  if (row.kind !== 'words') return /^\p{L}/u.test(rest) ? undefined : written;
  // Of a list each one holds: it is no single value.
  const isList = /^[^.,;]* (?:and|or|und|y|et) (?!i |i'|my |he |she |we |they |it |his |her )/iu;
  if (row.attribute !== 'address' && row.single && isList.test(`${written} `)) return undefined;
  const cut = row.attribute === 'address' ? written : written.replace(clauseEnd, '');
  const placed = row.attribute === 'occupation' ? cut.replace(whereabouts, '') : cut;
  const value = placed
    .trim()
    .replace(trailing, '')
    .replace(/^(?:the|an?) /iu, '')
    .trim();
  const [first = ''] = foldTerm(value).split(' ');
  // "The blue one" is another one each time.
  if (/ (?:one|ones|thing|things|stuff|part|bit)$/iu.test(` ${value}`)) return undefined;
  if (noValue.has(first) || value.split(' ').length > 8) return undefined;
  if (isStopWord(first, 'en') && row.attribute !== 'address') return undefined;
  return value === '' ? undefined : value;
}
