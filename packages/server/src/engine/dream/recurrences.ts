/** What comes back with the week, the month or the year, beyond what chance would do. */
import { dayMs, weekdayOf } from '../../text/time-range.ts';
import { binomialTail } from '../../util/binomial-tail.ts';
import { isOfAnyDay } from './doings.ts';
import type { DreamTools } from './strategy.ts';
import { overlapOf, silentDays, type Theme, type Told } from './themes.ts';

export type Period = 'week' | 'month' | 'year';

export interface Recurrence {
  readonly period: Period;
  /** 0 (Monday) to 6; the day of the month; the day of a leap year, from 0. */
  readonly slot: number;
  /** Words of one activity, the most telling first. */
  readonly themes: readonly [Theme, ...Theme[]];
  /** Days on which it happened, ascending, since 1970. */
  readonly days: readonly number[];
  /** Weeks, months or years from the first to the last. */
  readonly periods: number;
  /** How likely chance alone would do it. */
  readonly chance: number;
}

interface Rhythm {
  readonly period: Period;
  slotOf(day: number): number;
  periodOf(day: number): number;
  /** Days to either side that still count as on time. */
  readonly slack: number;
  /** Windows of that width that there are to choose from. */
  readonly slots: number;
  readonly hitsMin: number;
  /** Of the periods between, those in which it happened. */
  readonly shareMin: number;
}

const dateOf = (day: number): Date => new Date(day * dayMs);

/** The same date has the same number in every year. */
function dayOfLeapYear(day: number): number {
  const date = dateOf(day);
  const inLeapYear = Date.UTC(2024, date.getUTCMonth(), date.getUTCDate());
  return Math.round((inLeapYear - Date.UTC(2024, 0, 1)) / dayMs);
}

const rhythms: readonly Rhythm[] = [
  {
    ...{ period: 'week', slack: 0, slots: 7, hitsMin: 4, shareMin: 0.5 },
    slotOf: (day) => weekdayOf(day * dayMs),
    periodOf: (day) => Math.floor((day + 3) / 7),
  },
  {
    ...{ period: 'month', slack: 1, slots: 10, hitsMin: 4, shareMin: 0.6 },
    slotOf: (day) => dateOf(day).getUTCDate(),
    periodOf: (day) => dateOf(day).getUTCFullYear() * 12 + dateOf(day).getUTCMonth(),
  },
  {
    ...{ period: 'year', slack: 3, slots: 52, hitsMin: 3, shareMin: 0.75 },
    slotOf: dayOfLeapYear,
    periodOf: (day) => dateOf(day).getUTCFullYear(),
  },
];

/** Of all days of a theme, those that keep the rhythm. */
const onTimeMin = 0.6;
/** Chance that any of all that is looked at is no more than chance. */
const falseMax = 0.01;
/** Two words of one activity have so many of their memories in common. */
const sameActivity = 0.4;
/** In nats: "went" has 4.8, "running" 6.2 in the builtin table. */
const weightMin = 5.5;

/** The surest first. */
export async function findRecurrences(told: Told, tools: DreamTools): Promise<Recurrence[]> {
  const found: Recurrence[] = [];
  for (const theme of told.themes) {
    await tools.breathe();
    if (isOfAnyDay(theme.term)) continue;
    const active = told.activeDays.get(theme.speaker) ?? [];
    for (const rhythm of rhythms) {
      const one = recurrenceOf(theme, rhythm, active, told.themes.length);
      if (one === undefined) continue;
      found.push(one);
      break;
    }
  }
  const joined = joinActivities(found.sort((a, b) => a.chance - b.chance));
  return joined.map((one) => ({ ...one, themes: telling(one.themes, tools) }));
}

function recurrenceOf(
  theme: Theme,
  rhythm: Rhythm,
  active: readonly number[],
  looks: number,
): Recurrence | undefined {
  const { period, slotOf, periodOf, slack, slots, hitsMin, shareMin } = rhythm;
  const slot = mostCommon(theme.days.map(slotOf));
  const isOnTime = (day: number): boolean => Math.abs(slotOf(day) - slot) <= slack;
  const days = theme.days.filter(isOnTime);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined || days.length < hitsMin) return undefined;
  const periods = periodOf(last) - periodOf(first) + 1;
  const hits = new Set(days.map(periodOf)).size;
  if (hits < hitsMin || hits < shareMin * periods) return undefined;
  if (days.length < onTimeMin * theme.days.length) return undefined;
  const usual = usualOf(active.filter(isOnTime).length, active.length, slots);
  const chance = binomialTail(days.length, theme.days.length, usual) * slots * looks;
  if (chance > falseMax) return undefined;
  return { period, slot, themes: [theme], days, periods, chance };
}

/** The share of such days among those that somebody tells of, and those of silence. */
function usualOf(onTime: number, all: number, slots: number): number {
  return (onTime + silentDays / slots) / (all + silentDays);
}

/** Of "went running" the second word tells what it is. */
function telling(themes: Recurrence['themes'], tools: DreamTools): Recurrence['themes'] {
  const weightOf = ({ word }: Theme): number => tools.wordWeight(word);
  const [first, ...others] = themes.toSorted((a, b) => weightOf(b) - weightOf(a));
  if (first === undefined) return themes;
  return [first, ...others.filter((theme) => weightOf(theme) >= weightMin)];
}

/** The most common number; of equal ones the one that occurs first. */
function mostCommon(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const one of numbers) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0])[0];
}

/** "Run" and "park" are one activity where they stand in the same memories. */
function joinActivities(found: readonly Recurrence[]): Recurrence[] {
  const joined: Recurrence[] = [];
  for (const one of found) {
    const [theme] = one.themes;
    const at = joined.findIndex(
      ({ period, slot, themes: [other] }) =>
        period === one.period &&
        (period === 'year' || slot === one.slot) &&
        other.speaker === theme.speaker &&
        overlapOf(other, theme) >= sameActivity,
    );
    const other = joined[at];
    if (other === undefined) joined.push(one);
    else joined[at] = { ...other, themes: [...other.themes, theme] };
  }
  return joined;
}
