/** Which passages a query may see, and the counts that BM25 takes over exactly those. */
import { filterNames } from '../domain/filter/filter.ts';
import type { Corpus } from './corpus.ts';
import { compileFilter } from './filter-mask.ts';
import { LanguageCounter } from './languages.ts';
import type { Part } from './part.ts';
import type { ColumnArrays } from './passage-columns.ts';
import { hiddenMask, kindBit, kindBits, passageFlag } from './passage-flags.ts';
import { countBits } from './posting-list.ts';
import { termKey, termPrefix } from './term-key.ts';
import type { IndexFilter } from './types.ts';

/** What `marks` says of a document. */
export const eligibleMark = { no: 0, passage: 1, bare: 2 } as const;

/** What one part adds to the counts, kept so that it can be taken back. */
interface PartMarks {
  readonly part: Part;
  readonly version: number;
  /** Documents that were looked at. */
  readonly count: number;
  passages: number;
  length: number;
  /** The marks hold for `since <= now < until`. */
  since: number;
  until: number;
  /** Passages per word of languages.ts. */
  readonly languages: Map<number, number>;
}

export interface Eligible {
  /** One {@link eligibleMark} per document. */
  marks: Uint8Array;
  /** 1 for each part in which every document is an eligible passage. */
  whole: Uint8Array;
  /** Eligible passages of each thread; place 0 counts those without one. */
  threadCounts: Uint32Array;
  /** Sum of their lengths, likewise. */
  threadLengths: Uint32Array;
  /** Length that each document was counted with: a part that is rewritten forgets the dead ones. */
  counted: Uint32Array;
  passages: number;
  /** Sum of their lengths. */
  length: number;
  /** Languages of the eligible passages, most frequent first. */
  languages: string[];
  /** Everything here holds for `since <= now < until`. */
  since: number;
  until: number;
  /** Version of the corpus it was made from. */
  version: number;
  readonly parts: (PartMarks | undefined)[];
}

export function emptyEligible(): Eligible {
  return {
    marks: new Uint8Array(0),
    whole: new Uint8Array(0),
    threadCounts: new Uint32Array(0),
    threadLengths: new Uint32Array(0),
    counted: new Uint32Array(0),
    passages: 0,
    length: 0,
    languages: [],
    since: Number.POSITIVE_INFINITY,
    until: Number.NEGATIVE_INFINITY,
    version: -1,
    parts: [],
  };
}

/** Brings `eligible` up to date; only parts that changed, or in which something expired, cost. */
export function markEligible(
  eligible: Eligible,
  corpus: Corpus,
  filter: IndexFilter,
  now: number,
): void {
  eligible.marks = fitted(eligible.marks, corpus.docsEnd);
  eligible.counted = fittedWords(eligible.counted, corpus.docsEnd);
  eligible.whole = fitted(eligible.whole, corpus.parts.length);
  eligible.threadCounts = fittedWords(eligible.threadCounts, corpus.threads.all.length);
  eligible.threadLengths = fittedWords(eligible.threadLengths, corpus.threads.all.length);
  const passed = contentTest(corpus, filter);
  const test = columnTest(corpus, filter, now);
  for (let slot = 0; slot < Math.max(corpus.parts.length, eligible.parts.length); slot += 1) {
    const part = corpus.parts[slot] ?? null;
    const known = eligible.parts[slot];
    const holds = known ? known.since <= now && now < known.until : part === null;
    if (holds && (known?.part ?? null) === part && known?.version === part?.version) continue;
    if (known) unmark(eligible, known);
    const marked = part === null ? undefined : markPart(part, eligible, test, passed(part));
    eligible.parts[slot] = marked;
    eligible.whole[slot] = marked !== undefined && marked.passages === marked.count ? 1 : 0;
  }
  sum(eligible);
  eligible.version = corpus.version;
}

function sum(eligible: Eligible): void {
  const languages = new LanguageCounter();
  eligible.passages = 0;
  eligible.length = 0;
  eligible.since = Number.NEGATIVE_INFINITY;
  eligible.until = Number.POSITIVE_INFINITY;
  for (const part of eligible.parts) {
    if (part === undefined) continue;
    eligible.passages += part.passages;
    eligible.length += part.length;
    eligible.since = Math.max(eligible.since, part.since);
    eligible.until = Math.min(eligible.until, part.until);
    for (const [word, count] of part.languages) languages.add(word, count);
  }
  eligible.languages = languages.top();
}

/** Takes back what a part added. Thread numbers of documents stay, even when they die. */
function unmark(eligible: Eligible, { part, count }: PartMarks): void {
  const { marks, threadCounts, threadLengths, counted } = eligible;
  const { threads } = part.columns;
  for (let local = 0; local < count; local += 1) {
    const doc = part.base + local;
    if (marks[doc] === eligibleMark.passage) {
      const thread = threads[local] ?? 0;
      threadCounts[thread] = (threadCounts[thread] ?? 0) - 1;
      threadLengths[thread] = (threadLengths[thread] ?? 0) - (counted[doc] ?? 0);
    }
    marks[doc] = eligibleMark.no;
  }
}

type TimesTest = (columns: ColumnArrays, local: number) => boolean;

interface ColumnTest {
  /** Flags of which none may be set, and flags of which all must be. */
  readonly without: number;
  readonly wanted: number;
  readonly kinds: number;
  readonly audience: number;
  readonly key: number;
  /** What was changed after this time may have been something else at it. */
  readonly asOf: number;
  /** Flags of which it may have none. */
  readonly withoutLater: number;
  /** When it was and what held; null where no time is asked for. */
  readonly times: TimesTest | null;
  /** What was known; null where anything goes. */
  readonly known: TimesTest | null;
  readonly now: number;
}

/** `audience` and `key` are -1 where anything goes. */
function columnTest(corpus: Corpus, filter: IndexFilter, now: number): ColumnTest {
  const { kinds, audience, keyHash, trusted, standing, asOf, where } = filter;
  const flagged = trusted === true ? passageFlag.flagged : 0;
  const system = audience === 'system' ? passageFlag.system : 0;
  // What is replaced now may have been current then.
  const then = asOf === undefined ? 0 : passageFlag.superseded;
  // Who asks for archived or quarantined ones by name wants to decide on them.
  const isAsked = (name: 'archived' | 'trust') => where !== undefined && filterNames(where, name);
  const archived = isAsked('archived') ? passageFlag.archived : 0;
  const quarantined = isAsked('trust') ? passageFlag.quarantined : 0;
  const hidden = hiddenMask & ~then & ~quarantined;
  return {
    without: (hidden & ~archived) | flagged,
    asOf: asOf ?? Number.POSITIVE_INFINITY,
    withoutLater: (hidden & ~passageFlag.archived) | flagged,
    wanted: standing === true ? passageFlag.standing : 0,
    kinds: kinds === undefined ? -1 : kindBits(kinds),
    audience: audience === undefined ? -1 : system,
    // A key that was never seen matches nothing: no key has a number that large.
    key: keyHash === undefined ? -1 : corpus.keys.find(keyHash) || 2 ** 32,
    times: timesTest(filter),
    known: knownTest(filter),
    now,
  };
}

const read = (column: Float64Array, local: number): number => column[local] ?? 0;

function timesTest({ occurredFrom, occurredTo, validAt }: IndexFilter): TimesTest | null {
  const asked = [occurredFrom, occurredTo, validAt];
  if (asked.every((time) => time === undefined)) return null;
  const from = occurredFrom ?? Number.NEGATIVE_INFINITY;
  const to = occurredTo ?? Number.POSITIVE_INFINITY;
  return (columns, local) => {
    const occurred = read(columns.occurredAt, local);
    if (occurred < from || occurred >= to) return false;
    if (validAt !== undefined) {
      if (read(columns.validFrom, local) > validAt) return false;
      if (read(columns.validTo, local) <= validAt) return false;
    }
    return true;
  };
}

function knownTest({ asOf }: IndexFilter): TimesTest | null {
  if (asOf === undefined) return null;
  return ({ createdAt, supersededAt }, local) =>
    read(createdAt, local) <= asOf && read(supersededAt, local) > asOf;
}

function markPart(
  part: Part,
  { marks, threadCounts, threadLengths, counted }: Eligible,
  test: ColumnTest,
  fields: Uint8Array | null,
): PartMarks {
  const { flags, expiresAt, updatedAt, keys, lengths, threads, languages } = part.columns;
  const marked = {
    part,
    version: part.version,
    count: part.count,
    passages: 0,
    length: 0,
    since: Number.NEGATIVE_INFINITY,
    until: Number.POSITIVE_INFINITY,
    languages: new Map<number, number>(),
  };
  // Neighbours speak the same language as a rule.
  let spoken = 0;
  let run = 0;
  for (let local = 0; local < part.count; local += 1) {
    const flag = flags[local] ?? 0;
    const isLater = read(updatedAt, local) > test.asOf;
    if ((flag & (isLater ? test.withoutLater : test.without)) !== 0) continue;
    if ((kindBit(flag) & test.kinds) === 0) continue;
    if (test.key >= 0 && keys[local] !== test.key) continue;
    if (test.known !== null && !test.known(part.columns, local)) continue;
    if (!isLater) {
      if ((flag & test.wanted) !== test.wanted) continue;
      if (test.audience >= 0 && (flag & passageFlag.system) !== test.audience) continue;
      if (fields !== null && fields[local] === 0) continue;
      if (test.times !== null && !test.times(part.columns, local)) continue;
    }
    const expiry = expiresAt[local] ?? 0;
    if (expiry <= test.now) {
      if (expiry > marked.since) marked.since = expiry;
      continue;
    }
    if (expiry < marked.until) marked.until = expiry;
    const doc = part.base + local;
    if ((flag & passageFlag.bare) !== 0) {
      marks[doc] = eligibleMark.bare;
      continue;
    }
    marks[doc] = eligibleMark.passage;
    marked.passages += 1;
    const length = lengths[local] ?? 0;
    counted[doc] = length;
    marked.length += length;
    const word = languages[local] ?? 0;
    if (word !== spoken) {
      addTo(marked.languages, spoken, run);
      spoken = word;
      run = 0;
    }
    run += 1;
    const thread = threads[local] ?? 0;
    threadCounts[thread] = (threadCounts[thread] ?? 0) + 1;
    threadLengths[thread] = (threadLengths[thread] ?? 0) + length;
  }
  addTo(marked.languages, spoken, run);
  return marked;
}

function addTo(counts: Map<number, number>, word: number, count: number): void {
  if (count > 0) counts.set(word, (counts.get(word) ?? 0) + count);
}

/** For a part: 1 per document whose content passes, or null where nothing is asked of it. */
function contentTest(corpus: Corpus, filter: IndexFilter): (part: Part) => Uint8Array | null {
  const { where } = filter;
  const fields = fieldTest(corpus, filter);
  if (where === undefined) return fields;
  const maskOf = compileFilter(where);
  return (part) => {
    const mask = maskOf(part);
    const wanted = fields(part);
    if (wanted === null) return mask;
    for (let local = 0; local < part.count; local += 1) {
      mask[local] = mask[local] === 1 && wanted[local] !== 0 ? 1 : 0;
    }
    return mask;
  };
}

/** For a part: 1 per document that has the fields, or null where no field is asked for. */
function fieldTest(corpus: Corpus, filter: IndexFilter): (part: Part) => Uint8Array | null {
  const keysOf = (fields: readonly string[] | undefined) =>
    [...new Set(fields ?? [])].map((field) => termKey(termPrefix.field, field));
  const all = keysOf(filter.fieldsAll);
  const any = keysOf(filter.fieldsAny);
  if (all.length === 0 && filter.fieldsAny === undefined) return () => null;
  const { partCapacity } = corpus.settings;
  const counts = new Uint16Array(partCapacity);
  const hits = new Uint8Array(partCapacity);
  const passed = new Uint8Array(partCapacity);
  return (part) => {
    counts.fill(0);
    hits.fill(filter.fieldsAny === undefined ? 1 : 0);
    for (const key of all) {
      part.find(key, ({ data, start, end }) => {
        for (let i = start; i < end; i += 1) {
          const local = (data[i] ?? 0) >> countBits;
          counts[local] = (counts[local] ?? 0) + 1;
        }
      });
    }
    for (const key of any) {
      part.find(key, ({ data, start, end }) => {
        for (let i = start; i < end; i += 1) hits[(data[i] ?? 0) >> countBits] = 1;
      });
    }
    for (let local = 0; local < part.count; local += 1) {
      passed[local] = counts[local] === all.length && hits[local] === 1 ? 1 : 0;
    }
    return passed;
  };
}

/** The same bytes in an array that is long enough, with room to grow. */
function fitted(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length >= size) return bytes;
  const larger = new Uint8Array(Math.ceil(size * 1.25));
  larger.set(bytes);
  return larger;
}

function fittedWords(words: Uint32Array, size: number): Uint32Array {
  if (words.length >= size) return words;
  const larger = new Uint32Array(Math.ceil(size * 1.25));
  larger.set(words);
  return larger;
}
