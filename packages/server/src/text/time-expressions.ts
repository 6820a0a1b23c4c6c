/**
 * Time expressions resolved against a reference time: "last Friday", "two weeks after 3 May 2023",
 * "since March", "in 2021". English by rules; other languages by their dates and near days.
 */
import { findDates } from './entity-dates.ts';
import {
  count,
  countOf,
  expressionAt,
  type Groups,
  lower,
  months,
  numberWords,
  type Resolved,
  type TimeExpression,
  unit,
  unitOf,
  weekdays,
} from './time-english.ts';
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
import { joinRelations } from './time-relations.ts';
import { findNearWords } from './time-words.ts';

/** A text beyond this is read up to here. */
const charsMax = 20_000;
const expressionsMax = 64;

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

interface Rule {
  readonly pattern: RegExp;
  /** `before` is what stands in front of the match. */
  resolve(groups: Groups, reference: number, before: string): Resolved | undefined;
}

/** Without a digit or an English word of time there is nothing for the rules to find. */
const hintWords =
  'yesterday today tonight tomorrow last this next past ago since before after until recently ' +
  'lately these nowadays from day days week weeks weekend weekends month months year years';
const hint = new RegExp(
  `\\p{Nd}|\\b(?:${[...hintWords.split(' '), ...weekdays, ...months].join('|')})\\b`,
  'iu',
);

const ordinals = ['first', 'second', 'third', 'fourth'];
const seasons = ['winter', 'spring', 'summer', 'autumn'];

const longUnit = '(?<unit>week|weekend|month|year)';
/** "The week before last Friday" is not the one before last. */
const notNamed = `(?! (?:${[...weekdays, ...months].join('|')}|week|weekend|month|year))`;
/** "The last Friday of June" is not last Friday. */
const notOfMonth = `(?! of| in (?:${months.join('|')}))`;
const fromDay = '(?<first>\\d{1,2})(?:st|nd|rd|th)?';
const toDay = '(?<last>\\d{1,2})(?:st|nd|rd|th)?(?! ?[ap]m)';
/** What makes a count a guess: "about two", "two or three", "2-3". */
const about =
  '(?:(?<guess>(?:more|less|longer|fewer) than|over|under|about|around|almost|nearly|roughly|' +
  'approximately|some|maybe|at least|at most|up to) )?' +
  `(?:(?<most>\\d{1,2}|an?|${numberWords.join('|')})(?: or | to | and | ?[-–] ?))?`;
/** Characters in front of a match that are looked at. */
const clauseMax = 40;
/** "I finished it in two weeks" says how long it took. */
const pastVerbs =
  '\\p{L}+(?<!ne)ed|did|was|were|had|took|got|made|wrote|built|read|lost|won|ran|done|gone|went';
const pastVerb = new RegExp(`(?<!\\p{L})(?:${pastVerbs})(?!\\p{L})[^.!?;]*$`, 'iu');
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
  rule(`the ${unit} before last${notNamed}`, (groups, at) => shiftedUnit(unitOf(groups), at, -2)),
  rule(`the ${unit} after next`, (groups, at) => shiftedUnit(unitOf(groups), at, 2)),
  rule(`(?:(?:in|over|during|for) )?the (?:last|past) ${count} ${unit}s?`, (groups, at) =>
    spanBefore(groups, at),
  ),
  rule(`(?:the )?past ${unit}`, (groups, at) => spanBefore(groups, at)),
  rule(`(?:in|over|during|for|within) the last ${unit}(?! of)`, (groups, at) =>
    spanBefore(groups, at),
  ),
  rule(`${about}${count} ${unit}s? (?:ago|back|earlier)`, ago),
  rule(`in ${count} ${unit}s?`, (groups, at, before) => ({
    ...distant(groups, at, 1),
    vague: pastVerb.test(before),
  })),
  rule(`${count} ${unit}s? from now`, (groups, at) => distant(groups, at, 1)),
  rule(`a (?:few|couple of) ${unit}s ago`, (groups, at) => aFew(groups, at)),
  rule(`(?<step>last|this|next|coming) ${longUnit}${notOfMonth}`, stepped),
  // "The next week" is the one after what was told of, "my last year" the end of something.
  rule(
    `(?:the|my|our|your|his|her|their) (?<step>last|next|coming) ${longUnit}(?! of)`,
    (groups, at) => ({
      ...stepped(groups, at),
      vague: true,
    }),
  ),
  rule(
    `(?<step>last|this|next|this past|this coming) (?<weekday>${weekdays.join('|')})${notOfMonth}`,
    nearWeekday,
  ),
  rule(`(?<step>last|this|next) ${monthNames}`, nearMonth),
  rule(`(?<step>last|this|next) ${seasonNames}`, nearSeason),
  rule(`(?:in )?(?:the )?${seasonNames} (?:of )?${yearNumber}`, ({ season, year }) =>
    seasonRange(Number(year), seasonOf(season)),
  ),
  rule(`(?:in )?(?:the )?winter (?:of )?${yearNumber}[/–-](?:\\d{2}){1,2}`, ({ year }) =>
    seasonRange(Number(year) + 1, seasonOf('winter')),
  ),
  rule(`${monthNames} ${fromDay} ?(?:-|–|to|through) ?${toDay}(?:,? ${yearNumber})?`, daysOfMonth),
  rule(`${fromDay} ?(?:-|–|to) ?${toDay} (?:of )?${monthNames}(?:,? ${yearNumber})?`, daysOfMonth),
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

const seasonOf = (name: string | undefined): number =>
  seasons.indexOf(lower(name) === 'fall' ? 'autumn' : lower(name));

function stepped(groups: Groups, at: number): TimeRange {
  return shiftedUnit(unitOf(groups), at, steps[lower(groups.step)] ?? 0);
}

/** "Two or three weeks ago" reaches from the one to the other. */
function ago(groups: Groups, at: number): Resolved {
  const range = distant(groups, at, -1);
  if (groups.most === undefined) return { ...range, vague: groups.guess !== undefined };
  const other = distant({ ...groups, count: groups.most }, at, -1);
  const from = Math.min(range.from, other.from);
  return { from, to: Math.max(range.to, other.to), vague: true };
}

/** "May 3-5, 2023": of the year nearest to when it was said, where none is named. */
function daysOfMonth({ month, first, last, year }: Groups, at: number): Resolved | undefined {
  const number = months.indexOf(lower(month)) + 1;
  const start =
    year === undefined
      ? nearestDay(String(number), String(first), at)
      : dayRange(Number(year), number - 1, Number(first));
  if (start === undefined) return undefined;
  const end = dayRange(new Date(start.from).getUTCFullYear(), number - 1, Number(last));
  if (end === undefined || end.from <= start.from) return undefined;
  const vague = year === undefined && otherWord.test(month ?? '');
  return { from: start.from, to: end.to, vague };
}

/** "Three days ago" is a day, "two weeks ago" the days around it, "two months ago" a month. */
function distant(groups: Groups, at: number, sign: number): TimeRange {
  return awayFrom(at, unitOf(groups), sign * countOf(groups.count));
}

function awayFrom(at: number, of: TimeUnit, shift: number): TimeRange {
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
      const before = text.slice(Math.max(0, match.index - clauseMax), match.index);
      const range = resolve(match.groups ?? {}, reference, before);
      if (range === undefined) continue;
      found.push(expressionAt(text, match.index, match.index + match[0].length, range));
    }
  }
  return found;
}

function findNear(text: string, reference: number): TimeExpression[] {
  const found: TimeExpression[] = [];
  findNearWords(text, ({ start, end, word }) => {
    const reach = word.isCounted ? awayFrom : shiftedIn;
    found.push(expressionAt(text, start, end, reach(reference, word.unit, word.shift)));
  });
  return found;
}

const shiftedIn = (at: number, unit: TimeUnit, shift: number): TimeRange =>
  shiftedUnit(unit, at, shift);

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
const beforeYears = 'antes de|después de|depois de';
const beforeYear =
  'in since until till before after during of by from to and between around year late early mid ' +
  'en im seit em nel año anno jahr desde depuis vor ab bis nach avant après hasta до ' +
  'после в с năm prior';
const yearBefore = new RegExp(
  `(?:(?<![\\p{L}])(?:${beforeYear.replaceAll(' ', '|')}|${beforeYears})|[-–(,])\\s*$`,
  'iu',
);

/** "Vor 2000 Jahren" is a count. */
const afterNumber = /^\s*(?:[€$%]|(?:jahren?|euros?|meter|tage|лет|рублей|метров)(?!\p{L}))/iu;

/** "25 may be too many" and "march 4 miles" are no dates. */
const otherWord = /\b(?:may|march)\b/u;

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
  if (year === undefined) {
    const near = month && day ? nearestDay(month, day, reference) : undefined;
    return near && { ...near, vague: otherWord.test(written) };
  }
  if (month === undefined) {
    const rest = text.slice(start + written.length, start + written.length + clauseMax);
    if (afterNumber.test(rest)) return undefined;
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

/** Of two that overlap the longer wins, then the one found first. */
function withoutOverlaps(found: readonly TimeExpression[]): TimeExpression[] {
  const longest = found.toSorted((a, b) => b.end - b.start - (a.end - a.start));
  const kept: TimeExpression[] = [];
  for (const one of longest) {
    if (kept.every((other) => one.end <= other.start || one.start >= other.end)) kept.push(one);
  }
  return kept.sort((a, b) => a.start - b.start);
}
