/** Turns what a part gathered into one packed block, and removes what was erased from it. */

import type { Turns } from '../util/turns.ts';
import { packPostings } from './pack-postings.ts';
import type { Part } from './part.ts';

const inProgress = new WeakMap<Part, Promise<void>>();

/** Searches and appends go on meanwhile; documents that come later stay unpacked. */
export async function packPart(part: Part, identity: number, turns: Turns): Promise<void> {
  const before = inProgress.get(part);
  if (before !== undefined) await before;
  if (part.packed) return;
  const run = pack(part, identity, turns).finally(() => inProgress.delete(part));
  inProgress.set(part, run);
  await run;
}

async function pack(part: Part, identity: number, turns: Turns): Promise<void> {
  const scrub = part.scrub;
  part.scrub = false;
  if (scrub) {
    part.wipeDead();
    part.stored = null;
  }
  const { sources, count } = part.freeze();
  try {
    const packed = await packPostings(sources, (local) => part.isDead(local), identity, turns);
    part.replaceFrozen(packed, count);
  } catch (error) {
    part.scrub ||= scrub;
    throw error;
  }
}
