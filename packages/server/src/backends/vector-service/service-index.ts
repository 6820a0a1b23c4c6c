/** The index over a vector database: what is the same for Qdrant, Weaviate and Pinecone. */
import { createHash, randomBytes } from 'node:crypto';
import { MemoryError } from '../../domain/errors.ts';
import type { RecordsStatus } from '../../ports/records.ts';
import type {
  MemoryVectors,
  NearPassage,
  VectorIndexPort,
  VectorPlace,
} from '../../ports/vector-index.ts';
import { invariant } from '../../util/invariant.ts';
import { createMutex, KeyedMutex } from '../../util/mutex.ts';
import { inPieces } from './pieces.ts';
import {
  CollectionGone,
  type Shelf,
  type StoreMark,
  type VectorService,
} from './vector-service.ts';

/** More digits than the int8 vectors of the records have. */
const steps = 1_000_000;
/** For so long nobody looks whether the database is still the same one. */
const markBelievedMs = 1_000;
/** Memories that one call removes. */
const removeMax = 1_000;

/**
 * Looks at what the database has, and marks it as this store's. Throws setting_invalid (with what
 * to do: a wrong key, an old version, the vectors of another store) and store_unavailable.
 */
export async function openServiceIndex(
  service: VectorService,
  store: string,
): Promise<VectorIndexPort> {
  await service.check();
  const index = new ServiceIndex(service, store, await claim(service, store));
  await index.removeLeftovers();
  return index;
}

/** The mark that is there, or else a new one: of those that start together all get the same. */
async function claim(service: VectorService, store: string): Promise<StoreMark> {
  const madeAs = randomBytes(6).toString('hex');
  const there = await service.readMark();
  if (!there) await service.makeMark({ store, madeAs, generations: new Map() });
  const mark = there ?? (await service.readMark());
  if (mark?.store === store) return mark;
  const setting = service.namesSetting;
  const message =
    `${setting}: ${service.title} has the vectors of another store under this name. Choose ` +
    'another name; or, where that store is gone, delete what has the name and start the server.';
  throw new MemoryError('setting_invalid', message, { details: { setting } });
}

class ServiceIndex implements VectorIndexPort {
  readonly name: string;
  readonly #service: VectorService;
  readonly #store: string;
  #mark: StoreMark;
  #markReadAt = performance.now();
  /** Of the generations that this process has prepared. */
  readonly #dimensions = new Map<number, number>();
  /** What changes a shelf waits for what changed it before: two puts never leave a mixture. */
  readonly #changes = new KeyedMutex();
  readonly #renewal = createMutex();

  constructor(service: VectorService, store: string, mark: StoreMark) {
    this.name = service.name;
    this.#service = service;
    this.#store = store;
    this.#mark = mark;
  }

  /** Of the mark as it was read last: whoever asks does not wait for a database that is slow. */
  async identity(): Promise<string> {
    const believedMs = this.#service.markBelievedMs ?? markBelievedMs;
    if (performance.now() - this.#markReadAt > believedMs) this.#lookAgain();
    return this.#mark.madeAs;
  }

  async turn(): Promise<string | undefined> {
    return (await this.#currentMark()).turn;
  }

  setTurn(turn: string): Promise<void> {
    return this.#service.noteTurn(turn);
  }

  async prepare(generation: number, dimension: number): Promise<void> {
    const mark = await this.#currentMark();
    const known = mark.generations.get(generation);
    if (known !== undefined && known !== dimension) throw this.#otherDimension(generation, known);
    const isThere =
      known !== undefined &&
      (await this.#service.hasCollection(this.#collection(generation, dimension)));
    // It was made once, and is gone: so is what was put into it.
    if (known !== undefined && !isThere) await this.#renew(mark.madeAs);
    if (!isThere) await this.#make(generation, dimension);
    this.#dimensions.set(generation, dimension);
  }

  async put(place: VectorPlace, memories: readonly MemoryVectors[]): Promise<void> {
    if (memories.length === 0) return;
    invariant(this.#dimensions.has(place.generation), 'a generation is prepared before a put');
    const ordinals = memories.map(({ ordinal }) => ordinal);
    const passages = memories.flatMap(({ ordinal, passages: vectors }) =>
      vectors.flatMap((vector, passage) =>
        vector === null ? [] : [{ ordinal, passage, vector: this.#rounded(place, vector) }],
      ),
    );
    await this.#change(place, (shelf) => this.#service.put(shelf, ordinals, passages));
  }

  async remove(place: VectorPlace, ordinals: readonly number[]): Promise<void> {
    for (const piece of inPieces(ordinals, removeMax)) {
      await this.#change(place, (shelf) => this.#service.remove(shelf, piece));
    }
  }

  /** The databases build what makes searches fast by themselves. */
  async settle(): Promise<void> {}

  search(place: VectorPlace, vector: Float32Array, limit: number): Promise<NearPassage[]> {
    const numbers = this.#rounded(place, vector);
    return this.#onShelf(place, [], async (shelf) => {
      const found = await this.#service.search(shelf, numbers, limit);
      return found.sort((a, b) => b.cosine - a.cosine);
    });
  }

  drop(place: VectorPlace): Promise<void> {
    return this.#change(place, (shelf) => this.#service.drop(shelf));
  }

  count(place: VectorPlace): Promise<number> {
    return this.#onShelf(place, 0, (shelf) => this.#service.count(shelf));
  }

  async status(): Promise<RecordsStatus> {
    try {
      await this.#service.ping();
      return { writable: true };
    } catch (error) {
      if (!MemoryError.isInstance(error)) throw error;
      return { writable: false, reason: error.message };
    }
  }

  async close(): Promise<void> {}

  /** Collections of a time before the mark: nobody reads them any more. */
  async removeLeftovers(): Promise<void> {
    // In this order: what is listed now was made under the mark that is read then, or before it.
    const listed = await this.#service.collections();
    const mark = await this.#service.readMark();
    if (mark?.store !== this.#store) return;
    for (const { name, madeAs } of listed) {
      if (madeAs !== mark.madeAs) await this.#service.removeCollection(name);
    }
  }

  #lookAgain(): void {
    this.#markReadAt = performance.now();
    // A database that is away is told of by the calls that need it.
    this.#currentMark().catch(() => {});
  }

  /** Another process may have renewed it, or the database lost it. */
  async #currentMark(): Promise<StoreMark> {
    const { madeAs } = this.#mark;
    const mark = await this.#service.readMark();
    if (mark?.madeAs !== madeAs) await this.#renew(madeAs);
    else this.#mark = mark;
    this.#markReadAt = performance.now();
    return this.#mark;
  }

  async #make(generation: number, dimension: number): Promise<void> {
    await this.#service.makeCollection(this.#collection(generation, dimension), dimension);
    await this.#service.noteGeneration(generation, dimension);
    const mark = await this.#service.readMark();
    const noted = mark?.generations.get(generation) ?? dimension;
    // Two that start with different embedders at once: the later note stands.
    if (noted !== dimension) throw this.#otherDimension(generation, noted);
    if (mark?.madeAs === this.#mark.madeAs) this.#mark = mark;
  }

  #change(place: VectorPlace, work: (shelf: Shelf) => Promise<void>): Promise<void> {
    return this.#changes.run(shelfName(place), () => this.#onShelf(place, undefined, work));
  }

  /**
   * A database that lost a collection is marked anew: whoever fills it sees that and starts over.
   * `nothing` is what a generation has that was never prepared.
   */
  async #onShelf<T>(
    place: VectorPlace,
    nothing: T,
    work: (shelf: Shelf) => Promise<T>,
  ): Promise<T> {
    const { namespaceNo, generation } = place;
    const dimension = await this.#dimensionOf(generation);
    if (dimension === undefined) return nothing;
    const { madeAs } = this.#mark;
    const collection = this.#collection(generation, dimension);
    const tenantHash = hashOf(place.tenant);
    try {
      return await work({ collection, namespaceNo, tenantHash, name: shelfName(place) });
    } catch (error) {
      if (!(error instanceof CollectionGone)) throw error;
      // A proxy without the server behind it may say so too: it is looked at once more.
      const isThere = await this.#service.hasCollection(collection);
      if (!isThere) await this.#renew(madeAs);
      const { title } = this.#service;
      const message = isThere
        ? `${title} did not find its vectors this time.`
        : `${title} has lost its vectors; they are put there again.`;
      throw new MemoryError('store_unavailable', message, { cause: error });
    }
  }

  /** Undefined where no process has prepared it. */
  async #dimensionOf(generation: number): Promise<number | undefined> {
    const known = this.#dimensions.get(generation) ?? this.#mark.generations.get(generation);
    return known ?? (await this.#currentMark()).generations.get(generation);
  }

  /** Takes a new identity, unless another call or process has done so since `lost` was current. */
  #renew(lost: string): Promise<void> {
    return this.#renewal.run(async () => {
      if (this.#mark.madeAs !== lost) return;
      const there = await this.#service.readMark();
      if (there?.madeAs === lost) await this.#service.removeMark();
      this.#mark = await claim(this.#service, this.#store);
      await this.removeLeftovers();
      for (const each of this.#dimensions) await this.#make(...each);
    });
  }

  #collection(generation: number, dimension: number): string {
    return this.#service.collectionName({ generation, dimension, madeAs: this.#mark.madeAs });
  }

  #rounded({ generation }: VectorPlace, vector: Float32Array): number[] {
    const dimension = this.#dimensions.get(generation) ?? vector.length;
    if (vector.length !== dimension) throw this.#otherDimension(generation, dimension);
    return Array.from(vector, (value) => Math.round(value * steps) / steps);
  }

  #otherDimension(generation: number, there: number): MemoryError {
    const setting = this.#service.namesSetting;
    const message =
      `${setting}: generation ${generation} has vectors of ${there} dimensions in ` +
      `${this.#service.title}: another embedder filled it. Choose another name, or delete what ` +
      'has this name there and start the server: it is filled again from the records.';
    return new MemoryError('setting_invalid', message, { details: { setting } });
  }
}

/** No name of a tenant leaves the server. */
function hashOf(tenant: string): string {
  return createHash('sha256').update(tenant).digest('hex').slice(0, 7);
}

/** Fits the names of tenants in Weaviate and of namespaces in Pinecone. */
function shelfName({ tenant, namespaceNo, generation }: VectorPlace): string {
  return `g${generation}-n${namespaceNo}-${hashOf(tenant)}`;
}
