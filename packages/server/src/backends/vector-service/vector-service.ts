/** What a vector database has to do for the index over it, in the words that all of them share. */

/** Says whose vectors a database has; a database that was made anew has none, or another one. */
export interface StoreMark {
  /** The store whose memories these are. */
  readonly store: string;
  /** Twelve hex digits that stand in the name of every collection made under this mark. */
  readonly madeAs: string;
  /** Which of those that call themselves this store has used it last. */
  readonly turn?: string;
  /** Generations whose collections were made, with their dimensions. */
  readonly generations: ReadonlyMap<number, number>;
}

/** The passages of one namespace in one generation, apart from all others. */
export interface Shelf {
  readonly collection: string;
  readonly namespaceNo: number;
  /** 7 hex digits of whose it is. */
  readonly tenantHash: string;
  /** Unique in the collection: of both of the above. */
  readonly name: string;
}

export interface CollectionKey {
  readonly generation: number;
  readonly dimension: number;
  readonly madeAs: string;
}

export interface ShelvedPassage {
  readonly ordinal: number;
  readonly passage: number;
  /** Rounded, as it is sent. */
  readonly vector: readonly number[];
}

export interface FoundPassage {
  readonly ordinal: number;
  readonly passage: number;
  readonly cosine: number;
}

/**
 * One database. Every call ends in time, and throws store_unavailable where it is not answered,
 * setting_invalid where the key does not do, and {@link CollectionGone} where a collection is
 * missing. Every call may be repeated.
 */
export interface VectorService {
  readonly name: string;
  /** What people call it: Qdrant. */
  readonly title: string;
  /** The setting that names the collections, for messages. */
  readonly namesSetting: string;
  /** How long a mark that was read is believed, where that is more than a second. */
  readonly markBelievedMs?: number;
  /** Its version, for doctor. Throws setting_invalid, with what to do, where it is too old. */
  check(): Promise<string>;
  readMark(): Promise<StoreMark | undefined>;
  /** False, and nothing is changed, where there is one: of two that make one, one does. */
  makeMark(mark: StoreMark): Promise<boolean>;
  noteGeneration(generation: number, dimension: number): Promise<void>;
  noteTurn(turn: string): Promise<void>;
  removeMark(): Promise<void>;
  /** Generations may share one, where they have the same dimension. */
  collectionName(collection: CollectionKey): string;
  /** Collections with names of this form, whoever made them. */
  collections(): Promise<readonly { readonly name: string; readonly madeAs: string }[]>;
  hasCollection(name: string): Promise<boolean>;
  /** One that is there stays as it is. */
  makeCollection(name: string, dimension: number): Promise<void>;
  removeCollection(name: string): Promise<void>;
  /** Replaces all passages of these memories; searches find them when it resolves. */
  put(
    shelf: Shelf,
    ordinals: readonly number[],
    passages: readonly ShelvedPassage[],
  ): Promise<void>;
  remove(shelf: Shelf, ordinals: readonly number[]): Promise<void>;
  search(shelf: Shelf, vector: readonly number[], limit: number): Promise<FoundPassage[]>;
  drop(shelf: Shelf): Promise<void>;
  count(shelf: Shelf): Promise<number>;
  /** Resolves where it answers. */
  ping(): Promise<void>;
}

/** A collection that was there is not there any more. */
export class CollectionGone extends Error {
  readonly collection: string;

  constructor(collection: string) {
    super(`The collection ${collection} is gone.`);
    this.name = 'CollectionGone';
    this.collection = collection;
  }
}
