/** Pairs of memories of one speaker in which nearly the same words stand. */
import { nearlySays } from '../../text/near-words.ts';
import { type Said, saidBy, saysTheSame } from '../../text/same-words.ts';
import { NearIndex } from '../audit/near-index.ts';
import type { DreamMemory, DreamTools } from './strategy.ts';
import { namesAlike } from './telling-words.ts';

/** Places in the list, the later one first. What two say of themselves is not the same. */
export async function saidAlike(
  memories: readonly DreamMemory[],
  tools: Pick<DreamTools, 'breathe'>,
): Promise<[number, number][]> {
  const words: Said[] = [];
  const index = new NearIndex();
  const pairs: [number, number][] = [];
  for (const [place, { text, speaker }] of memories.entries()) {
    await tools.breathe();
    const said = saidBy(text);
    words.push(said);
    for (const other of index.add(said)) {
      const [before, of] = [words[other] ?? [], memories[other]];
      if (of === undefined || of.speaker !== speaker || !namesAlike(text, of.text)) continue;
      if (saysTheSame(said, before) || nearlySays(said, before)) pairs.push([place, other]);
    }
  }
  return pairs;
}
