/** How alike memories are, by meaning and by words; and groups of those that belong together. */
import type { DreamMemory } from './strategy.ts';

/** Cosine of unit vectors; 0 where one has none. */
export function meaningAlike(
  a: Pick<DreamMemory, 'vector'>,
  b: Pick<DreamMemory, 'vector'>,
): number {
  if (!a.vector || !b.vector || a.vector.length !== b.vector.length) return 0;
  let sum = 0;
  for (let i = 0; i < a.vector.length; i += 1) sum += (a.vector[i] ?? 0) * (b.vector[i] ?? 0);
  return sum;
}

type Terms = ReadonlyMap<string, number>;

/**
 * Cosine of the words, each by how much it tells: in nats, as `wordWeight` of the tools gives it
 * or as `rarityIn` does.
 */
export function wordsAlike(a: Terms, b: Terms, weightOf: (term: string) => number): number {
  const [few, many] = a.size <= b.size ? [a, b] : [b, a];
  let common = 0;
  for (const [term, count] of few) {
    const other = many.get(term);
    if (other !== undefined) common += count * other * weightOf(term) ** 2;
  }
  if (common === 0) return 0;
  return common / (lengthOf(a, weightOf) * lengthOf(b, weightOf));
}

function lengthOf(terms: Terms, weightOf: (term: string) => number): number {
  let sum = 0;
  for (const [term, count] of terms) sum += (count * weightOf(term)) ** 2;
  return Math.sqrt(sum);
}

/** How rare each term is among these memories, in nats: log((n + 1) / (memories with it + 0.5)). */
export function rarityIn(
  memories: readonly Pick<DreamMemory, 'terms'>[],
): (term: string) => number {
  const having = new Map<string, number>();
  for (const { terms } of memories) {
    for (const term of terms.keys()) having.set(term, (having.get(term) ?? 0) + 1);
  }
  return (term) => Math.log((memories.length + 1) / ((having.get(term) ?? 0) + 0.5));
}

/** Groups of what is joined by pairs, directly or through others; places in the list of `count`. */
export function joined(count: number, pairs: Iterable<readonly [number, number]>): number[][] {
  const parents = Array.from({ length: count }, (_, i) => i);
  const rootOf = (place: number): number => {
    let at = place;
    while (parents[at] !== at && parents[at] !== undefined) {
      parents[at] = parents[parents[at] ?? at] ?? at;
      at = parents[at] ?? at;
    }
    return at;
  };
  for (const [a, b] of pairs) parents[rootOf(a)] = rootOf(b);
  const groups = new Map<number, number[]>();
  for (let i = 0; i < count; i += 1) {
    const root = rootOf(i);
    const group = groups.get(root);
    if (group) group.push(i);
    else groups.set(root, [i]);
  }
  return [...groups.values()];
}
