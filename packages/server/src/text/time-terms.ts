/** The words under which a date is found in indexed text. */
import { stemWord } from './stemmers.ts';

const months =
  'january february march april may june july august september october november december'.split(
    ' ',
  );

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
