/** What a block for a prompt takes and holds. */
import type { Filter, QuestionTime, TagFilter, TimeFilter } from './filter-types.ts';
import type { Kind } from './memory-types.ts';
import type { QueryTime } from './recall-types.ts';

/** In the order in which they are shown, which is fixed. */
export type ContextSectionName = 'system' | 'user' | 'memories' | 'threads';

export type ContextFormat = 'text' | 'messages' | 'xml';

/** `referenceTime` also decides which facts hold and which threads are open. */
export interface ContextInput extends TimeFilter, QuestionTime {
  query: string;
  namespace?: string | undefined;
  /** The application's own memory, audience `system`, shared by its users. */
  systemNamespace?: string | undefined;
  /** Also lines of the profile that the question does not find, in a tenth of `maxTokens`. */
  profile?: boolean | undefined;
  /** 64 to 100,000; 1,000 when absent. The context never has more. */
  maxTokens?: number | undefined;
  /** `text` when absent. */
  format?: ContextFormat | undefined;
  /** Leaves out what fits the query less well, 0 to 1; 0.3 when absent. */
  threshold?: number | undefined;
  /** Results to choose from, 1 to 100; one for 50 tokens, at least 20, when absent. */
  limit?: number | undefined;
  /** Only these; all when absent. */
  sections?: readonly ContextSectionName[] | undefined;
  tags?: TagFilter | undefined;
  filter?: Filter | undefined;
  kind?: Kind | undefined;
  type?: string | undefined;
  key?: string | undefined;
  speaker?: string | undefined;
}

export interface ContextMessage {
  role: 'system';
  content: string;
}

/** A block for a prompt. */
export interface ContextResult<Context = string | ContextMessage[]> {
  /** Empty when nothing is relevant. Messages go before those of the conversation. */
  context: Context;
  /** Counted over the whole context by `tokenizer`. */
  tokens: number;
  maxTokens: number;
  tokenizer: string;
  /** Null scores: shown without having been found by the query. */
  sections: {
    name: ContextSectionName;
    items: { id: string; score: number | null; tokens: number }[];
  }[];
  /** What `[n]` in the context stands for. */
  citations: {
    n: number;
    id: string;
    key: string | null;
    namespace: string;
    occurredAt: string;
    score: number | null;
  }[];
  /** Memories that were found and are not shown, by reason. */
  omitted: { budget: number; duplicate: number; threshold: number };
  /** Absent when the question names none. */
  time?: QueryTime;
  queryTimeMs: number;
  /** What this answer had to do without; absent when nothing was missing. */
  degraded?: string[];
}
