/**
 * `forecast`: what falls due: dated intentions, birthdays, and habits that come round again. What
 * is past is no forecast, and what was called off is none either.
 */
import type { PlannedAction } from '../../../domain/dream.ts';
import { dayMs } from '../../../text/time-range.ts';
import { excerpt, gatherEvidence, isoDay } from '../evidence.ts';
import { rangeText, withDates } from '../plans/due-time.ts';
import { findPlans, type Plan } from '../plans/find-plans.ts';
import { findRecurrences } from '../recurrences.ts';
import type { DreamMemory, Strategy } from '../strategy.ts';
import { tellThemes } from '../themes.ts';
import { forecastHabits } from './forecast/habits.ts';
import { findMorePlans } from './forecast/more-plans.ts';
import type { Forecast } from './forecast/prognosis.ts';

const shortDays = 7;
const mediumDays = 60;
/** Of one dream; the nearest first. */
const forecastsMax = 100;

export const forecast: Strategy = {
  id: 'forecast',
  async plan(snapshot, _options, tools) {
    const { now } = snapshot;
    const evidence = await gatherEvidence(snapshot, tools);
    const { open, dropped } = await findPlans(evidence, now, tools);
    const told = await tellThemes(evidence.memories, tools);
    const habits = forecastHabits(await findRecurrences(told, tools), now);
    const planned = open.map(forecastOf);
    const used = new Set(
      [...open, ...dropped.map(({ plan }) => plan)].flatMap((one) => one.memories),
    );
    const more = await findMorePlans({ evidence, derived: snapshot.derived, used, now }, tools);
    return [...planned, ...habits, ...more]
      .filter(({ due }) => due.to > now)
      .toSorted((a, b) => a.due.from - b.due.from || (a.subject < b.subject ? -1 : 1))
      .slice(0, forecastsMax)
      .map((one) => actionOf(one, now));
  },
};

function forecastOf(plan: Plan): Forecast {
  const { kind, memories, sentence, due } = plan;
  const last = memories.at(-1) ?? memories[0];
  const said = excerpt(
    withDates(sentence, last.occurredAt, kind === 'plan' ? due : undefined),
    300,
  );
  const when = `${due.isDeadline ? 'by ' : ''}${rangeText(due)}`;
  const often = kind === 'yearly' ? ', each year' : kind === 'weekly' ? ', each week' : '';
  return {
    subject: `${kind}:${memories[0].id}`,
    due,
    value: `Due ${when}${often}: ${saidBy(last)}: "${said}"`,
    reason:
      `Said ${memories.length === 1 ? 'once' : `${memories.length} times`}, ` +
      `on ${isoDay(last.occurredAt)} last, and not called off since.`,
    confidence: confidenceOf(plan),
    memories,
    kind,
  };
}

function saidBy({ speaker, occurredAt }: DreamMemory): string {
  return `${speaker ? `${speaker} said` : 'noted'} on ${isoDay(occurredAt)}`;
}

function confidenceOf({ kind, due, isStated, memories }: Plan): number {
  if (kind !== 'plan') return kind === 'yearly' ? 0.9 : 0.8;
  const sure = isStated ? (due.isVague ? 0.75 : 0.85) : 0.7;
  return memories.length > 1 ? Math.min(0.95, sure + 0.05) : sure;
}

function actionOf(one: Forecast, now: number): PlannedAction {
  const { subject, due, value, reason, confidence, memories, kind } = one;
  const days = (due.from - now) / dayMs;
  const horizon = days <= shortDays ? 'short' : days <= mediumDays ? 'medium' : 'long';
  return {
    ...{ strategy: 'forecast', reason, confidence },
    sources: memories.map(({ id, version }) => ({ id, version })),
    add: {
      ...{ value, type: 'forecast', subject },
      tags: [horizon],
      metadata: { kind, horizon, due: isoDay(due.from), due_last: isoDay(due.to - dayMs) },
      occurredAt: memories.at(-1)?.occurredAt ?? now,
      // The day after the last day on which it is due.
      validTo: due.to,
    },
  };
}
