/** What reading without a question takes and tells: pages, and what a key points at. */
import type { Filter, TimeFilter } from './filter-types.ts';
import type { JsonValue } from './json-types.ts';
import type { Kind, Memory } from './memory-types.ts';

export interface ListInput extends TimeFilter {
  namespace?: string | undefined;
  key?: string | undefined;
  tag?: string | undefined;
  filter?: Filter | undefined;
  kind?: Kind | undefined;
  /** Archived memories too, or those alone, to be restored; neither when absent. */
  archived?: boolean | 'only' | undefined;
  /** By time of storing; `desc`, newest first, when absent. */
  order?: 'asc' | 'desc' | undefined;
  /** Memories in a page. */
  limit?: number | undefined;
  /** `nextCursor` of the page before. */
  cursor?: string | undefined;
}

export interface ListPage {
  results: Memory[];
  /** Null on the last page. */
  nextCursor: string | null;
}

/** Of one memory: which version, and whether it held. */
export type MemoryTimes = Pick<TimeFilter, 'validAt' | 'asOf'>;

export interface KeyInput extends MemoryTimes {
  key: string;
  namespace?: string | undefined;
}

/** What a key points at: its current fact, else the last turn of its thread. */
export type KeyResult =
  | { found: true; value: JsonValue; turns: number; memory: Memory }
  | { found: false; value: null; turns: number };
