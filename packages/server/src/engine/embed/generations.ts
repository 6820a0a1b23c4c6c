/** The generations of vectors: which embedders made some, and which one is wanted now. */
import { MemoryError } from '../../domain/errors.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { Embedder } from '../../ports/embedder.ts';

export interface Generation {
  /** From 1, never used again. */
  readonly no: number;
  /** Of the embedder that makes its vectors. */
  readonly model: string;
  readonly dimension: number;
}

/** The stored document. */
interface Registry {
  readonly generations: readonly (Generation & { readonly isDropped?: true })[];
  readonly lastNo: number;
  /** The model of the settings when they last changed: a rollback outlives a restart. */
  readonly configured: string;
  /** The generation that every namespace is to be searched by. */
  readonly target: number;
  /** The one that was wanted before: where a rollback leads to. */
  readonly previous: number | null;
}

const documentKey = 'embeddings/generations';
const empty: Registry = { generations: [], lastNo: 0, configured: '', target: 0, previous: null };

export class Generations {
  readonly #control: ControlPort;
  readonly #embedders: ReadonlyMap<string, Embedder>;
  #registry: Registry = empty;

  /**
   * Another model than at the last start becomes the one that is wanted. `embedders` are all that
   * can compute, the configured one first.
   */
  static async open(
    control: ControlPort,
    embedders: readonly [Embedder, ...Embedder[]],
  ): Promise<Generations> {
    const opened = new Generations(control, embedders);
    const [{ model, dimension }] = embedders;
    await opened.#change((known) => {
      const target = known.generations.find(({ no }) => no === known.target);
      // A rollback holds while the model that it leads to can be computed.
      const isKnown = embedders.some((one) => one.model === target?.model);
      return known.configured === model && isKnown ? known : aimed(known, model, dimension);
    });
    return opened;
  }

  private constructor(control: ControlPort, embedders: readonly Embedder[]) {
    this.#control = control;
    // The first of a name wins.
    this.#embedders = new Map([...embedders].reverse().map((one) => [one.model, one]));
  }

  get target(): Generation {
    const found = this.find(this.#registry.target);
    if (!found) throw new Error('the wanted generation is in the registry');
    return found;
  }

  get previous(): Generation | undefined {
    const { previous } = this.#registry;
    return previous === null ? undefined : this.find(previous);
  }

  /** Generations that writes reach, oldest first. */
  get kept(): readonly Generation[] {
    return keptIn(this.#registry);
  }

  /** Generations that are to be removed. */
  get dropped(): readonly Generation[] {
    return this.#registry.generations.filter(({ isDropped }) => isDropped);
  }

  find(no: number): Generation | undefined {
    return this.kept.find((one) => one.no === no);
  }

  /** Undefined for a generation whose embedder is not there any more. */
  embedderOf(no: number): Embedder | undefined {
    return this.#embedders.get(this.find(no)?.model ?? '');
  }

  /** Another server has rolled back or dropped one, or was started with another model. */
  async reload(): Promise<void> {
    const stored = await this.#control.get(documentKey);
    if (stored) this.#registry = JSON.parse(stored.value);
  }

  /** Makes the previous generation the wanted one; a second call leads forward again. */
  async rollBack(): Promise<void> {
    const { previous } = this;
    if (!previous) {
      throw new MemoryError('embedding_conflict', 'There is no previous generation to go back to.');
    }
    if (!this.embedderOf(previous.no)) {
      const message = `The embedder ${previous.model} is not there; set REVERIE_EMBEDDER to it.`;
      throw new MemoryError('embedding_conflict', message);
    }
    await this.#change((known) =>
      known.previous === previous.no
        ? { ...known, target: previous.no, previous: known.target }
        : known,
    );
  }

  /**
   * From now on no write reaches it; its vectors are removed in the background. Throws
   * embedding_conflict for the one that is wanted.
   */
  async drop(no: number): Promise<void> {
    await this.#change((known) => {
      if (known.target === no) throw new MemoryError('embedding_conflict', inUse(no));
      return {
        ...known,
        previous: known.previous === no ? null : known.previous,
        generations: known.generations.map((one) =>
          one.no === no ? { ...one, isDropped: true } : one,
        ),
      };
    });
  }

  /** Nothing of a dropped generation is stored any more. */
  async forget(no: number): Promise<void> {
    await this.#change((known) => ({
      ...known,
      generations: known.generations.filter((one) => one.no !== no),
    }));
  }

  async #change(change: (known: Registry) => Registry): Promise<void> {
    for (;;) {
      const stored = await this.#control.get(documentKey);
      const known: Registry = stored ? JSON.parse(stored.value) : empty;
      const next = change(known);
      const value = JSON.stringify(next);
      const isStored =
        next === known ||
        (await this.#control.putIfVersion(documentKey, value, stored?.version ?? 0));
      if (!isStored) continue;
      this.#registry = next;
      return;
    }
  }
}

/** How another room finds the generations that are kept in the stored document. */
export const generationRegistry = {
  key: documentKey,
  numbersIn: (value: string): readonly number[] => keptIn(JSON.parse(value)).map(({ no }) => no),
  /** Numbers in a vector, by generation. */
  dimensionsIn: (value: string): ReadonlyMap<number, number> =>
    new Map(keptIn(JSON.parse(value)).map(({ no, dimension }) => [no, dimension])),
};

const keptIn = ({ generations }: Registry) => generations.filter(({ isDropped }) => !isDropped);

const inUse = (no: number): string => `Generation ${no} is the one that is wanted.`;

/** A model whose generation is still kept goes on with it. */
function aimed(known: Registry, model: string, dimension: number): Registry {
  const previous = known.target === 0 ? null : known.target;
  const found = known.generations.find(
    (one) => one.model === model && one.dimension === dimension && !one.isDropped,
  );
  if (found) {
    const isTarget = found.no === known.target;
    return { ...known, configured: model, target: found.no, ...(!isTarget && { previous }) };
  }
  const no = known.lastNo + 1;
  return {
    generations: [...known.generations, { no, model, dimension }],
    lastNo: no,
    configured: model,
    target: no,
    previous,
  };
}
