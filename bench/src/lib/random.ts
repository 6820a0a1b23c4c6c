/** Seeded random numbers, so that every run measures the same work. */

/** A number in [0, 1) on each call; the generator is mulberry32 (32 bits of state). */
export type Random = () => number;

/** Makes a generator; equal seeds give equal sequences. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** An integer in [min, max]. */
export function integer(random: Random, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}

/** One of a list that is not empty. */
export function pick<T>(random: Random, list: readonly T[]): T {
  const chosen = list[integer(random, 0, list.length - 1)];
  if (chosen === undefined) throw new Error('pick needs a list that is not empty');
  return chosen;
}
