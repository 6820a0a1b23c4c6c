/** Memories that contradict each other: by a link that says so, or by what they say. */
import type { Evidence } from '../../evidence.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';
import { findDenials } from '../associate/denials.ts';

export type Pair = readonly [older: DreamMemory, newer: DreamMemory];

/** The newest first; each two once, whether they are linked yet or not. */
export async function findContradicted(evidence: Evidence, tools: DreamTools): Promise<Pair[]> {
  const byId = new Map(evidence.memories.map((memory) => [memory.id, memory]));
  const linked = evidence.memories.flatMap((from) =>
    from.links.flatMap(({ type, id }): [DreamMemory, DreamMemory][] => {
      const to = byId.get(id);
      return type === 'contradicts' && to ? [[from, to]] : [];
    }),
  );
  const denied = await findDenials(evidence, tools);
  const all = [...linked, ...denied.map(({ from, to }) => [from, to] as const)];
  const pairs = new Map<string, Pair>();
  for (const [one, other] of all) {
    const pair: Pair = one.ordinal < other.ordinal ? [one, other] : [other, one];
    pairs.set(`${pair[0].id} ${pair[1].id}`, pair);
  }
  return [...pairs.values()].sort(([, a], [, b]) => b.ordinal - a.ordinal);
}
