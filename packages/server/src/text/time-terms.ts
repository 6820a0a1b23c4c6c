/** The words under which a date is found in indexed text. */
import { stemWord } from './stemmers.ts';
import { months } from './time-english.ts';
import { findTimes } from './time-expressions.ts';
import { dayMs } from './time-range.ts';

/**
 * Year, month name and day of a time, in UTC, as `analyzeDocument` would index them.
 *
 * @param epochMs milliseconds since 1970; a value that is no date gives no terms
 * @example dateTerms(Date.UTC(2023, 4, 8)) // ['2023', 'may', '8']
 */
export function dateTerms(epochMs: number): string[] {
  const date = new Date(epochMs);
  if (Number.isNaN(date.getTime())) return [];
  const month = months[date.getUTCMonth()] ?? '';
  return [String(date.getUTCFullYear()), stemWord(month, 'en'), String(date.getUTCDate())];
}

/** Longer ones are named by their month, or their year. */
const longestMs = 7 * dayMs;

/**
 * Date words that a text means but does not write: "last Friday" is a day of May. What is vague, or
 * already written as a date, adds nothing.
 *
 * @param saidAt when it was said: milliseconds since 1970 UTC
 */
export function meantDateTerms(text: string, saidAt: number): string[] {
  const terms: string[] = [];
  for (const { text: written, from, to, certainty } of findTimes(text, saidAt)) {
    if (certainty === 'vague' || /\d{4}/.test(written)) continue;
    const [year = '', month = '', day = ''] = dateTerms(from);
    const size = to - from;
    if (size <= longestMs) terms.push(year, month, ...(size <= dayMs ? [day] : []));
    else if (size <= 31 * dayMs) terms.push(year, month);
    else if (size <= 366 * dayMs) terms.push(year);
  }
  return terms;
}
