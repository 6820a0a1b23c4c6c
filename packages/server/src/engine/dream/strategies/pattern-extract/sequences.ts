/** What is told within a day after something else, more often than chance would do it. */
import { dayMs } from '../../../../text/time-range.ts';
import { binomialTail } from '../../../../util/binomial-tail.ts';
import type { DreamTools } from '../../strategy.ts';
import { type Happening, overlapOf, type Theme, type Told } from '../../themes.ts';

export interface Sequence {
  readonly first: Theme;
  readonly then: Theme;
  /** Each with what followed it. */
  readonly followed: readonly (readonly [Happening, Happening])[];
  /** Days on which the first happened. */
  readonly times: number;
  readonly chance: number;
}

const followedMin = 4;
const shareMin = 0.6;
/** The other way round it may happen so often, as a share. */
const reverseMax = 0.34;
const falseMax = 0.01;
/** Two words of one telling are no sequence. */
const overlapMax = 0.2;
/** Themes of one speaker that are looked at, the most frequent first: pairs are their square. */
const themesMax = 250;

export async function findSequences(told: Told, tools: DreamTools): Promise<Sequence[]> {
  const found: Sequence[] = [];
  for (const [speaker, active] of told.activeDays) {
    const themes = told.themes
      .filter((theme) => theme.speaker === speaker && theme.days.length >= followedMin)
      .toSorted((a, b) => b.days.length - a.days.length)
      .slice(0, themesMax);
    const daysOf = new Map(themes.map((theme) => [theme, new Set(theme.days)]));
    for (const first of themes) {
      await tools.breathe();
      for (const then of themes) {
        if (first === then || !mayFollow(first, daysOf.get(then))) continue;
        const one = sequenceOf(first, then, active, themes.length ** 2);
        if (one) found.push(one);
      }
    }
  }
  return distinct(found.sort((a, b) => a.chance - b.chance));
}

/** The cheap look: days on which it could have followed. */
function mayFollow(first: Theme, thenDays: ReadonlySet<number> | undefined): boolean {
  if (thenDays === undefined) return false;
  let near = 0;
  for (const day of first.days) if (thenDays.has(day) || thenDays.has(day + 1)) near += 1;
  return near >= followedMin && near >= shareMin * first.days.length;
}

function sequenceOf(
  first: Theme,
  then: Theme,
  active: readonly number[],
  looks: number,
): Sequence | undefined {
  if (overlapOf(first, then) > overlapMax) return undefined;
  const followed = pairsWithin(first, then);
  const times = first.days.length;
  if (followed.length < followedMin || followed.length < shareMin * times) return undefined;
  if (pairsWithin(then, first).length > reverseMax * followed.length) return undefined;
  const thenDays = new Set(then.days);
  const chances = active.filter((day) => thenDays.has(day) || thenDays.has(day + 1)).length;
  const chance = binomialTail(followed.length, times, chances / active.length) * looks;
  return chance > falseMax ? undefined : { first, then, followed, times, chance };
}

/** Each day of the first with what came within a day after it, in another memory. */
function pairsWithin(first: Theme, then: Theme): (readonly [Happening, Happening])[] {
  const pairs: (readonly [Happening, Happening])[] = [];
  let seen = Number.NaN;
  for (const one of first.happenings) {
    if (one.day === seen) continue;
    const next = then.happenings.find(
      ({ at, memory }) => at > one.at && at <= one.at + dayMs && memory !== one.memory,
    );
    if (next === undefined) continue;
    seen = one.day;
    pairs.push([one, next]);
  }
  return pairs;
}

/** Other words of the same two things say nothing more. */
function distinct(found: readonly Sequence[]): Sequence[] {
  const kept: Sequence[] = [];
  for (const one of found) {
    const isSaid = kept.some(
      ({ followed }) =>
        shareOf(followed, one.followed, 0) > 0.5 && shareOf(followed, one.followed, 1) > 0.5,
    );
    if (!isSaid) kept.push(one);
  }
  return kept;
}

function shareOf(a: Sequence['followed'], b: Sequence['followed'], side: 0 | 1): number {
  const ids = new Set(a.map((pair) => pair[side].memory.id));
  return b.filter((pair) => ids.has(pair[side].memory.id)).length / b.length;
}
