/** Calendar arithmetic in UTC: half-open ranges of days, weeks, months, seasons and years. */

/** Milliseconds since 1970 UTC: `from` belongs to it, `to` does not. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export type TimeUnit = 'day' | 'week' | 'weekend' | 'month' | 'year';

export const dayMs = 86_400_000;

/** Days of years below 100 too, which Date.UTC takes for the twentieth century. */
export function dateAt(year: number, month = 0, day = 1): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.getTime();
}

const startOfDay = (ms: number): number => Math.floor(ms / dayMs) * dayMs;
/** 0 is Monday. */
export const weekdayOf = (ms: number): number => (Math.floor(ms / dayMs) + 3) % 7;

/** The unit that holds the moment. Weeks begin on Monday, weekends on Saturday. */
export function unitAt(unit: TimeUnit, ms: number): TimeRange {
  const day = startOfDay(ms);
  if (unit === 'day') return { from: day, to: day + dayMs };
  if (unit === 'week' || unit === 'weekend') {
    const monday = day - weekdayOf(day) * dayMs;
    const from = unit === 'week' ? monday : monday + 5 * dayMs;
    return { from, to: monday + 7 * dayMs };
  }
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  return unit === 'month' ? monthRange(year, month) : yearRange(year);
}

/** The unit `count` before (negative) or after the one that holds the moment. */
export function shiftedUnit(unit: TimeUnit, ms: number, count: number): TimeRange {
  if (unit === 'day') return unitAt('day', ms + count * dayMs);
  if (unit === 'week' || unit === 'weekend') return unitAt(unit, ms + 7 * count * dayMs);
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  if (unit === 'year') return yearRange(year + count);
  return monthRange(year, date.getUTCMonth() + count);
}

/** `month` may lie outside of 0 to 11. */
export function monthRange(year: number, month: number): TimeRange {
  return { from: dateAt(year, month), to: dateAt(year, month + 1) };
}

export function yearRange(year: number): TimeRange {
  return { from: dateAt(year), to: dateAt(year + 1) };
}

/** Northern seasons by whole months; a winter begins in December of the year before. */
export function seasonRange(year: number, season: number): TimeRange {
  const month = season * 3 - 1;
  return { from: dateAt(year, month), to: dateAt(year, month + 3) };
}

/** A day of a month; undefined where there is no such day. */
export function dayRange(year: number, month: number, day: number): TimeRange | undefined {
  const from = dateAt(year, month, day);
  return new Date(from).getUTCDate() === day ? { from, to: from + dayMs } : undefined;
}
