/** What has run out: a fact past its time, and "until Friday" that was said long ago. */
import type { PlannedAction } from '../../../../domain/dream.ts';
import { standingImportance } from '../../../../domain/memory.ts';
import { findTimes } from '../../../../text/time-expressions.ts';
import { dayOf } from '../../alone.ts';
import { refOf } from '../../references.ts';
import type { DreamMemory, DreamSnapshot, DreamTools } from '../../strategy.ts';
import { endedAt, usual } from './close-older.ts';

const shareMin = 0.6;

export async function findRunOut(
  { memories, now }: DreamSnapshot,
  tools: DreamTools,
): Promise<PlannedAction[]> {
  const actions: PlannedAction[] = [];
  for (const memory of memories) {
    await tools.breathe();
    if (memory.isEcho) continue;
    const action = memory.validTo === null ? endTold(memory, now) : afterIts(memory, now);
    if (action !== undefined) actions.push(action);
  }
  return actions;
}

function afterIts(memory: DreamMemory, now: number): PlannedAction | undefined {
  const { kind, validTo, importance, pinned } = memory;
  if (kind !== 'fact' || validTo === null || validTo > now) return undefined;
  if (pinned || importance < standingImportance) return undefined;
  return {
    strategy: 'validate',
    reason: `It held until ${dayOf(validTo)}: it is found when asked for, and not told unasked.`,
    confidence: 0.9,
    sources: [refOf(memory)],
    update: [{ memory: refOf(memory), columns: { importance: usual } }],
  };
}

const present =
  '(?:\\b(?:am|is|are|have|has|stays?|staying|works?|lasts?|runs?|valid|open|closed|away|' +
  "available|visiting|off|ill|sick|expires?|ends?)\\b|'(?:m|s|re)\\b)";
const ending =
  "(?:until|till|through|valid to|ends? on|expires? on|bis(?: zum)?|hasta(?: el)?|jusqu'(?:au|à))";
const lastsUntil = new RegExp(`^(?<before>[^.!?\\n]*)(?<!\\p{L})${ending}\\s+(?=\\S)`, 'iu');
const isPresent = new RegExp(present, 'iu');
const doubtWords =
  "not|no|never|don't|doesn't|didn't|can't|won't|if|was|were|had|would|could|might|may be|maybe|" +
  'every|always|usually|each|wait(?:ed|ing)?|nicht|kein\\w*|pas';
const doubts = new RegExp(`\\b(?:${doubtWords})\\b|["“„«?]`, 'iu');
const noWords = /[a-z]/i;

/** The end of what a memory says holds until a time that has passed since. */
function endTold(memory: DreamMemory, now: number): PlannedAction | undefined {
  const until = untilTold(memory);
  if (until === undefined || until > now || until <= (memory.validFrom ?? memory.occurredAt)) {
    return undefined;
  }
  return {
    strategy: 'validate',
    reason: `Said on ${dayOf(memory.occurredAt)} of a time that ended before ${dayOf(until)}.`,
    confidence: 0.9,
    sources: [refOf(memory)],
    update: [{ memory: refOf(memory), columns: endedAt(memory, until) }],
  };
}

function untilTold({ text, occurredAt }: DreamMemory): number | undefined {
  for (const sentence of text.slice(0, 2_000).split(/(?<=[.!?])\s+|\n+/u)) {
    const match = lastsUntil.exec(sentence);
    if (match === null || sentence.length < shareMin * text.trim().length) continue;
    const before = match.groups?.before ?? '';
    const isTold = isPresent.test(match[0]) || !noWords.test(before);
    if (!isTold || doubts.test(sentence)) return undefined;
    const rest = sentence.slice(match[0].length - 1);
    // "Until Friday" alone is read as a span; the end is what counts here.
    const [time] = findTimes(rest, occurredAt);
    if (time === undefined || time.start > 12) return undefined;
    return aheadOf(time, occurredAt);
  }
  return undefined;
}

const weekMs = 7 * 86_400_000;

/** Until Friday is until the one ahead, until June the coming one. */
function aheadOf(
  { text, to, certainty }: { text: string; to: number; certainty: string },
  saidAt: number,
): number | undefined {
  if (to > saidAt) return to;
  if (certainty === 'explicit') return undefined;
  if (/day\b/iu.test(text)) return to + weekMs > saidAt ? to + weekMs : undefined;
  const end = new Date(to);
  end.setUTCFullYear(end.getUTCFullYear() + 1);
  return end.getTime() > saidAt ? end.getTime() : undefined;
}
