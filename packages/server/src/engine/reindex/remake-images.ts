/** Forgets the stored indexes of a namespace, and builds the one that it is searched by again. */
import type { DerivedPlace, Remade } from './derived.ts';

export async function remakeImages(place: DerivedPlace): Promise<Remade> {
  const { namespace, records, dimensions, openIndex, releaseIndex } = place;
  const { no, generation } = namespace;
  // Other generations are those of a switch or a way back: an index is made when one is used.
  for (const one of new Set([0, generation, ...dimensions.keys()])) {
    await records.index(no, one).drop();
  }
  if (namespace.memories === 0) return { made: 0, changed: 0, problems: [] };
  await openIndex(generation).languages();
  await releaseIndex(generation);
  const isSaved = (await records.index(no, generation).manifest()) !== undefined;
  const problems = isSaved ? [] : ['its index could not be stored'];
  return { made: Number(isSaved), changed: Number(isSaved), problems };
}
