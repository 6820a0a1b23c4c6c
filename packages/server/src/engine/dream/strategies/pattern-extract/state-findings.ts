/** Patterns in words: English templates over counts, with an example as it was said. */

import { contentWords } from '../../../../text/content-terms.ts';
import { sentencesOf } from '../../../../text/stating.ts';
import { findTimes } from '../../../../text/time-expressions.ts';
import { dayMs } from '../../../../text/time-range.ts';
import { excerpt, isoDay } from '../../evidence.ts';
import type { NamedThing } from '../../names.ts';
import type { Recurrence } from '../../recurrences.ts';
import type { DreamMemory } from '../../strategy.ts';
import type { Happening, Theme } from '../../themes.ts';
import { counted, type Finding } from './finding.ts';
import type { Sequence } from './sequences.ts';

const weekdays = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');
const wordsMax = 3;
const patternOf = { week: 'weekly', month: 'monthly', year: 'yearly' } as const;

export function daysOf(memories: readonly DreamMemory[]): number {
  return new Set(memories.map(({ occurredAt }) => Math.floor(occurredAt / dayMs))).size;
}

const isoOf = (day: number | undefined): string => isoDay((day ?? 0) * dayMs);

export function stateMentions({ normal, text, memories }: NamedThing): Finding {
  const [from, to] = spanOf(memories);
  const days = daysOf(memories);
  return {
    pattern: 'mentions',
    subject: `mentions:${normal}`,
    labels: [text],
    value:
      `${text} is mentioned in ${counted(memories.length, 'memory')} on ${counted(days, 'day')}, ` +
      `between ${from} and ${to}${byWhom(memories)}.`,
    reason: `Named on ${counted(days, 'day')}.`,
    confidence: 0.95,
    memories,
  };
}

export function stateTopic(term: string, word: string, memories: readonly DreamMemory[]): Finding {
  const [from, to] = spanOf(memories);
  const days = daysOf(memories);
  return {
    pattern: 'topic',
    subject: `topic:${term}`,
    labels: [word],
    value:
      `"${word}" is a recurring topic: ${counted(memories.length, 'memory')} on ` +
      `${counted(days, 'day')} between ${from} and ${to}${byWhom(memories)}.` +
      exampleOf(term, memories),
    reason: `A word that is rare elsewhere, on ${counted(days, 'day')}.`,
    confidence: 0.8,
    memories,
  };
}

export function stateRecurrence(one: Recurrence): Finding {
  const [theme] = one.themes;
  const words = one.themes.slice(0, wordsMax).map(({ word }) => word);
  const memories = onDays(one.themes, one.days);
  const who = theme.speaker ? `${theme.speaker}: ` : '';
  const span = `between ${isoOf(one.days[0])} and ${isoOf(one.days.at(-1))}`;
  const hits = one.period === 'week' ? one.days.length : periodsHit(one);
  return {
    pattern: patternOf[one.period],
    subject: `${patternOf[one.period]}:${theme.speaker?.toLowerCase() ?? ''}:${theme.term}`,
    labels: words.slice(0, 1),
    value:
      `${who}${words.join(', ')} ${slotText(one)}: ${hits} of ${one.periods} ` +
      `${periodNoun(one)} ${span}.${exampleOf(theme.term, memories)}`,
    reason:
      `${one.days.length} of the ${theme.days.length} days on which it is told keep to it, ` +
      `${chanceText(one.chance)}.`,
    confidence: Math.min(0.97, 0.7 + (0.25 * hits) / one.periods),
    memories,
  };
}

export function stateSequence({ first, then, followed, times, chance }: Sequence): Finding {
  const memories = unique(followed.flatMap((pair) => pair.map(({ memory }) => memory)));
  const [from, to] = spanOf(memories);
  const who = first.speaker ? `${first.speaker}: ` : '';
  return {
    pattern: 'sequence',
    subject: `sequence:${first.speaker?.toLowerCase() ?? ''}:${first.term}:${then.term}`,
    labels: [first.word, then.word],
    value:
      `${who}after "${first.word}" comes "${then.word}" within a day: ${followed.length} of ` +
      `${times} times between ${from} and ${to}.${pairText(followed.at(-1))}`,
    reason: `It follows ${followed.length} of ${times} times, ${chanceText(chance)}.`,
    confidence: Math.min(0.9, 0.6 + (0.3 * followed.length) / times),
    memories,
  };
}

function slotText({ period, slot }: Recurrence): string {
  if (period === 'week') return `on ${weekdays[slot]}s`;
  if (period === 'month') return `around day ${slot} of the month`;
  const date = isoDay(Date.UTC(2024, 0, 1) + slot * dayMs).slice(5);
  return `each year around ${date}`;
}

function periodNoun({ period, slot, periods }: Recurrence): string {
  const noun = period === 'week' ? weekdays[slot] : period;
  return periods === 1 ? `${noun}` : `${noun}s`;
}

function periodsHit({ period, days }: Recurrence): number {
  const length = period === 'month' ? 7 : 4;
  return new Set(days.map((day) => isoOf(day).slice(0, length))).size;
}

function onDays(themes: readonly Theme[], days: readonly number[]): DreamMemory[] {
  const wanted = new Set(days);
  const [theme] = themes;
  return unique(
    (theme?.happenings ?? []).filter(({ day }) => wanted.has(day)).map(({ memory }) => memory),
  );
}

const unique = (memories: readonly DreamMemory[]): DreamMemory[] =>
  [...new Set(memories)].sort((a, b) => a.occurredAt - b.occurredAt || a.ordinal - b.ordinal);

function spanOf(memories: readonly DreamMemory[]): [string, string] {
  return [isoDay(memories[0]?.occurredAt ?? 0), isoDay(memories.at(-1)?.occurredAt ?? 0)];
}

function byWhom(memories: readonly DreamMemory[]): string {
  const counts = new Map<string, number>();
  for (const { speaker } of memories) {
    if (speaker) counts.set(speaker, (counts.get(speaker) ?? 0) + 1);
  }
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, wordsMax);
  if (most.length === 0) return '';
  return `, by ${most.map(([speaker, count]) => `${speaker} (${count})`).join(', ')}`;
}

/** One of them in its own words, where they can be read on their own. */
function exampleOf(term: string, memories: readonly DreamMemory[]): string {
  for (const { text, occurredAt, terms } of memories.toReversed().slice(0, 8)) {
    if (!terms.has(term)) continue;
    const sentence = sentencesOf(text).find(
      (one) => one.length <= 160 && contentWords(one).some((word) => word.term === term),
    );
    if (sentence === undefined || findTimes(sentence, occurredAt).length > 0) continue;
    return ` Said on ${isoDay(occurredAt)}: "${excerpt(sentence)}"`;
  }
  return '';
}

function pairText(pair: readonly [Happening, Happening] | undefined): string {
  if (pair === undefined) return '';
  const [one, next] = pair.map(({ memory }) => {
    const { text, occurredAt } = memory;
    return `"${excerpt(text, 80)}" (said on ${isoDay(occurredAt)})`;
  });
  return ` Last: ${one}, then ${next}.`;
}

function chanceText(chance: number): string {
  if (chance < 1e-6) return 'which chance would do less than once in a million';
  return `which chance would do about once in ${Math.max(100, Math.round(1 / chance))}`;
}
