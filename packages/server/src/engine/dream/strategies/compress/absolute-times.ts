/** Makes "yesterday" a date, so that a sentence can be read at any later time. Pure. */
import type { TimeExpression } from '../../../../text/time-english.ts';
import { findTimes } from '../../../../text/time-expressions.ts';
import { dayMs, type TimeRange } from '../../../../text/time-range.ts';

const months =
  'January February March April May June July August September October November December'.split(
    ' ',
  );

/** "7 May 2023", in UTC. */
export function writtenDay(epochMs: number): string {
  const date = new Date(epochMs);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** A time among other words: "7 May", with a year that is not the one in which it was said. */
export function writtenTime(time: TimeExpression, saidAt: number): string {
  if (!isRelative(time.text)) return time.text.replace(/[.,;:!?]+$/u, '');
  if (isOpen(time)) return withoutOpening(time.text, saidAt);
  const name = nameOf(time);
  const year = ` ${new Date(saidAt).getUTCFullYear()}`;
  return name.endsWith(year) ? name.slice(0, -year.length) : name;
}

/**
 * The text with relative times made absolute: in English they are replaced, in other languages the
 * date follows in brackets. What is vague ("recently") stays, for the date of the summary to tell.
 *
 * @param saidAt milliseconds since 1970 UTC
 * @example withAbsoluteTimes('I ran yesterday.', Date.UTC(2023, 4, 8)) // 'I ran on 7 May 2023.'
 */
export function withAbsoluteTimes(text: string, saidAt: number): string {
  let result = '';
  let at = 0;
  for (const { start, end, certainty, ...range } of findTimes(text, saidAt)) {
    const written = text.slice(start, end);
    if (start < at || certainty === 'vague' || !isRelative(written)) continue;
    result += text.slice(at, start);
    if (isOpen(range)) result += withoutOpening(written, saidAt);
    else if (!isEnglish.test(written)) result += `${written} (${nameOf(range)})`;
    else if (/^['’]s/u.test(text.slice(end))) result += nameOf(range);
    else result += inPlace(text.slice(0, start), range);
    at = end;
  }
  return result + text.slice(at);
}

/** "3 May" and "2021" are dates already. */
const isRelative = (written: string): boolean =>
  !new RegExp(`\\d{4}|\\d{1,2}(?:st|nd|rd|th)? (?:of )?${anyMonth}|${anyMonth} \\d`, 'iu').test(
    written,
  );
const anyMonth = `(?:${months.join('|')})`;

/** "Until tomorrow" begins long ago, "from tomorrow" never ends: their other end is told. */
const isOpen = ({ from, to }: TimeRange): boolean => to - from > openMs;
const openMs = 100 * 366 * dayMs;

function withoutOpening(written: string, saidAt: number): string {
  const [, opening = '', rest = ''] = /^(\S+\s+)(.*)$/su.exec(written) ?? [];
  const end = findTimes(rest, saidAt)[0];
  const isKnown = end?.start === 0 && end.end === rest.length && !isOpen(end);
  return isKnown && end.certainty !== 'vague' ? opening + nameOf(end) : written;
}

const englishWords =
  'yesterday|today|tonight|tomorrow|last|this|next|coming|past|ago|' +
  '(?:day|week|weekend|month|year)s?';
const isEnglish = new RegExp(`\\b(?:${englishWords})\\b`, 'iu');
const prepositions =
  'on|in|at|since|until|till|before|after|by|from|for|during|of|to|over|than|around';
const preposition = new RegExp(`\\b(?:${prepositions})\\s+(?:the\\s+)?$`, 'iu');

function inPlace(before: string, range: TimeRange): string {
  const name = nameOf(range);
  if (preposition.test(before)) return name;
  const phrase = `${range.to - range.from <= dayMs ? 'on' : 'in'} ${name}`;
  const inTime = name.includes(' to ') ? `between ${name.replace(' to ', ' and ')}` : phrase;
  return /(?:^|[.!?]\s+)$/u.test(before) ? inTime.replace(/^./u, (a) => a.toUpperCase()) : inTime;
}

function nameOf({ from, to }: TimeRange): string {
  const [start, end] = [new Date(from), new Date(to)];
  if (to - from <= dayMs) return writtenDay(from);
  const isWhole = start.getUTCDate() === 1 && end.getUTCDate() === 1;
  const monthsLong =
    12 * (end.getUTCFullYear() - start.getUTCFullYear()) + end.getUTCMonth() - start.getUTCMonth();
  if (isWhole && monthsLong === 1)
    return `${months[start.getUTCMonth()]} ${start.getUTCFullYear()}`;
  if (isWhole && monthsLong === 12 && start.getUTCMonth() === 0) return `${start.getUTCFullYear()}`;
  const [first, last] = [writtenDay(from), writtenDay(to - 1)];
  const [day = '', ...monthAndYear] = first.split(' ');
  if (last.endsWith(` ${monthAndYear.join(' ')}`)) return `${day} to ${last}`;
  const year = ` ${start.getUTCFullYear()}`;
  return `${last.endsWith(year) ? first.slice(0, -year.length) : first} to ${last}`;
}
