/** Reasons to take a candidate for less than the sum of its signals. Pure. */
import { type Kind, kinds } from '../../domain/memory.ts';
import type { IndexCandidates } from '../../index/types.ts';
import type { TimeRange } from '../../text/time-range.ts';
import { dayMs } from '../../text/time-range.ts';

export interface FusionFactor {
  readonly name: 'speaker' | 'question' | 'time' | 'recency';
  /** Per candidate, 0 to 1: what the sum is multiplied by. */
  readonly values: Float64Array;
}

/** What is left where somebody else said it than the one who is asked about. */
export const otherSpeaker = 0.8;
/** What is left of a passage that only asks. */
export const asking = 0.8;
/** What is left of what occurred at another time than the question names. */
export const otherTime = 0.9;

/** Days after which a memory counts half, by kind, when recency is asked for in full. */
export const halfLifeDays: Readonly<Record<Kind, number>> = {
  episode: 30,
  fact: 365,
  derived: 180,
};

export interface FactorOptions {
  /** The time that the question names. */
  readonly time: TimeRange | null;
  /** 0: age does not matter; 1: it counts in full. */
  readonly recency: number;
  readonly now: number;
  /** Whether what asks counts less than what tells. */
  readonly question: boolean;
}

/** Only those that differ from candidate to candidate. */
export function factorsOf(candidates: IndexCandidates, options: FactorOptions): FusionFactor[] {
  const { time, recency, now, question } = options;
  const factors: FusionFactor[] = [];
  const speaker = speakerValues(candidates);
  if (speaker) factors.push({ name: 'speaker', values: speaker });
  if (question) factors.push({ name: 'question', values: questionValues(candidates) });
  const timed = time && timeValues(candidates, time);
  if (timed) factors.push({ name: 'time', values: timed });
  if (recency > 0) {
    factors.push({ name: 'recency', values: recencyValues(candidates, recency, now) });
  }
  return factors;
}

/**
 * A question that names one of the speakers asks for what that person said: with two people in a
 * conversation, the other one's turns hold the same words (docs/decisions/2026-11-21-fusion.md).
 */
function speakerValues({ count, spokenBy, speakerFrequencies }: IndexCandidates) {
  if (speakerFrequencies.every((frequency) => frequency === 0)) return undefined;
  return values(count, (i) => (spokenBy[i] === 0 ? otherSpeaker : 1));
}

/** Who asks has the words of the question, and nothing of the answer. */
function questionValues({ count, questionShare }: IndexCandidates): Float64Array {
  return values(count, (i) => 1 - (1 - asking) * (questionShare[i] ?? 0));
}

/** A time that no candidate has says nothing about them. */
function timeValues({ count, occurredAt }: IndexCandidates, { from, to }: TimeRange) {
  const isIn = (time: number): boolean => time >= from && time < to;
  if (!occurredAt.some(isIn)) return undefined;
  return values(count, (i) => (isIn(occurredAt[i] ?? 0) ? 1 : otherTime));
}

function recencyValues(
  { count, occurredAt, kinds: places }: IndexCandidates,
  recency: number,
  now: number,
): Float64Array {
  return values(count, (i) => {
    const halfLife = halfLifeDays[kinds[places[i] ?? 0] ?? 'episode'];
    const ageDays = Math.max(0, now - (occurredAt[i] ?? 0)) / dayMs;
    return 1 - recency * (1 - 2 ** (-ageDays / halfLife));
  });
}

function values(count: number, value: (i: number) => number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => value(i));
}
