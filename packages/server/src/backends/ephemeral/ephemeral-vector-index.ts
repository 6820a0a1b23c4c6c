/** Vectors in memory, searched exactly: what the other vector backends are compared with. */
import { randomUUID } from 'node:crypto';
import { MemoryError } from '../../domain/errors.ts';
import type {
  MemoryVectors,
  NearPassage,
  VectorIndexPort,
  VectorPlace,
} from '../../ports/vector-index.ts';

/** Vectors of a place by ordinal. */
type Place = Map<number, MemoryVectors['passages']>;

export function openEphemeralVectorIndex(): VectorIndexPort {
  return new EphemeralVectorIndex();
}

class EphemeralVectorIndex implements VectorIndexPort {
  readonly name = 'ephemeral';
  readonly #identity = randomUUID();
  #turn: string | undefined;
  readonly #dimensions = new Map<number, number>();
  readonly #places = new Map<string, Place>();

  async identity(): Promise<string> {
    return this.#identity;
  }

  async turn(): Promise<string | undefined> {
    return this.#turn;
  }

  async setTurn(turn: string): Promise<void> {
    this.#turn = turn;
  }

  async prepare(generation: number, dimension: number): Promise<void> {
    const known = this.#dimensions.get(generation) ?? dimension;
    if (known !== dimension) {
      throw new MemoryError(
        'setting_invalid',
        `Generation ${generation} has vectors of ${known} dimensions, not ${dimension}.`,
      );
    }
    this.#dimensions.set(generation, dimension);
  }

  async put(place: VectorPlace, memories: readonly MemoryVectors[]): Promise<void> {
    const kept = this.#places.get(nameOf(place)) ?? new Map();
    this.#places.set(nameOf(place), kept);
    for (const { ordinal, passages } of memories) {
      if (passages.some((vector) => vector !== null)) kept.set(ordinal, [...passages]);
      else kept.delete(ordinal);
    }
  }

  async remove(place: VectorPlace, ordinals: readonly number[]): Promise<void> {
    for (const ordinal of ordinals) this.#places.get(nameOf(place))?.delete(ordinal);
  }

  async settle(): Promise<void> {}

  async search(place: VectorPlace, vector: Float32Array, limit: number): Promise<NearPassage[]> {
    const found: NearPassage[] = [];
    for (const [ordinal, passages] of this.#places.get(nameOf(place)) ?? []) {
      passages.forEach((each, passage) => {
        if (each !== null) found.push({ ordinal, passage, cosine: dot(each, vector) });
      });
    }
    return found.sort((a, b) => b.cosine - a.cosine).slice(0, limit);
  }

  async drop(place: VectorPlace): Promise<void> {
    this.#places.delete(nameOf(place));
  }

  async count(place: VectorPlace): Promise<number> {
    const kept = [...(this.#places.get(nameOf(place))?.values() ?? [])];
    return kept.flat().filter((vector) => vector !== null).length;
  }

  async status(): Promise<{ writable: boolean }> {
    return { writable: true };
  }

  async close(): Promise<void> {}
}

function nameOf({ tenant, namespaceNo, generation }: VectorPlace): string {
  return JSON.stringify([tenant, namespaceNo, generation]);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
