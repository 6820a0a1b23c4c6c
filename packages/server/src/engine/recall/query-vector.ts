/** The vector of a question, and how far it is to be trusted. */
import type { EngineDeps } from '../deps.ts';

/** Below this share of known words the vector says nothing; from the upper one on all it can. */
const coverageFloor = 0.5;
const coverageFull = 0.8;

export interface QueryVector {
  /** Of unit length; null switches the signal off. */
  readonly vector: Float32Array | null;
  /** 0 to 1. */
  readonly trust: number;
  /** What the answer has to do without, in words for the caller. */
  readonly degraded: readonly string[];
}

export const noQueryVector: QueryVector = { vector: null, trust: 0, degraded: [] };

/** Of one question, in the generation that the namespace is searched by. */
export type VectorOf = (generation: number) => Promise<QueryVector>;

/** The model is asked once, however often the question is. */
export function onceByGeneration(deps: EngineDeps, text: string): VectorOf {
  const asked = new Map<number, Promise<QueryVector>>();
  return (generation) => {
    const vector = asked.get(generation) ?? queryVector(deps, generation, text);
    asked.set(generation, vector);
    return vector;
  };
}

async function queryVector(
  { embeddings }: EngineDeps,
  generation: number,
  text: string,
): Promise<QueryVector> {
  const trust = trustFrom(embeddings.coverage(generation, text));
  if (trust === 0) return noQueryVector;
  const { vector, missing } = await embeddings.forQuery(generation, text);
  if (missing !== undefined) return { vector: null, trust: 0, degraded: [missing] };
  const isKnown = vector?.some((component) => component !== 0) ?? false;
  return { vector: isKnown ? vector : null, trust, degraded: [] };
}

/** A model that does not know the language still gives vectors, but they are noise. */
function trustFrom(coverage: number): number {
  return Math.min(1, Math.max(0, (coverage - coverageFloor) / (coverageFull - coverageFloor)));
}
