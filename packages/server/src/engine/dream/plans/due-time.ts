/** When something that was said is due, seen from the day on which it was said. */

import type { TimeExpression } from '../../../text/time-english.ts';
import { findTimes } from '../../../text/time-expressions.ts';
import { dateAt, dayMs, type TimeRange, unitAt, weekdayOf } from '../../../text/time-range.ts';
import { isoDay } from '../evidence.ts';

export interface Due extends TimeRange {
  /** "By Friday" rather than "on Friday". */
  readonly isDeadline: boolean;
  /** One of several readings, or a date without a year. */
  readonly isVague: boolean;
}

/** Longer stretches are no date. */
const widestMs = 366 * dayMs;
const farPast = dateAt(2);
const recentMs = { stated: 45 * dayMs, likely: 120 * dayMs };
const weekday = /^(?:mon|tues|wednes|thurs|fri|satur|sun)day$/iu;
const endsInWeekday = / (?:mon|tues|wednes|thurs|fri|satur|sun)day$/iu;
const year = /\d{4}/u;

/**
 * How sure it is that what is said lies ahead: it says so; it tells of no past; or of a past, and
 * of what is ahead beside it.
 */
export type Outlook = 'stated' | 'likely' | 'unsure';

/** "The 27th", behind a weekday. */
const dayOfMonth = /^,? (?:the )?(\d{1,2})(?:st|nd|rd|th)\b(?! of| [A-Z])/u;
/** Days ahead within which a bare day of the month is looked for. */
const monthsAhead = 62;

/**
 * The first time of a sentence that lies ahead of when it was said: a bare "Friday", "May" or
 * "8 May" is the one ahead.
 */
export function dueIn(sentence: string, saidAt: number, outlook: Outlook): Due | undefined {
  const times = findTimes(sentence, saidAt);
  for (const [place, time] of times.entries()) {
    const next = times[place + 1];
    const isWeekday = weekday.test(time.text) || endsInWeekday.test(` ${time.text}`);
    // "Wednesday 25 November": the date tells which.
    if (isWeekday && next && next.start - time.end <= 5 && /\d/u.test(next.text)) continue;
    const named = isWeekday ? dayOfMonth.exec(sentence.slice(time.end)) : null;
    const due = named ? onDayOfMonth(Number(named[1]), time, saidAt) : dueOf(time, saidAt, outlook);
    if (due !== undefined) return due;
  }
  return undefined;
}

/** The first such day ahead that is that day of the week. */
function onDayOfMonth(wanted: number, time: TimeExpression, saidAt: number): Due | undefined {
  const today = unitAt('day', saidAt).from;
  for (let from = today; from <= today + monthsAhead * dayMs; from += dayMs) {
    if (new Date(from).getUTCDate() !== wanted) continue;
    if (weekdayOf(from) !== weekdayOf(time.from)) continue;
    return { from, to: from + dayMs, isDeadline: false, isVague: false };
  }
  return undefined;
}

function dueOf(time: TimeExpression, saidAt: number, outlook: Outlook): Due | undefined {
  const isVague = time.certainty === 'vague';
  if (time.from < farPast) {
    const isBehind = time.to <= unitAt('day', saidAt).to;
    const to = isBehind && endsInWeekday.test(time.text) ? time.to + 7 * dayMs : time.to;
    return to > saidAt ? { from: to - dayMs, to, isDeadline: true, isVague } : undefined;
  }
  const ahead = aheadOf(time, saidAt, outlook);
  if (ahead.to - ahead.from > widestMs || ahead.from < unitAt('day', saidAt).from) return undefined;
  return { from: ahead.from, to: ahead.to, isDeadline: false, isVague };
}

/** What is planned lies ahead: the next Friday, the next May. */
function aheadOf(time: TimeExpression, saidAt: number, outlook: Outlook): TimeRange {
  const today = unitAt('day', saidAt).from;
  if (weekday.test(time.text) && time.from <= today) {
    return { from: time.from + 7 * dayMs, to: time.to + 7 * dayMs };
  }
  const named = time.text.replace(weekday, '');
  const isDate = /\p{L}{3,}/u.test(named) && !/\b(?:last|ago|past|yesterday)\b/iu.test(named);
  if (time.to > today || year.test(time.text) || !isDate || today - time.from > widestMs)
    return time;
  // Of a day just gone by nobody means the one of next year.
  if (outlook === 'unsure' || today - time.from < recentMs[outlook]) return time;
  return { from: nextYear(time.from), to: nextYear(time.to) };
}

function nextYear(ms: number): number {
  const date = new Date(ms);
  return dateAt(date.getUTCFullYear() + 1, date.getUTCMonth(), date.getUTCDate());
}

/** The next day, from `now` on, with the month and day of `ms`. */
export function anniversaryOf(ms: number, now: number): TimeRange {
  const today = unitAt('day', now).from;
  const date = new Date(ms);
  const thisYear = new Date(today).getUTCFullYear();
  const days = [thisYear, thisYear + 1].map((one) =>
    dateAt(one, date.getUTCMonth(), date.getUTCDate()),
  );
  const from = days.find((day) => day >= today) ?? today;
  return { from, to: from + dayMs };
}

/** The sentence with the day in brackets wherever it names a time that needs a calendar. */
export function withDates(sentence: string, saidAt: number, due?: Due): string {
  let text = '';
  let end = 0;
  for (const time of findTimes(sentence, saidAt)) {
    if (year.test(time.text)) continue;
    const isOpen = time.from < farPast || time.to - time.from > widestMs;
    const own = due && dueOf(time, saidAt, 'stated');
    const range = own && own.from === due.from ? due : time;
    const shown = isOpen ? `by ${isoDay(time.to - dayMs)}` : rangeText(range);
    text += `${sentence.slice(end, time.start)}[${shown}]`;
    end = time.end;
  }
  return text + sentence.slice(end);
}

/** "2026-12-03", or "2026-12-01 to 2026-12-31". */
export function rangeText({ from, to }: TimeRange): string {
  const [first, last] = [isoDay(from), isoDay(to - dayMs)];
  return first === last ? first : `${first} to ${last}`;
}
