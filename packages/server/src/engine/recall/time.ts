/** What a question says of time: a preference among memories, or a filter when asked for. */
import { findTimes } from '../../text/time-expressions.ts';
import type { TimeRange } from '../../text/time-range.ts';
import type { TimeFilter } from '../time-filter.ts';

export const timeModes = ['auto', 'filter', 'off'] as const;
/** `auto` prefers memories of the time that is named, `filter` leaves all others out. */
export type TimeMode = (typeof timeModes)[number];

/** How the times of a question and of memories count. */
export interface QuestionTime {
  /** What to do with a time that the question names; `auto` when absent. */
  readonly time?: TimeMode;
  /** When the question is asked, for "last week"; now when absent. */
  readonly referenceTime?: number;
  /** 0 to 1: how much age counts against a memory; 0 when absent. */
  readonly recency?: number;
}

export interface QueryTime extends TimeRange {
  /** The expression as it stands in the question. */
  readonly text: string;
  readonly used: 'boost' | 'filter';
}

/** A time with its year is the same whenever it is asked for. */
const hasYear = /\d{4}/;

/**
 * The first explicit time with a year, else the first explicit one, else the first vague one. A
 * vague one never filters: it is one of several readings.
 *
 * @param referenceMs when the question is asked
 */
export function queryTime(query: string, mode: TimeMode, referenceMs: number): QueryTime | null {
  if (mode === 'off') return null;
  const found = findTimes(query, referenceMs);
  const explicits = found.filter(({ certainty }) => certainty === 'explicit');
  const explicit = explicits.find(({ text }) => hasYear.test(text)) ?? explicits[0];
  const chosen = explicit ?? found[0];
  if (chosen === undefined) return null;
  const { from, to, text } = chosen;
  return { from, to, text, used: mode === 'filter' && explicit ? 'filter' : 'boost' };
}

/** Narrows a filter to the time of the question; bounds that the caller gave stay. */
export function withQueryTime<T extends TimeFilter>(filter: T, time: QueryTime | null): T {
  if (time?.used !== 'filter') return filter;
  const { occurredFrom = time.from, occurredTo = time.to } = filter;
  return {
    ...filter,
    occurredFrom: Math.max(occurredFrom, time.from),
    occurredTo: Math.min(occurredTo, time.to),
  };
}
