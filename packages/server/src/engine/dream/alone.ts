/** Texts that can be read without the talk that they come from: who said it, and when. */
import { findTimes } from '../../text/time-expressions.ts';
import type { DreamMemory } from './strategy.ts';

const firstPerson =
  /(?<![\p{L}'])(?:I|i|my|My|we|We|our|Our|me|mine|ich|Ich|mein|je|Je|yo|mi)(?![\p{L}])/u;

/** As it stands where that is clear; else with the speaker and the day. */
export function aloneText({ text, speaker, occurredAt }: DreamMemory): string {
  const said = text.trim();
  const isRelative = findTimes(said, occurredAt).some((time) => !/\d{4}/.test(time.text));
  if (speaker !== undefined && firstPerson.test(said)) {
    return `${speaker} said on ${dayOf(occurredAt)}: "${said}"`;
  }
  return isRelative ? `As of ${dayOf(occurredAt)}: ${said}` : said;
}

/** The day in UTC, as 2026-05-07. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** "2026-01-03", or "2026-01-03 to 2026-05-07", of one memory or more. */
export function spanOf(memories: readonly DreamMemory[]): string {
  const days = memories.map(({ occurredAt }) => dayOf(occurredAt)).sort();
  const [first = '', last = ''] = [days[0], days.at(-1)];
  return first === last ? first : `${first} to ${last}`;
}
