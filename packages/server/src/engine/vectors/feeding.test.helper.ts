/** A store with vectors, a system for them that a test may disturb, and how the two compare. */
import { done, erase, FakeClock, named, patch, put } from '../../backends/contract/fixtures.ts';
import { unitVector } from '../../backends/contract/vector-fixtures.ts';
import { openEphemeralStore } from '../../backends/ephemeral/ephemeral-store.ts';
import { openEphemeralVectorIndex } from '../../backends/ephemeral/ephemeral-vector-index.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import { decodeVectors, encodeVectors } from '../../index/vectors-codec.ts';
import type { Embedder } from '../../ports/embedder.ts';
import type { RowVectors } from '../../ports/records.ts';
import type { VectorIndexPort, VectorPlace } from '../../ports/vector-index.ts';
import { Generations } from '../embed/generations.ts';

export const tenant = 'tenant' as TenantId;
export const home = named('home');
const dimension = 8;
const embedder = (model: string): Embedder => ({
  model,
  dimension,
  isInstant: true,
  embed: async (texts) => texts.map(() => new Float32Array(dimension)),
});

/** Vectors of so many passages, which `seed` tells apart. */
export function vectorsOf(seed: number, passages = 1): Uint8Array {
  let state = seed + 1;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return encodeVectors(
    Array.from({ length: passages }, (_, start) => {
      const values = Int8Array.from(unitVector(random, dimension), (value) => value * 127);
      return { start, end: start + 1, vector: { scale: 1 / 127, values } };
    }),
  );
}

export async function openFeeding() {
  const clock = new FakeClock();
  const { records, control } = openEphemeralStore({ clock });
  await Generations.open(control, [embedder('old')]);
  const generations = await Generations.open(control, [embedder('new'), embedder('old')]);
  const generation = generations.target.no;
  const inside = { index: openEphemeralVectorIndex(), isAway: false };
  /** Called before each put; a test may slip something in between. */
  const during = { put: async (): Promise<void> => {} };
  const index = new Proxy(inside.index, {
    get: (_, name) => {
      const { index: system } = inside;
      if (name === 'name') return 'stand-in';
      return async (...given: unknown[]): Promise<unknown> => {
        if (inside.isAway) throw new MemoryError('store_unavailable', 'It is away.');
        if (name === 'put') await during.put();
        const method: unknown = Reflect.get(system, name);
        return typeof method === 'function' ? method.apply(system, given) : undefined;
      };
    },
  }) satisfies VectorIndexPort;
  const handle = records.open(tenant);
  const made = (n: number, passages = 1): RowVectors[] =>
    generations.kept.map(({ no }) => ({ generation: no, vectors: vectorsOf(n * no, passages) }));
  const commit = async (ops: Parameters<typeof handle.commit>[1]['ops'], name = home) =>
    done(await handle.commit(name, { generation, ops })).namespace;
  const place = (namespaceNo: number, of = generation): VectorPlace => ({
    ...{ tenant, namespaceNo, generation: of },
  });
  /** Passages that the system has, each with the vector of its row, and those it should have. */
  const compared = async (namespaceNo: number, of = generation) => {
    const rows = await handle.index(namespaceNo, of).analysesBetween(1, 10_000, 10_000);
    const system = inside.index;
    const found: string[] = [];
    const right: string[] = [];
    for (const { ordinal, vectors } of rows) {
      for (const [passage, each] of decodeVectors(vectors ?? new Uint8Array()).entries()) {
        if (each === null) continue;
        right.push(`${ordinal}/${passage}`);
        const own = Float32Array.from(each.values, (value) => value * each.scale);
        const [nearest] = await system.search(place(namespaceNo, of), own, 1);
        if (nearest) found.push(`${nearest.ordinal}/${nearest.passage}`);
      }
    }
    const count = await system.count(place(namespaceNo, of));
    return { right: [...right, right.length], found: [...found, count] };
  };
  return {
    ...{ clock, records, control, generations, generation, inside, during, index, handle },
    ...{ made, commit, place, compared },
    options: { records, control, index, generations, clock, from: 10, log: () => {} },
    /** So many memories, one after the other. */
    store: (count: number, from = 1, name: NamespaceName = home) =>
      commit(
        Array.from({ length: count }, (_, i) => ({
          ...put(from + i),
          vectors: made(from + i, 1 + (i % 3)),
        })),
        name,
      ),
    erase: (ordinal: number, version = 1) => commit([erase(ordinal, version)]),
    rewrite: (ordinal: number, version = 1) =>
      commit([
        patch(ordinal, version, { body: new Uint8Array([1]), vectors: made(ordinal + 500, 2) }),
      ]),
  };
}
