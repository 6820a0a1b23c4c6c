/** Vectors for contract tests: the same ones in every run, and what an exact search finds. */
import type { MemoryVectors, NearPassage } from '../../ports/vector-index.ts';

/** Uniform numbers from 0 to 1, the same for a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function unitVector(random: () => number, dimension: number): Float32Array {
  return unit(Float32Array.from({ length: dimension }, () => normal(random)));
}

/** As texts are: many of them close to one of a few subjects. */
export function clusteredVectors(
  random: () => number,
  shape: { count: number; clusters: number; dimension: number },
): Float32Array[] {
  const { count, clusters, dimension } = shape;
  const centres = Array.from({ length: clusters }, () => unitVector(random, dimension));
  return Array.from({ length: count }, (_, i) => near(centres[i % clusters], random));
}

/** A vector at about 45 degrees from another one. */
export function near(centre: Float32Array | undefined, random: () => number): Float32Array {
  const from = centre ?? new Float32Array();
  const aside = unitVector(random, from.length);
  return unit(from.map((value, i) => value + (aside[i] ?? 0)));
}

/** Memories of one passage each, with ordinals from 1. */
export function memoriesOf(vectors: readonly Float32Array[]): MemoryVectors[] {
  return vectors.map((vector, i) => ({ ordinal: i + 1, passages: [vector] }));
}

/** What there is to be found, best first. */
export function exactNearest(
  memories: readonly MemoryVectors[],
  vector: Float32Array,
  limit: number,
): NearPassage[] {
  const all = memories.flatMap(({ ordinal, passages }) =>
    passages.flatMap((each, passage) =>
      each === null ? [] : [{ ordinal, passage, cosine: cosineOf(each, vector) }],
    ),
  );
  return all.sort((a, b) => b.cosine - a.cosine).slice(0, limit);
}

export function cosineOf(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

/** Share of the right ones that were found. */
export function recallOf(found: readonly NearPassage[], right: readonly NearPassage[]): number {
  const names = new Set(found.map(({ ordinal, passage }) => `${ordinal}/${passage}`));
  const hits = right.filter(({ ordinal, passage }) => names.has(`${ordinal}/${passage}`));
  return right.length === 0 ? 1 : hits.length / right.length;
}

function unit(values: Float32Array): Float32Array {
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

/** Box and Muller's way from uniform numbers to normal ones. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
