/** What the readers of English times share: word lists, patterns of counts and units, results. */
import type { TimeRange, TimeUnit } from './time-range.ts';

export interface TimeExpression extends TimeRange {
  /** As written. */
  readonly text: string;
  /** UTF-16 offsets, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** `vague`: a guess among several readings ("on Friday", "recently"). */
  readonly certainty: 'explicit' | 'vague';
}

export type Groups = Readonly<Record<string, string | undefined>>;
export type Resolved = TimeRange & { readonly vague?: boolean };

export const numberWords = 'one two three four five six seven eight nine ten eleven twelve'.split(
  ' ',
);
export const weekdays = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');
export const months =
  'january february march april may june july august september october november december'.split(
    ' ',
  );
export const count = `(?<count>\\d{1,3}|an?|${numberWords.join('|')})`;
export const unit = '(?<unit>day|week|weekend|month|year)';

export const lower = (word: string | undefined): string => (word ?? '').toLowerCase();

export function unitOf(groups: Groups): TimeUnit {
  const name = lower(groups.unit);
  return name === 'day' || name === 'week' || name === 'weekend' || name === 'month'
    ? name
    : 'year';
}

export function countOf(word: string | undefined): number {
  if (word === undefined) return 1;
  const named = numberWords.indexOf(lower(word));
  if (named >= 0) return named + 1;
  return /^\d/.test(word) ? Number(word) : 1;
}

export function expressionAt(
  text: string,
  start: number,
  end: number,
  range: Resolved,
): TimeExpression {
  const { from, to, vague } = range;
  const certainty = vague ? 'vague' : 'explicit';
  return { text: text.slice(start, end), start, end, from, to, certainty };
}
