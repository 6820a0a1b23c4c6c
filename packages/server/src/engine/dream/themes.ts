/** What each speaker comes back to, and on which days it happened. */
import { contentWords } from '../../text/content-terms.ts';
import { asks } from '../../text/stating.ts';
import { findTimes } from '../../text/time-expressions.ts';
import { dayMs } from '../../text/time-range.ts';
import { presentOf, tellsNothing } from './doings.ts';
import type { DreamMemory, DreamTools } from './strategy.ts';
import { wordFor } from './word-for.ts';

/** A memory that tells what happened. */
export interface Happening {
  readonly memory: DreamMemory;
  /** Days since 1970 UTC. */
  readonly day: number;
  /** Milliseconds since 1970 UTC; noon where only the day is known. */
  readonly at: number;
}

/** One word that one speaker comes back to. */
export interface Theme {
  readonly speaker: string | undefined;
  /** Stemmed. */
  readonly term: string;
  /** As it is written most often. */
  readonly word: string;
  /** By `at`. */
  readonly happenings: readonly Happening[];
  /** Days, ascending. */
  readonly days: readonly number[];
}

export interface Told {
  readonly themes: readonly Theme[];
  /** Days of which each speaker tells anything at all, ascending. */
  readonly activeDays: ReadonlyMap<string | undefined, readonly number[]>;
}

/** Fewer days make no theme. */
const daysMin = 4;
/** A word in more of what somebody tells is how they talk, not what they talk of. */
const shareMax = 0.4;
/**
 * Of who has told of few days, nobody knows on which others there was nothing to tell: so many days
 * without it are thought to them, three of each day of the week.
 */
export const silentDays = 21;
const half = dayMs / 2;

/** Words of time, stemmed too, stand where the time is: on Mondays people say "Monday". */
export const timeWords: ReadonlySet<string> = new Set(
  (
    'monday tuesday wednesday thursday friday saturday sunday today tonight tomorrow yesterday ' +
    'morning afternoon evening night noon week weekend month year day days hour minute ' +
    'january february march april may june july august september october november december ' +
    'spring summer autumn winter last next ago weekly monthly yearly daily annual'
  )
    .split(' ')
    .flatMap((word) => [word, ...contentWords(word).map(({ term }) => term)]),
);

/** Linear in the words. */
export async function tellThemes(
  memories: readonly DreamMemory[],
  tools: DreamTools,
): Promise<Told> {
  const found = new Map<string, { happenings: Happening[]; speaker: string | undefined }>();
  const days = new Map<string | undefined, Set<number>>();
  for (const memory of memories) {
    await tools.breathe();
    const happening = happeningOf(memory);
    if (happening === undefined) continue;
    const { speaker } = memory;
    const active = days.get(speaker) ?? new Set();
    days.set(speaker, active.add(happening.day));
    for (const term of new Set([...memory.terms.keys()].map(presentOf))) {
      if (timeWords.has(term) || term.length < 2 || /^\P{L}*$/u.test(term)) continue;
      const key = `${speaker ?? ''}\n${term}`;
      const one = found.get(key);
      if (one) one.happenings.push(happening);
      else found.set(key, { happenings: [happening], speaker });
    }
  }
  const themes: Theme[] = [];
  for (const [key, { happenings, speaker }] of found) {
    if (happenings.length < daysMin) continue;
    await tools.breathe();
    const on = ascending(new Set(happenings.map(({ day }) => day)));
    const all = (days.get(speaker)?.size ?? 0) + silentDays;
    if (on.length < daysMin || on.length > shareMax * all) continue;
    const term = key.slice(key.indexOf('\n') + 1);
    const byTime = happenings.toSorted((a, b) => a.at - b.at);
    const word = wordFor(
      term,
      happenings.map(({ memory }) => memory),
    );
    themes.push({ speaker, term, word, happenings: byTime, days: on });
  }
  const activeDays = new Map([...days].map(([speaker, active]) => [speaker, ascending(active)]));
  return { themes, activeDays };
}

/**
 * When it happened, as it says itself; undefined for questions, requests, wishes, denials, plans
 * and stretches of time.
 */
function happeningOf(memory: DreamMemory): Happening | undefined {
  const { text, occurredAt } = memory;
  if (asks(text) || tellsNothing(text)) return undefined;
  const today = Math.floor(occurredAt / dayMs);
  const times = findTimes(text, occurredAt);
  const named = times.find(({ from, to }) => to - from <= dayMs);
  if (named === undefined) {
    const isWithin = times.every(({ from, to }) => from <= occurredAt && occurredAt < to);
    return isWithin ? { memory, day: today, at: occurredAt } : undefined;
  }
  const day = Math.floor(named.from / dayMs);
  if (day > today) return undefined;
  return { memory, day, at: day === today ? occurredAt : day * dayMs + half };
}

const ascending = (days: ReadonlySet<number>): number[] => [...days].sort((a, b) => a - b);

/** How much two themes are the same: the share of memories that both have. */
export function overlapOf(a: Pick<Theme, 'happenings'>, b: Pick<Theme, 'happenings'>): number {
  const ids = new Set(a.happenings.map(({ memory }) => memory.id));
  const common = b.happenings.filter(({ memory }) => ids.has(memory.id)).length;
  return common / (a.happenings.length + b.happenings.length - common);
}
