/** A vector index whose system may be away when the server starts: it is opened when it answers. */
import { MemoryError } from '../../domain/errors.ts';
import type { RecordsStatus } from '../../ports/records.ts';
import type {
  MemoryVectors,
  NearPassage,
  VectorIndexPort,
  VectorPlace,
} from '../../ports/vector-index.ts';

export class LateVectorIndex implements VectorIndexPort {
  readonly name: string;
  readonly #open: () => Promise<VectorIndexPort>;
  #opened: Promise<VectorIndexPort> | undefined;
  #isClosed = false;

  constructor(name: string, open: () => Promise<VectorIndexPort>) {
    this.name = name;
    this.#open = open;
  }

  /**
   * Opens it now where it answers. Throws what is wrong with the settings or the schema; a system
   * that is away is asked again later.
   */
  async tryOpen(): Promise<boolean> {
    try {
      await this.#index();
      return true;
    } catch (error) {
      if (!MemoryError.isInstance(error) || error.code !== 'store_unavailable') throw error;
      return false;
    }
  }

  async identity(): Promise<string> {
    return (await this.#index()).identity();
  }

  async prepare(generation: number, dimension: number): Promise<void> {
    await (await this.#index()).prepare(generation, dimension);
  }

  async put(place: VectorPlace, memories: readonly MemoryVectors[]): Promise<void> {
    await (await this.#index()).put(place, memories);
  }

  async remove(place: VectorPlace, ordinals: readonly number[]): Promise<void> {
    await (await this.#index()).remove(place, ordinals);
  }

  async settle(place: VectorPlace): Promise<void> {
    await (await this.#index()).settle(place);
  }

  async search(place: VectorPlace, vector: Float32Array, limit: number): Promise<NearPassage[]> {
    return (await this.#index()).search(place, vector, limit);
  }

  async drop(place: VectorPlace): Promise<void> {
    await (await this.#index()).drop(place);
  }

  async count(place: VectorPlace): Promise<number> {
    return (await this.#index()).count(place);
  }

  async status(): Promise<RecordsStatus> {
    try {
      return await (await this.#index()).status();
    } catch (error) {
      if (!MemoryError.isInstance(error)) throw error;
      return { writable: false, reason: error.message };
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const opened = await this.#opened?.catch(() => undefined);
    await opened?.close();
  }

  #index(): Promise<VectorIndexPort> {
    if (this.#isClosed) return Promise.reject(new MemoryError('shutting_down'));
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }
}
