/** What a recall takes and tells, why it found what it found, and why not. */
import type { Filter, QuestionTime, TagFilter, TimeFilter } from './filter-types.ts';
import type { JsonObject } from './json-types.ts';
import type { Audience, Kind, Memory } from './memory-types.ts';

export interface RecallInput extends TimeFilter, QuestionTime {
  /** Empty: the newest memories. */
  query: string;
  namespace?: string | undefined;
  /** 1 to 100; 10 when absent. */
  limit?: number | undefined;
  /** Leaves out results with a lower score, 0 to 1. */
  threshold?: number | undefined;
  tags?: TagFilter | undefined;
  filter?: Filter | undefined;
  kind?: Kind | undefined;
  type?: string | undefined;
  audience?: Audience | undefined;
  key?: string | undefined;
  speaker?: string | undefined;
  /** Ways of finding that are switched off or on by name; all are on when absent. */
  signals?:
    | {
        vector?: boolean | undefined;
        text?: boolean | undefined;
        entity?: boolean | undefined;
        thread?: boolean | undefined;
        time?: boolean | undefined;
        speaker?: boolean | undefined;
        question?: boolean | undefined;
      }
    | undefined;
  /** Whether a model reads the first results again; absent: whether the server has one. */
  rerank?: boolean | undefined;
  /** false shows memories that say the same one by one. */
  collapse?: boolean | undefined;
  /** Each result says how its score came about, and the answer how it was made. */
  explain?: boolean | undefined;
}

/** One term of a fused score. */
export interface ExplainedPart {
  name: string;
  /** The signal's own score: BM25, cosine, idf. */
  raw: number;
  /** `raw` divided by the best of all candidates, 0 to 1. */
  normalised: number;
  weight: number;
  /** `normalised` times `weight`. */
  contribution: number;
  /** Place among the candidates by this signal alone, from 1; null where it says nothing. */
  rank: number | null;
}

/** How one score came about: `fused` gives the order, `score` is `evidence` times `share`. */
export interface Explanation {
  /**
   * Place among the results, from 1, before a reranker. One that is not shown has the place of the
   * one that says the same, or the place it would have with a larger limit; null where nothing
   * finds it.
   */
  rank: number | null;
  /** The sum of the contributions times every factor. */
  fused: number;
  parts: ExplainedPart[];
  /** Reasons to take it for less than the sum; 1 is none. */
  factors: { name: string; value: number }[];
  calibration: {
    /** The strongest evidence among the first results. */
    evidence: number;
    /** This result's fused score over the best one. */
    share: number;
    /** Share of the question's information, cosine, and share of its entities. */
    own: { coverage: number; cosine: number; entities: number };
  };
}

/** What a whole answer was made with. */
export interface RecallExplanation {
  filters: JsonObject;
  signals: Record<string, boolean>;
  limit: number;
  threshold: number;
  /** How far the vector signal was trusted for this question, 0 to 1. */
  vectorTrust: number;
  /** Words and names that were looked up. */
  terms: string[];
  entities: string[];
  /** Passages that were compared, and those that the filters let through. */
  candidates: number;
  eligible: number;
  /** The change up to which the answer is complete. */
  seq: number;
}

/** A memory that was found, and why. */
export interface RecallHit extends Memory {
  /** 0 to 1, the same meaning in every namespace. */
  score: number;
  /** `rerank` is the reranker's, on its own scale; absent when it did not read this. */
  signals: { vector: number; text: number; entity: number; rerank?: number };
  matched: { terms: string[]; entities: string[] };
  /** The part of `content` that was found, as UTF-16 offsets. */
  passage?: { start: number; end: number };
  /** Results with the same number stand next to each other in a thread; null for the others. */
  exchange: number | null;
  /** Ids of memories that say the same and rank below; they are not shown on their own. */
  duplicates: string[];
  /** Memories that only repeat this one; they are not shown and count for nothing. */
  echoes: string[];
  /** Present when it was asked for. */
  explanation?: Explanation;
}

/** How a time in the question was read. */
export interface QueryTime {
  from: string;
  to: string;
  text: string;
  used: 'boost' | 'filter';
}

export interface RecallResult {
  /** Best first. */
  results: RecallHit[];
  count: number;
  query: string;
  /** Time inside the server. */
  queryTimeMs: number;
  /** Absent when the question names none. */
  time?: QueryTime;
  /** Present when it was asked for and there was a question. */
  explanation?: RecallExplanation;
  /** The reranker's part of it; absent when it did not decide the order. */
  rerankTimeMs?: number;
  /** What this answer had to do without; absent when nothing was missing. */
  degraded?: string[];
}

/** Whose reasons are wanted, and the recall that they are about. */
export interface WhyNotInput extends Omit<RecallInput, 'explain'> {
  memoryId: string;
}

export interface WhyNotReason {
  /** For example `below_limit`, `filtered`, `superseded`, `no_shared_words`. */
  code: string;
  /** One sentence for people. */
  message: string;
  /** Numbers and names behind the sentence. */
  details: Record<string, string | number | null>;
}

export interface WhyNotResult {
  memoryId: string;
  namespace: string;
  /** Whether the same recall shows the memory. */
  found: boolean;
  /** As in `Explanation`; null too where an empty query does not show it. */
  rank: number | null;
  score: number | null;
  reasons: WhyNotReason[];
  explanation?: Explanation;
  /** What the answer had to do without; absent as a rule. */
  degraded?: string[];
}
