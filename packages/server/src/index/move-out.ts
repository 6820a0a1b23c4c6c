/** Which parts of a corpus may leave their vectors to another system, and when. */
import type { Corpus } from './corpus.ts';
import type { Position } from './follow-changes.ts';
import type { Part } from './part.ts';

/**
 * Notes the parts that are full. `state` was read after they were: all that is in them is of this
 * change and arrival, or of an earlier one.
 */
export function noteFullParts(corpus: Corpus, { seq, arrivals }: Readonly<Position>): void {
  for (const part of corpus.parts) if (part?.full) part.fullAt ??= { seq, arrivals };
}

/** Whether any could leave as soon as the other system has what is in it. */
export function hasFullParts({ parts }: Corpus): boolean {
  return parts.some((part) => part?.full && part.vectors.bytes > 0);
}

/** Full ones that have vectors in memory. */
export function movableParts(corpus: Corpus): Part[] {
  return corpus.parts.filter(
    (part): part is Part => part !== null && part.fullAt !== null && part.vectors.bytes > 0,
  );
}

/** Moves out what the other system has all of; tells whether there was any. */
export function moveConfirmed(parts: readonly Part[], confirmed: Readonly<Position>): boolean {
  const ready = parts.filter(
    ({ fullAt }) =>
      fullAt !== null && fullAt.seq <= confirmed.seq && fullAt.arrivals <= confirmed.arrivals,
  );
  for (const part of ready) part.moveOut();
  return ready.length > 0;
}
