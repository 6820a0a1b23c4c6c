/** Catches a corpus up with the changes of its namespace, and with vectors that came later. */

import type { Turns } from '../util/turns.ts';
import { applyRows, packFullParts, rowsPerBatch } from './apply-rows.ts';
import type { Corpus } from './corpus.ts';
import type { NamespaceSource } from './index-settings.ts';

const changesPerPage = 1024;

/** Where the corpus stands; moved on as changes and arrivals are applied. */
export interface Position {
  seq: number;
  arrivals: number;
}

/** Rises with every change and every arrival, and with nothing else. */
export function stepsTo({ seq, arrivals }: Readonly<Position>): number {
  return seq + arrivals;
}

/**
 * Applies changes and arrivals up to `goal` at least. False when the log does not go on from where
 * the corpus stands: it must be built again.
 */
export async function followChanges(
  corpus: Corpus,
  source: NamespaceSource,
  position: Position,
  goal: Readonly<Position>,
  turns: Turns,
): Promise<boolean> {
  let end = Math.max(goal.seq, await followArrivals(corpus, source, position, goal, turns));
  while (position.seq < end) {
    const changes = await source.records.changes(position.seq, changesPerPage);
    const last = changes.at(-1);
    if (last === undefined || changes[0]?.seq !== position.seq + 1) return false;
    const ordinals = [...new Set(changes.map((change) => change.ordinal))].sort((a, b) => a - b);
    // A row that is newer than the goal has a change that must be seen too: a fact and its
    // successor are read one after the other, and only both of them together are right.
    end = Math.max(end, await applyOrdinals(corpus, source, ordinals, turns));
    position.seq = last.seq;
  }
  return true;
}

/** Returns the newest change that any of the rows has: all of it must be seen, as below. */
async function followArrivals(
  corpus: Corpus,
  source: NamespaceSource,
  position: Position,
  goal: Readonly<Position>,
  turns: Turns,
): Promise<number> {
  let newest = 0;
  while (position.arrivals < goal.arrivals) {
    const arrived = await source.records.arrivals(position.arrivals, changesPerPage);
    const ordinals = [...new Set(arrived.map(({ ordinal }) => ordinal))].sort((a, b) => a - b);
    newest = Math.max(newest, await applyOrdinals(corpus, source, ordinals, turns));
    const isLast = arrived.length < changesPerPage;
    // Other generations have the numbers in between.
    const last = arrived.at(-1)?.arrival ?? 0;
    position.arrivals = isLast ? Math.max(goal.arrivals, last) : last;
  }
  return newest;
}

/** Returns the newest change that any of the rows has. */
async function applyOrdinals(
  corpus: Corpus,
  source: NamespaceSource,
  ordinals: readonly number[],
  turns: Turns,
): Promise<number> {
  const known = corpus.ordinalMax;
  const ordered = [
    ...ordinals.filter((ordinal) => ordinal > known),
    ...ordinals.filter((ordinal) => ordinal <= known),
  ];
  let newest = 0;
  for (let start = 0; start < ordered.length; start += rowsPerBatch) {
    const batch = ordered.slice(start, start + rowsPerBatch);
    const rows = await source.records.analyses(batch);
    const present = new Set(rows.map((row) => row.ordinal));
    await applyRows(corpus, source, rows, turns);
    for (const ordinal of batch) if (!present.has(ordinal)) corpus.erase(ordinal);
    newest = rows.reduce((max, row) => Math.max(max, row.seq), newest);
    await packFullParts(corpus, turns);
  }
  return newest;
}
