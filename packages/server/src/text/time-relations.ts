/** What stands before and between times: "since X", "between X and Y", "the week before X". */
import {
  count,
  countOf,
  expressionAt,
  type Groups,
  lower,
  type Resolved,
  type TimeExpression,
  unit,
  unitOf,
  weekdays,
} from './time-english.ts';
import { dateAt, dayMs, shiftedUnit, type TimeRange, unitAt, weekdayOf } from './time-range.ts';

/** Characters in front of a time that may say what it is beside of. */
const besideMax = 40;
/** Open ends of "since 2020" and "before May". */
const farPast = dateAt(1);
const farFuture = dateAt(9999);

/** Words before a date that open a range, by what they mean. */
const relations = new Map<string, string>();
for (const [meaning, words] of [
  ['since', 'since|seit|ab|desde|depuis'],
  ['after', 'after|nach|después de|depois de|après|после'],
  ['before', 'before|prior to|vor|antes de|avant|до'],
  ['until', 'until|till|by|bis|hasta|jusqu’en'],
  ['between', 'between'],
  ['from', 'from'],
] as const) {
  for (const one of words.split('|')) relations.set(one, meaning);
}
const relation = new RegExp(
  `(?<![\\p{L}])(${[...relations.keys()].join('|')})\\s+(?:(?:the|dem|der|den|el|la|le|l’)\\s+)?$`,
  'iu',
);
const offset = new RegExp(`(?<![\\p{L}\\p{N}])${count} ${unit}s? (?<way>after|before)\\s+$`, 'iu');
const joiner = /^\s*(?:and|to|until|till|through|-|–)\s*$/iu;

/** "Two weeks after X", "since X", "between X and Y": what stands before and between dates. */
export function joinRelations(
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
    const beside = besideOf(text, one);
    const related = relation.exec(before);
    const next = found[i + 1];
    const word = relations.get(lower(related?.[1])) ?? '';
    if (shifted !== null) {
      joined.push(shift(text, one, shifted));
    } else if (beside !== undefined) {
      // "Sunday" or "last weekend" in "the Sunday before X" was read on its own.
      while ((joined.at(-1)?.end ?? 0) > beside.start) joined.pop();
      joined.push(beside);
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

const neighbour = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:(?:the|last|this) )?(?:${unit}|(?<weekday>${weekdays.join('|')}))` +
    ' (?<way>before|after|following|of) (?:the )?$',
  'iu',
);

/** "The week before X", "the Sunday after X", "the weekend of X": a unit beside it or around. */
function besideOf(text: string, one: TimeExpression): TimeExpression | undefined {
  const match = neighbour.exec(text.slice(Math.max(0, one.start - besideMax), one.start));
  if (match === null) return undefined;
  const groups = match.groups ?? {};
  const range = besideRange(groups, one);
  if (range === undefined) return undefined;
  const vague = one.certainty === 'vague';
  return expressionAt(text, one.start - match[0].length, one.end, { ...range, vague });
}

function besideRange(groups: Groups, { from, to }: TimeRange): TimeRange | undefined {
  const way = lower(groups.way);
  const last = to - dayMs;
  const wanted = weekdays.indexOf(lower(groups.weekday));
  if (wanted >= 0) {
    const behind = unitAt('day', from - ((weekdayOf(from) - wanted + 7) % 7 || 7) * dayMs);
    const ahead = unitAt('day', last + ((wanted - weekdayOf(last) + 7) % 7 || 7) * dayMs);
    if (way !== 'of') return way === 'before' ? behind : ahead;
    const inside = unitAt('day', from + ((wanted - weekdayOf(from) + 7) % 7) * dayMs);
    return to - from === 7 * dayMs ? inside : undefined;
  }
  const of = unitOf(groups);
  if (way === 'of') return to - from <= dayMs ? unitAt(of, from) : undefined;
  const sign = way === 'before' ? -1 : 1;
  if (of === 'week') {
    return sign < 0 ? { from: from - 7 * dayMs, to: from } : { from: to, to: to + 7 * dayMs };
  }
  if (of !== 'weekend') return shiftedUnit(of, sign < 0 ? from : last, sign);
  const near = unitAt('weekend', sign < 0 ? from - dayMs : to);
  return sign < 0 && near.to > from ? shiftedUnit('weekend', from, -1) : near;
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
