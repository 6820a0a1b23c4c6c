/**
 * Time expressions resolved against a reference time: "last Friday", "two weeks after 3 May 2023",
 * "since March", "in 2021". English by rules; other languages by their dates and near days.
 */
import { findDates } from './entity-dates.ts';
import {
  dateAt,
  dayMs,
  dayRange,
  monthRange,
  seasonRange,
  shiftedUnit,
  type TimeRange,
  type TimeUnit,
  unitAt,
  weekdayOf,
  yearRange,
} from './time-range.ts';
import { findNearWords } from './time-words.ts';

export interface TimeExpression extends TimeRange {
  /** As written. */
  readonly text: string;
  /** UTF-16 offsets, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** `vague`: a guess among several readings ("on Friday", "recently"). */
  readonly certainty: 'explicit' | 'vague';
}

/** A text beyond this is read up to here. */
const charsMax = 20_000;
const expressionsMax = 64;
/** Open ends of "since 2020" and "before May". */
const farPast = dateAt(1);
const farFuture = dateAt(9999);

/**
 * What a text says of time, in order, without overlaps, at most 64.
 *
 * @param referenceMs when it was said: milliseconds since 1970 UTC
 * @example findTimes('We met last Friday.', Date.UTC(2023, 4, 25))[0]?.from // 19 May 2023
 */
export function findTimes(text: string, referenceMs: number): TimeExpression[] {
  const part = text.slice(0, charsMax);
  if (!Number.isFinite(referenceMs)) return [];
  const near = findNear(part, referenceMs);
  if (near.length === 0 && !hint.test(part)) return [];
  const found = withoutOverlaps([
    ...findByRules(part, referenceMs),
    ...findWrittenDates(part, referenceMs),
    ...near,
  ]);
  return joinRelations(part, found, referenceMs).slice(0, expressionsMax);
}

type Groups = Readonly<Record<string, string | undefined>>;
type Resolved = TimeRange & { readonly vague?: boolean };

interface Rule {
  readonly pattern: RegExp;
  resolve(groups: Groups, reference: number): Resolved | undefined;
}

const numberWords = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');
const weekdays = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');
const months =
  'january february march april may june july august september october november december'.split(
    ' ',
  );
/** Without a digit or an English word of time there is nothing for the rules to find. */
const hintWords =
  'yesterday today tonight tomorrow last this next past ago since before after until recently ' +
  'lately these nowadays from day days week weeks weekend weekends month months year years';
const hint = new RegExp(
  `\\d|\\b(?:${[...hintWords.split(' '), ...weekdays, ...months].join('|')})\\b`,
  'i',
);

const ordinals = ['first', 'second', 'third', 'fourth'];
const seasons = ['winter', 'spring', 'summer', 'autumn'];

const count = `(?<count>\\d{1,3}|an?|${numberWords.join('|')})`;
const unit = '(?<unit>day|week|weekend|month|year)';
const seasonNames = '(?<season>spring|summer|autumn|fall|winter)';
const monthNames = `(?<month>${months.join('|')})`;
const yearNumber = '(?<year>(?:19|20)\\d{2})';

function rule(source: string, resolve: Rule['resolve']): Rule {
  return {
    pattern: new RegExp(`(?<![\\p{L}\\p{N}-])(?:${source})(?![\\p{L}\\p{N}])`, 'giu'),
    resolve,
  };
}

const steps: Readonly<Record<string, number>> = { last: -1, this: 0, next: 1, coming: 1 };

const rules: readonly Rule[] = [
  rule('the day before yesterday', (_, at) => shiftedUnit('day', at, -2)),
  rule('the day after tomorrow', (_, at) => shiftedUnit('day', at, 2)),
  rule('yesterday|last night', (_, at) => shiftedUnit('day', at, -1)),
  rule('today|tonight|this (?:morning|afternoon|evening)', (_, at) => unitAt('day', at)),
  rule('tomorrow', (_, at) => shiftedUnit('day', at, 1)),
  rule(`the ${unit} before last`, (groups, at) => shiftedUnit(unitOf(groups), at, -2)),
  rule(`the ${unit} after next`, (groups, at) => shiftedUnit(unitOf(groups), at, 2)),
  rule(`(?:(?:in|over|during|for) )?the (?:last|past) ${count} ${unit}s?`, (groups, at) =>
    spanBefore(groups, at),
  ),
  rule(`(?:the )?past ${unit}`, (groups, at) => spanBefore(groups, at)),
  rule(`${count} ${unit}s? (?:ago|back|earlier)`, (groups, at) => distant(groups, at, -1)),
  rule(`in ${count} ${unit}s?`, (groups, at) => distant(groups, at, 1)),
  rule(`${count} ${unit}s? from now`, (groups, at) => distant(groups, at, 1)),
  rule(`a (?:few|couple of) ${unit}s ago`, (groups, at) => aFew(groups, at)),
  rule(`(?<step>last|this|next|coming) ${unit}`, (groups, at) =>
    shiftedUnit(unitOf(groups), at, steps[lower(groups.step)] ?? 0),
  ),
  rule(
    `(?<step>last|this|next|this past|this coming) (?<weekday>${weekdays.join('|')})`,
    nearWeekday,
  ),
  rule(`(?<step>last|this|next) ${monthNames}`, nearMonth),
  rule(`(?<step>last|this|next) ${seasonNames}`, nearSeason),
  rule(`(?:in )?(?:the )?${seasonNames} (?:of )?${yearNumber}`, ({ season, year }) =>
    seasonRange(Number(year), seasonOf(season)),
  ),
  rule(`(?:in )?Q(?<quarter>[1-4])[ /-]?${yearNumber}`, ({ quarter, year }) =>
    quarterRange(Number(year), Number(quarter) - 1),
  ),
  rule(`the (?<nth>first|second|third|fourth) quarter of ${yearNumber}`, ({ nth, year }) =>
    quarterRange(Number(year), ordinals.indexOf(lower(nth))),
  ),
  rule(`(?<third>early|mid|late)[ -](?:in )?${yearNumber}`, thirdOfYear),
  rule('recently|lately|these days|nowadays', (_, at) => ({
    from: shiftedUnit('day', at, -30).from,
    to: unitAt('day', at).to,
    vague: true,
  })),
];

const lower = (word: string | undefined): string => (word ?? '').toLowerCase();
const seasonOf = (name: string | undefined): number =>
  seasons.indexOf(lower(name) === 'fall' ? 'autumn' : lower(name));

function unitOf(groups: Groups): TimeUnit {
  const name = lower(groups.unit);
  return name === 'day' || name === 'week' || name === 'weekend' || name === 'month'
    ? name
    : 'year';
}

function countOf(word: string | undefined): number {
  if (word === undefined) return 1;
  const named = numberWords.indexOf(lower(word));
  if (named >= 0) return named + 1;
  return /^\d/.test(word) ? Number(word) : 1;
}

/** "Three days ago" is a day, "two weeks ago" the days around it, "two months ago" a month. */
function distant(groups: Groups, at: number, sign: number): TimeRange {
  const shift = sign * countOf(groups.count);
  const of = unitOf(groups);
  if (of !== 'week') return shiftedUnit(of, at, shift);
  const day = unitAt('day', at + 7 * shift * dayMs);
  return { from: day.from - 3 * dayMs, to: day.to + 3 * dayMs };
}

function spanBefore(groups: Groups, at: number): TimeRange {
  const { from } = shiftedUnit(unitOf(groups), at, -countOf(groups.count));
  const start = unitOf(groups) === 'day' ? from : at - (unitAt(unitOf(groups), at).from - from);
  return { from: unitAt('day', start).from, to: unitAt('day', at).to };
}

function aFew(groups: Groups, at: number): Resolved {
  const of = unitOf(groups);
  return {
    from: shiftedUnit(of, at, -5).from,
    to: shiftedUnit(of, at, -2).to,
    vague: true,
  };
}

/** "Last Friday" is the nearest one before today; what "next Friday" means, people disagree on. */
function nearWeekday({ step, weekday }: Groups, at: number): Resolved {
  const wanted = weekdays.indexOf(lower(weekday));
  const today = unitAt('day', at).from;
  const behind = (weekdayOf(at) - wanted + 7) % 7 || 7;
  const ahead = (wanted - weekdayOf(at) + 7) % 7 || 7;
  const word = lower(step);
  if (word === 'last' || word === 'this past') return unitAt('day', today - behind * dayMs);
  if (word === 'this') return unitAt('day', today + (wanted - weekdayOf(at)) * dayMs);
  return { ...unitAt('day', today + ahead * dayMs), vague: word === 'next' };
}

function nearMonth({ step, month }: Groups, at: number): Resolved {
  const wanted = months.indexOf(lower(month));
  const now = new Date(at);
  const year = now.getUTCFullYear();
  const behind = wanted < now.getUTCMonth() ? 0 : -1;
  const ahead = wanted > now.getUTCMonth() ? 0 : 1;
  if (lower(step) === 'this') return monthRange(year, wanted);
  return monthRange(year + (lower(step) === 'last' ? behind : ahead), wanted);
}

/** Southern summers differ, so these are vague. */
function nearSeason({ step, season }: Groups, at: number): Resolved {
  const year = new Date(at).getUTCFullYear();
  const years = [year - 2, year - 1, year, year + 1, year + 2];
  const all = years.map((one) => seasonRange(one, seasonOf(season)));
  const word = lower(step);
  const found =
    word === 'last'
      ? all.findLast(({ to }) => to <= at)
      : word === 'next'
        ? all.find(({ from }) => from > at)
        : all.find(({ to }) => to > at);
  return { ...(found ?? yearRange(year)), vague: true };
}

function quarterRange(year: number, at: number): TimeRange {
  return { from: dateAt(year, at * 3), to: dateAt(year, at * 3 + 3) };
}

function thirdOfYear({ third, year }: Groups): TimeRange {
  const at = ['early', 'mid', 'late'].indexOf(lower(third));
  return { from: dateAt(Number(year), at * 4), to: dateAt(Number(year), at * 4 + 4) };
}

function findByRules(text: string, reference: number): TimeExpression[] {
  const found: TimeExpression[] = [];
  for (const { pattern, resolve } of rules) {
    for (const match of text.matchAll(pattern)) {
      const range = resolve(match.groups ?? {}, reference);
      if (range === undefined) continue;
      found.push(expressionAt(text, match.index, match.index + match[0].length, range));
    }
  }
  return found;
}

function findNear(text: string, reference: number): TimeExpression[] {
  const found: TimeExpression[] = [];
  findNearWords(text, ({ start, end, word }) => {
    found.push(expressionAt(text, start, end, shiftedUnit(word.unit, reference, word.shift)));
  });
  return found;
}

/** Dates as they are written in any of the languages of entity-dates.ts. */
function findWrittenDates(text: string, reference: number): TimeExpression[] {
  const found: TimeExpression[] = [];
  for (const { text: written, normal, start, end } of findDates(text)) {
    const range = rangeOfDate(text, written, normal, start, reference);
    if (range !== undefined) found.push(expressionAt(text, start, end, range));
  }
  for (const match of text.matchAll(loneMonth)) {
    const month = months.indexOf(lower(match.groups?.month));
    const year = new Date(reference).getUTCFullYear();
    const past = dateAt(year, month) <= reference ? year : year - 1;
    const end = match.index + match[0].length;
    const start = end - (match.groups?.month ?? '').length;
    found.push(expressionAt(text, start, end, { ...monthRange(past, month), vague: true }));
  }
  return found;
}

/** "May" and "March" are other words too: a preposition tells. */
const beforeMonth = 'in|since|until|till|before|after|during|last|of|by|from';
const loneMonth = new RegExp(
  `(?<![\\p{L}])(?:${beforeMonth}) ${monthNames}(?![\\p{L}]| \\d)`,
  'giu',
);
/** A number of four digits is a year when something says so. */
const beforeYear =
  'in since until till before after during of by from to and between around year late early mid ' +
  'en im seit em nel año anno jahr desde depuis';
const yearBefore = new RegExp(
  `(?:(?<![\\p{L}])(?:${beforeYear.replaceAll(' ', '|')})|[-–(,])\\s*$`,
  'iu',
);

function rangeOfDate(
  text: string,
  written: string,
  normal: string,
  start: number,
  reference: number,
): Resolved | undefined {
  const weekday = weekdays.indexOf(normal);
  if (weekday >= 0) return bareWeekday(weekday, reference);
  const [year, month, day] = /^(\d{4})?-?-?(\d{2})?-?(\d{2})?$/.exec(normal)?.slice(1) ?? [];
  if (year === undefined) return month && day ? nearestDay(month, day, reference) : undefined;
  if (month === undefined) {
    return yearBefore.test(text.slice(0, start)) ? yearRange(Number(year)) : undefined;
  }
  if (day === undefined) return monthRange(Number(year), Number(month) - 1);
  const [first = 0, second = 0] = written.includes('/') ? written.split('/').map(Number) : [];
  // 3/4/2023 is a day in March or in April: nobody can tell.
  if (first <= 12 && second <= 12 && first !== second && first > 0 && first < 1000)
    return undefined;
  return dayRange(Number(year), Number(month) - 1, Number(day));
}

/** People speak of the one behind them as often as of the one ahead. */
function bareWeekday(wanted: number, reference: number): Resolved {
  const behind = (weekdayOf(reference) - wanted + 7) % 7;
  return { ...unitAt('day', reference - behind * dayMs), vague: true };
}

/** "8 May" is the one nearest to when it was said. */
function nearestDay(month: string, day: string, reference: number): Resolved | undefined {
  const year = new Date(reference).getUTCFullYear();
  const candidates = [year - 1, year, year + 1]
    .map((one) => dayRange(one, Number(month) - 1, Number(day)))
    .filter((range) => range !== undefined);
  const distance = ({ from }: TimeRange) => Math.abs(from - reference);
  return candidates.sort((a, b) => distance(a) - distance(b))[0];
}

function expressionAt(text: string, start: number, end: number, range: Resolved): TimeExpression {
  const { from, to, vague } = range;
  const certainty = vague ? 'vague' : 'explicit';
  return { text: text.slice(start, end), start, end, from, to, certainty };
}

/** Of two that overlap the longer wins, then the one found first. */
function withoutOverlaps(found: readonly TimeExpression[]): TimeExpression[] {
  const longest = found.toSorted((a, b) => b.end - b.start - (a.end - a.start));
  const kept: TimeExpression[] = [];
  for (const one of longest) {
    if (kept.every((other) => one.end <= other.start || one.start >= other.end)) kept.push(one);
  }
  return kept.sort((a, b) => a.start - b.start);
}

const relation = /(?<![\p{L}])(since|after|before|until|till|by|between|from)\s+(?:the\s+)?$/iu;
const offset = new RegExp(`(?<![\\p{L}\\p{N}])${count} ${unit}s? (?<way>after|before)\\s+$`, 'iu');
const joiner = /^\s*(?:and|to|until|till|through|-|–)\s*$/iu;

/** "Two weeks after X", "since X", "between X and Y": what stands before and between dates. */
function joinRelations(
  text: string,
  found: readonly TimeExpression[],
  reference: number,
): TimeExpression[] {
  const joined: TimeExpression[] = [];
  for (let i = 0; i < found.length; i++) {
    const one = found[i];
    if (one === undefined) continue;
    const before = text.slice(joined.at(-1)?.end ?? 0, one.start);
    const shifted = offset.exec(before);
    const related = relation.exec(before);
    const next = found[i + 1];
    const word = lower(related?.[1]);
    if (shifted !== null) {
      joined.push(shift(text, one, shifted));
    } else if (next && joiner.test(text.slice(one.end, next.start)) && opens(word)) {
      const start = one.start - (related?.[0].length ?? 0);
      joined.push(expressionAt(text, start, next.end, { ...yearFrom(one, next), to: next.to }));
      i += 1;
    } else if (word === '' || word === 'from' || word === 'between') {
      joined.push(one);
    } else {
      const start = one.start - (related?.[0].length ?? 0);
      joined.push(expressionAt(text, start, one.end, openRange(word, one, reference)));
    }
  }
  return joined;
}

const opens = (word: string): boolean => word === 'between' || word === 'from';

/** "Between 3 May and 9 May 2023": the year of the later one counts for both. */
function yearFrom(first: TimeExpression, second: TimeExpression): TimeRange {
  if (/\d{4}/.test(first.text) || !/\d{4}/.test(second.text)) return first;
  const from = new Date(first.from);
  const year = new Date(second.from).getUTCFullYear();
  return { ...first, from: dateAt(year, from.getUTCMonth(), from.getUTCDate()) };
}

function openRange(word: string, one: TimeExpression, reference: number): Resolved {
  const vague = one.certainty === 'vague';
  if (word === 'since') return { from: one.from, to: Math.max(reference, one.to), vague };
  if (word === 'after') return { from: one.to, to: farFuture, vague };
  if (word === 'before') return { from: farPast, to: one.from, vague };
  return { from: farPast, to: one.to, vague };
}

function shift(text: string, one: TimeExpression, match: RegExpExecArray): TimeExpression {
  const groups = match.groups ?? {};
  const sign = lower(groups.way) === 'after' ? 1 : -1;
  const of = unitOf(groups);
  const by = sign * countOf(groups.count);
  const days = of === 'day' ? by : 7 * by;
  const isCalendar = of === 'month' || of === 'year';
  const range = isCalendar
    ? shiftedUnit(of, one.from, by)
    : { from: one.from + days * dayMs, to: one.to + days * dayMs };
  return expressionAt(text, one.start - match[0].length, one.end, {
    ...range,
    vague: one.certainty === 'vague',
  });
}
