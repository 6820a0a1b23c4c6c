/** Values of statements made comparable: the same, one richer than the other, or not. */
import { findDates } from './entity-dates.ts';
import { foldTerm, plainDigits } from './fold.ts';
import { isWideArea } from './gazetteers/places.ts';
import type { ValueKind } from './statement-patterns.ts';
import { isStopWord } from './stop-words.ts';
import { findTimes } from './time-expressions.ts';

/** `wider`: the second says more of the same ("Bern" and "Bern, Switzerland"). */
export type ValueRelation = 'same' | 'wider' | 'narrower' | 'different' | 'unclear';

export interface Comparable {
  readonly attribute: string;
  readonly kind: ValueKind;
  /** As `normalValue` makes it. */
  readonly normal: string;
}

/**
 * What two values of the same have in common whatever their spelling; empty where nothing can be
 * compared. `saidAt` is in milliseconds since 1970 UTC.
 */
export function normalValue(
  value: string,
  { attribute, kind }: Pick<Comparable, 'attribute' | 'kind'>,
  saidAt: number,
): string {
  if (kind === 'digits') return plainDigits(value).replaceAll(/\D/g, '');
  if (kind === 'number') return numberOf(value);
  if (kind === 'token') return attribute === 'email' ? value.toLowerCase() : value;
  if (kind === 'date') return dateOf(value, attribute, saidAt);
  const words = foldTerm(value).match(/[\p{L}\p{M}\p{N}]+(?:['.&-][\p{L}\p{N}]+)*/gu) ?? [];
  const telling = words.filter((word) => !isStopWord(word, 'en') || words.length === 1);
  return telling.join(' ');
}

/** 1.80 and 1,80 are the same, 1,000 is a thousand. */
function numberOf(value: string): string {
  const plain = plainDigits(value);
  if (/^\d{1,3}[.,]\d{3}$/.test(plain)) return plain.replace(/[.,]/, '');
  return String(Number(plain.replace(',', '.')));
}

/** A birthday by its month and day; other days as they lay when it was said. */
function dateOf(value: string, attribute: string, saidAt: number): string {
  if (attribute === 'birthday') {
    const found = findDates(value)[0]?.normal ?? '';
    return /\d\d-\d\d$/.exec(found)?.[0] ?? '';
  }
  const [range] = findTimes(value, saidAt);
  const isDay = range !== undefined && range.to - range.from <= 86_400_000;
  return isDay ? new Date(range.from).toISOString().slice(0, 10) : '';
}

export function relationOf(a: Comparable, b: Comparable): ValueRelation {
  if (a.normal === '' || b.normal === '' || a.kind !== b.kind) return 'unclear';
  if (a.normal === b.normal) return 'same';
  if (a.kind === 'digits') return samePhone(a.normal, b.normal) ? 'same' : 'different';
  if (a.kind !== 'name' && a.kind !== 'words') return 'different';
  return ofWords(a, b);
}

/** With and without the code of the country. */
function samePhone(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length, 7);
  return length >= 5 && a.slice(-length) === b.slice(-length);
}

function ofWords(a: Comparable, b: Comparable): ValueRelation {
  const [first, second] = [new Set(a.normal.split(' ')), new Set(b.normal.split(' '))];
  const common = [...first].filter((word) => second.has(word)).length;
  if (common === first.size && common === second.size) return 'same';
  if (common === first.size) return 'wider';
  if (common === second.size) return 'narrower';
  const [only, other] = [without(first, second), without(second, first)];
  const numbers = (words: readonly string[]): string => words.filter(hasDigit).join(' ');
  if (a.attribute === 'address' && numbers(only) !== numbers(other)) return 'different';
  if (common > 0) return 'unclear';
  if (only.some((word) => other.some((one) => mayBeSame(word, one)))) return 'unclear';
  if (isShortFor(a.normal, b.normal) || isShortFor(b.normal, a.normal)) return 'unclear';
  // Who lives in Spain may live in Sevilla.
  if (a.attribute === 'home' && isWideArea(a.normal) !== isWideArea(b.normal)) return 'unclear';
  return 'different';
}

const hasDigit = (word: string): boolean => /\p{N}/u.test(word);
const without = (a: ReadonlySet<string>, b: ReadonlySet<string>): string[] =>
  [...a].filter((word) => !b.has(word));

/** One begins with the other, or they differ by a slip: "Kate" and "Katie". */
function mayBeSame(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length >= 3 && long.startsWith(short.slice(0, Math.max(3, short.length - 1)))) {
    return true;
  }
  if (short.length < 5 || long.length - short.length > 1) return false;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start += 1;
  let end = 0;
  while (end < short.length - start && short.at(-1 - end) === long.at(-1 - end)) end += 1;
  return long.length - start - end <= 1;
}

/** "IBM" and "International Business Machines". */
function isShortFor(short: string, long: string): boolean {
  const initials = long.split(/[ -]/).map((word) => word[0] ?? '');
  return initials.length > 1 && initials.join('') === short.replaceAll('.', '');
}
