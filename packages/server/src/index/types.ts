/** The words the index room shares with the engine: what goes in, what is asked, what comes out. */
import type { Filter } from '../domain/filter/filter.ts';
import type { Audience, JsonObject, KeyHash, Kind } from '../domain/memory.ts';
import type { NamespaceInfo } from '../ports/records.ts';

export interface TermCount {
  readonly term: string;
  readonly count: number;
}

/** An int8 vector: component = value * scale. */
export interface QuantizedVector {
  readonly scale: number;
  readonly values: Int8Array;
}

/** One passage of a memory, analysed: the unit that is indexed. */
export interface PassageAnalysis {
  /** UTF-16 offsets into the memory's text. */
  readonly start: number;
  readonly end: number;
  /** Terms with repetition: the document length of BM25. */
  readonly length: number;
  readonly terms: readonly TermCount[];
  /** Share of the passage that asks instead of telling, 0 to 1 in steps of 1/255. */
  readonly questionShare: number;
  /** Normal forms of the entities named here. */
  readonly entities: readonly string[];
  /** Null while an embedder has not answered yet, or when no word was known to it. */
  readonly vector: QuantizedVector | null;
}

/** What filters read of a memory's content; absent where there is nothing. */
export interface Attributes {
  readonly key?: string;
  readonly type?: string;
  readonly speaker?: string;
  readonly tags?: string[];
  readonly metadata?: JsonObject;
}

/** Everything derived from a memory that the index holds: the stored analysis and vectors. */
export interface MemoryAnalysis {
  /** Analyser version: other versions are made again from the body. */
  readonly analyzer: string;
  /** Languages seen, as ISO 639-1. */
  readonly languages: readonly string[];
  /** Exact field terms for filters, such as `tag:work`, `type:note`, `speaker:ann`. */
  readonly fields: readonly string[];
  readonly attributes?: Attributes;
  readonly passages: readonly PassageAnalysis[];
}

/** One word of a query. Variants are alternatives (a stem per language, expansions). */
export interface QueryTerm {
  /** The word as written, for `matched`. */
  readonly surface: string;
  readonly variants: readonly { readonly term: string; readonly weight: number }[];
}

/** Conditions on columns and exact fields; all of them must hold. */
export interface IndexFilter {
  readonly kinds?: readonly Kind[];
  readonly audience?: Audience;
  readonly keyHash?: KeyHash;
  /** Each of these field terms. */
  readonly fieldsAll?: readonly string[];
  /** At least one of these field terms. */
  readonly fieldsAny?: readonly string[];
  /** Said or happened at this time or later. */
  readonly occurredFrom?: number;
  /** Said or happened before this time. */
  readonly occurredTo?: number;
  /** Held at this time; a memory without bounds always holds. */
  readonly validAt?: number;
  /**
   * Known to the system at this time, and not replaced by then. What was changed later passes the
   * rest of the filter but for kind, key and `trusted`, archived or not: what it was then stands in
   * its former versions, and is for the caller to look at.
   */
  readonly asOf?: number;
  /** Flagged memories are left out too. */
  readonly trusted?: boolean;
  /** Only memories that stand without being asked for: pinned or important ones. */
  readonly standing?: boolean;
  /** The filter language. */
  readonly where?: Filter;
}

/** A name to look up in the entity postings. */
export interface QueryEntity {
  /** Normal form. */
  readonly name: string;
  /**
   * Places among the query's terms that the name is made of; empty when it has words that are not
   * asked for. A passage with all of them has the name, whether or not it was seen as one there.
   */
  readonly words: readonly number[];
}

/** What the row of the namespace said after a question was asked. */
export type SeenState = Pick<NamespaceInfo, 'epoch' | 'seq' | 'arrivals'>;

export interface IndexQuery {
  /** An index that is as far as this has all that the question may see: it looks no further. */
  readonly seen?: SeenState;
  readonly terms: readonly QueryTerm[];
  readonly entities: readonly QueryEntity[];
  /** Exact field terms, one per person that the question may be about: who said the turn. */
  readonly speakers: readonly string[];
  /** Unit length; null switches the vector signal off. */
  readonly vector: Float32Array | null;
  readonly filter: IndexFilter;
  /** Rows expired by then are out. */
  readonly now: number;
  /**
   * The thread window: how much of the words of neighbours on both sides counts, nearest first.
   * `[0.5, 0.25]` is two neighbours on each side; an empty list switches the window off. Beside a
   * long passage they count less (thread-window.ts).
   */
  readonly windowWeights: readonly number[];
  /** Candidates kept from each signal before the neighbours join. */
  readonly candidates: number;
  /** A row whose eligible passages are scored whether or not a signal finds them. */
  readonly include?: number;
}

/**
 * Candidates with every signal's raw score, one array entry per passage, by ordinal and passage.
 * Fusion is the engine's. Arrays are owned by the caller (they cross threads by transfer).
 */
export interface IndexCandidates {
  readonly count: number;
  readonly ordinals: Uint32Array;
  /** Passage number inside the memory. */
  readonly passages: Uint16Array;
  /** BM25 of the passage. */
  readonly text: Float32Array;
  /**
   * BM25 of the passage taken together with its eligible neighbours in the thread, whose term
   * counts and lengths are weighted by `windowWeights`.
   */
  readonly textWindow: Float32Array;
  /** BM25 of the whole thread as one document among threads. */
  readonly threadText: Float32Array;
  /** Cosine; 0 where the passage has no vector. */
  readonly vector: Float32Array;
  /** Sum of the idf of the entities that match. */
  readonly entity: Float32Array;
  /** Bit i: query term i occurs in the passage (first 32 terms). */
  readonly matchedTerms: Uint32Array;
  /** Bit i: query entity i occurs in the passage (first 32 entities). */
  readonly matchedEntities: Uint32Array;
  /** Bit i: the memory has the field term of query speaker i (first 32). */
  readonly spokenBy: Uint32Array;
  /** Share of the passage that asks, 0 to 1. */
  readonly questionShare: Float32Array;
  readonly occurredAt: Float64Array;
  /** Place of the memory's kind in `kinds`. */
  readonly kinds: Uint8Array;
  /** Small number of the thread, the same for passages of one thread; 0 for none. */
  readonly threads: Uint32Array;
  /** Place in the thread, from 0; passages that are hidden or filtered out are counted. */
  readonly threadPlaces: Uint32Array;
  /** Eligible passages in the namespace: the N of idf. */
  readonly eligible: number;
  /** Eligible passages with query term i. */
  readonly termFrequencies: Uint32Array;
  readonly entityFrequencies: Uint32Array;
  /** Eligible passages of query speaker i. */
  readonly speakerFrequencies: Uint32Array;
  /** Languages seen in the namespace, most frequent first, at most three. */
  readonly languages: readonly string[];
  /** The change up to which the answer is complete. */
  readonly seq: number;
  /** Present where the vectors could not be asked: why, in words for the caller. */
  readonly vectorMissing?: string;
  /** Present where the answer may lack somebody, in words for the caller. */
  readonly vectorBounded?: string;
}

/** Which memories a filtered list shows: ordinals only, in the asked order. */
export interface IndexListQuery {
  readonly filter: IndexFilter;
  readonly now: number;
  readonly order: 'asc' | 'desc';
  readonly after?: number;
  readonly limit: number;
}

/**
 * One namespace's index, in this thread or in another. Each call catches up before it answers, but
 * for what was seen to be there already.
 */
export interface NamespaceSearcher {
  search(query: IndexQuery): Promise<IndexCandidates>;
  list(query: IndexListQuery): Promise<number[]>;
  /** Languages seen, most frequent first, at most three: what a query is stemmed in. */
  languages(seen?: SeenState): Promise<readonly string[]>;
}
