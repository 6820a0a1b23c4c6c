/** Which results belong to one exchange: they stand next to each other in a thread. Pure. */

export interface Placed {
  /** 0 for a memory that stands alone. */
  readonly thread: number;
  readonly threadPlace: number;
}

/** Places between two turns of one exchange: one turn may be missing between them. */
const gapMax = 2;

/**
 * A number per result, counted from 1 in the order of the results; null for a result without
 * another one beside it.
 */
export function exchangesOf(results: readonly Placed[]): (number | null)[] {
  const numbers: (number | null)[] = results.map(() => null);
  const inThreads = results
    .map((result, i) => ({ ...result, i }))
    .filter(({ thread }) => thread !== 0)
    .sort((a, b) => a.thread - b.thread || a.threadPlace - b.threadPlace);
  const chains: number[][] = [];
  inThreads.forEach((result, at) => {
    const before = inThreads[at - 1];
    const near =
      before !== undefined &&
      before.thread === result.thread &&
      result.threadPlace - before.threadPlace <= gapMax;
    if (near) chains.at(-1)?.push(result.i);
    else chains.push([result.i]);
  });
  chains
    .filter((chain) => chain.length > 1)
    .sort((a, b) => Math.min(...a) - Math.min(...b))
    .forEach((chain, number) => {
      for (const i of chain) numbers[i] = number + 1;
    });
  return numbers;
}
