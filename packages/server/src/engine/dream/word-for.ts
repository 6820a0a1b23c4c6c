/** A stemmed term as people write it. */
import { contentWords } from '../../text/content-terms.ts';
import { mostOf } from './names.ts';
import type { DreamMemory } from './strategy.ts';

/** More would hardly change what is written most. */
const readMax = 12;

/** As it is written most often in the first of the memories, in lower case. */
export function wordFor(term: string, memories: readonly DreamMemory[]): string {
  const counts = new Map<string, number>();
  for (const { text } of memories.slice(0, readMax)) {
    for (const { term: other, surface } of contentWords(text)) {
      const word = surface.toLowerCase();
      if (other === term) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return mostOf(counts) ?? term;
}
