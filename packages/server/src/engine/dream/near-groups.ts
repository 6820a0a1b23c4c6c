/** Groups of memories that speak of nearly the same, by rare words: what a model may compare. */
import { wordsAlike } from './similar.ts';
import type { DreamMemory, DreamTools } from './strategy.ts';

/** Words that more memories have join too many: they are the talk, not the thing. */
const havingMax = 12;
const alikeMin = 0.45;
const sizeMax = 12;

/**
 * Groups of 2 to 12, the largest first, of which each memory has enough telling words in common
 * with the first one. Echoes are left out. No memory is in two groups.
 */
export async function nearGroups(
  memories: readonly DreamMemory[],
  tools: Pick<DreamTools, 'wordWeight' | 'breathe'>,
): Promise<DreamMemory[][]> {
  const own = memories.filter(({ isEcho, terms }) => !isEcho && terms.size > 0);
  const having = new Map<string, DreamMemory[]>();
  for (const memory of own) {
    await tools.breathe();
    for (const term of memory.terms.keys()) {
      const list = having.get(term);
      if (list) list.push(memory);
      else having.set(term, [memory]);
    }
  }
  const weightOf = (term: string): number => Math.max(0.1, tools.wordWeight(term));
  const taken = new Set<DreamMemory>();
  const groups: DreamMemory[][] = [];
  for (const memory of own) {
    await tools.breathe();
    if (taken.has(memory)) continue;
    const candidates = new Set<DreamMemory>();
    for (const term of memory.terms.keys()) {
      const list = having.get(term) ?? [];
      if (list.length <= havingMax) for (const other of list) candidates.add(other);
    }
    candidates.delete(memory);
    const near = [...candidates].filter(
      (other) => !taken.has(other) && wordsAlike(memory.terms, other.terms, weightOf) >= alikeMin,
    );
    if (near.length === 0) continue;
    const group = [memory, ...near.slice(0, sizeMax - 1)];
    for (const one of group) taken.add(one);
    groups.push(group.sort((a, b) => a.occurredAt - b.occurredAt || a.ordinal - b.ordinal));
  }
  return groups.sort((a, b) => b.length - a.length);
}
