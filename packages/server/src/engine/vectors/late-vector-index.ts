/** A vector index whose system may be away when the server starts: it is opened when it answers. */
import { MemoryError } from '../../domain/errors.ts';
import type { RecordsStatus } from '../../ports/records.ts';
import type {
  MemoryVectors,
  NearPassage,
  VectorIndexPort,
  VectorPlace,
} from '../../ports/vector-index.ts';

export interface LateOptions {
  /** For logs and doctor. */
  readonly name: string;
  /** Throws where it must not be used. */
  readonly open: () => Promise<VectorIndexPort>;
  /** Asked now and then. Throws setting_invalid where it must not be used any more. */
  readonly requireStill: (index: VectorIndexPort) => Promise<unknown>;
  /** How often, in milliseconds. */
  readonly lookEveryMs?: number;
}

/** A copy of the store that starts is noticed so soon. */
const lookEveryMsDefault = 30_000;

export class LateVectorIndex implements VectorIndexPort {
  readonly name: string;
  readonly #options: LateOptions;
  #opened: Promise<VectorIndexPort> | undefined;
  #lookedAt = 0;
  /** Why it must not be used now. */
  #refusal: MemoryError | undefined;
  #isClosed = false;

  constructor(options: LateOptions) {
    this.name = options.name;
    this.#options = options;
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

  async turn(): Promise<string | undefined> {
    return (await this.#index()).turn();
  }

  async setTurn(turn: string): Promise<void> {
    await (await this.#index()).setTurn(turn);
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

  async #index(): Promise<VectorIndexPort> {
    if (this.#isClosed) throw new MemoryError('shutting_down');
    if (this.#opened === undefined) {
      this.#lookedAt = performance.now();
      this.#opened = this.#options.open().catch((error: unknown) => {
        this.#opened = undefined;
        throw error;
      });
    }
    const index = await this.#opened;
    const { lookEveryMs = lookEveryMsDefault } = this.#options;
    if (performance.now() - this.#lookedAt > lookEveryMs) this.#look(index);
    if (this.#refusal) throw this.#refusal;
    return index;
  }

  /** Nobody waits for it. */
  #look(index: VectorIndexPort): void {
    this.#lookedAt = performance.now();
    this.#options.requireStill(index).then(
      () => {
        this.#refusal = undefined;
      },
      (error: unknown) => {
        // One that is away is told of by the calls that need it.
        if (MemoryError.isInstance(error) && error.code === 'setting_invalid') {
          this.#refusal = error;
        }
      },
    );
  }
}
