/** What a strategy makes of sentences that nobody wrote for its rules. */
import type { PlannedAction } from '../../../packages/server/dist/domain/dream.js';
import type { Strategy } from '../../../packages/server/dist/engine/dream/strategy.js';
import { background } from './natural/background.ts';
import type { Judged, NaturalCase, NaturalScore, NaturalSet } from './natural-set.ts';
import { dayMs, hourMs } from './planted/chatter.ts';
import type { Planted } from './planted-case.ts';
import { budget, idOf, offlineTools, snapshotOf } from './snapshot-of.ts';

/** When the dream is: a Saturday. */
const now = Date.UTC(2026, 10, 21);
/** Days between two sentences of other talk: not a part of a week, so that none is a habit. */
const backgroundDays = 1.63;

/** `half`: 0 are the cases that rules were mended with, 1 those that they have not seen. */
export async function scoreNatural(
  strategy: Strategy,
  set: NaturalSet,
  half?: 0 | 1,
): Promise<NaturalScore> {
  const cases = set.cases.filter((_, place) => half === undefined || place % 2 === half);
  const judged: Judged[] = [];
  for (const one of cases) judged.push(await judge(strategy, set, one));
  const outcomes = judged.map((each) => ({ ...each, ...outcomeOf(set, each) }));
  const sum = (of: (one: (typeof outcomes)[number]) => number) =>
    outcomes.reduce((total, one) => total + of(one), 0);
  const told = ({ one, actions }: Judged) =>
    [one.label, ...one.lines.map(({ text }) => text), ...actions.map(tellAction)].join(' | ');
  const missing = outcomes.filter(({ one, right }) => one.isPositive && right === 0);
  return {
    cases: cases.length,
    positives: sum(({ one }) => Number(one.isPositive)),
    recalled: sum(({ one, right }) => Number(one.isPositive && right > 0)),
    found: sum(({ actions }) => actions.length),
    right: sum(({ right }) => right),
    missed: missing.map(told),
    wrong: outcomes.filter(({ actions, right }) => right < actions.length).map(told),
  };
}

async function judge(strategy: Strategy, set: NaturalSet, one: NaturalCase): Promise<Judged> {
  const memories = memoriesOf(set, one);
  const talk = background.map((text, place) => ({
    ...{ text, speaker: 'Ann', key: 'chat' },
    occurredAt: now - Math.round((place + 0.8) * backgroundDays * span(one)) - 3 * hourMs,
  }));
  const snapshot = await snapshotOf([...memories, ...talk], now);
  const planned = await strategy.plan(snapshot, { budget }, offlineTools());
  const own = new Set(memories.map((_, place) => idOf(place + 1) as string));
  return {
    one,
    memories,
    actions: planned.filter(
      ({ sources, add, update }) =>
        sources.some(({ id }) => own.has(id)) &&
        !isNaming(add?.subject) &&
        // Confidence follows the evidence; the cases are about versions.
        !(strategy.id === 'evolve' && update !== undefined),
    ),
  };
}

/** Other talk has to last as long as what is told in a series of months. */
function span({ label }: NaturalCase): number {
  return label === 'first' ? 2 * dayMs : dayMs;
}

/** That somebody is named in a series is true of it, and not what a case is about. */
function isNaming(subject: string | undefined): boolean {
  return /^mentions:(?:kim|jo|dana|omar|mia|leo|rob|ana|claire)$/u.test(subject ?? '');
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** Days before the dream on which a series without order is told. */
const anyDays = [2, 5, 13, 17, 24, 32, 37, 46, 54, 63];

function memoriesOf(set: NaturalSet, one: NaturalCase): Planted[] {
  if (set.strategy === 'pattern_extract') return seriesOf(one);
  return one.lines.map(({ text, kind, speaker, daysAgo }, place) => {
    const days = daysAgo ?? set.days[Math.min(place, set.days.length - 1)] ?? 1;
    // A few minutes apart, so that the order is that of the lines.
    const occurredAt = now - days * dayMs + 18 * hourMs + place * 60_000;
    return kind === 'fact'
      ? { text, kind, occurredAt }
      : { text, kind, speaker, key: `talk-${days}`, occurredAt };
  });
}

function seriesOf({ label, lines }: NaturalCase): Planted[] {
  return daysOf(label).map((day, place) => ({
    text: lines[place % lines.length]?.text ?? '',
    ...{ speaker: 'Ann', key: `series-${place}`, occurredAt: day + 9 * hourMs },
  }));
}

function daysOf(label: string): number[] {
  if (label === 'first') return Array.from({ length: 8 }, (_, i) => Date.UTC(2026, 3 + i, 1));
  if (label === 'days') return anyDays.map((days) => now - days * dayMs);
  const back = (new Date(now).getUTCDay() - weekdays.indexOf(label) + 7) % 7 || 7;
  return Array.from({ length: 10 }, (_, i) => now - (back + (9 - i) * 7) * dayMs);
}

function outcomeOf(set: NaturalSet, judged: Judged): { right: number } {
  if (!judged.one.isPositive) return { right: 0 };
  return { right: judged.actions.filter((action) => isRight(set, judged, action)).length };
}

function isRight(set: NaturalSet, { one, memories }: Judged, action: PlannedAction): boolean {
  const { add, sources } = action;
  if (set.strategy === 'forecast') {
    const { due, due_last: last } = add?.metadata ?? {};
    return String(due) <= one.label && one.label <= String(last);
  }
  if (set.strategy === 'pattern_extract') {
    return add?.tags?.[0] === (one.label === 'first' ? 'monthly' : 'weekly');
  }
  const isOfType =
    action.link === undefined || action.link.some(({ type }) => type === linkOf(one));
  if (set.strategy === 'associate' && !isOfType) return false;
  const own = memories.map((_, place) => idOf(place + 1) as string);
  return sources.filter(({ id }) => own.includes(id)).length >= Math.min(2, memories.length);
}

function linkOf({ label }: NaturalCase): string {
  return label === 'same' ? 'same_entity' : label;
}

function tellAction({ reason, add, confidence }: PlannedAction): string {
  return `=> ${confidence} ${add ? `${add.subject}: ${add.value}` : reason}`.slice(0, 200);
}
