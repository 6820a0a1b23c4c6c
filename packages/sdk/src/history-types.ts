/** What a memory was before, as an application sees it. */
import type { Memory } from './memory-types.ts';

/** One version of a memory, and what was done to make it; null where that is not known. */
export interface MemoryVersion extends Memory {
  op: 'created' | 'patched' | 'replaced' | 'archived' | 'restored' | 'expired' | null;
}

export interface HistoryInput {
  namespace?: string | undefined;
  /** Versions, and facts of the chain in both directions, at most 100 each. */
  limit?: number | undefined;
  /** `nextCursor` of the page before. */
  cursor?: string | undefined;
}

/** One page. */
export interface HistoryResult {
  id: string;
  /** Newest first; the first one of the first page is current. */
  versions: MemoryVersion[];
  /** Of a fact: those that it replaced, and those that replaced it, the nearest first. */
  chain: { before: Memory[]; after: Memory[] };
  /** False when more versions or facts follow. */
  complete: boolean;
  /** Null on the last page. */
  nextCursor: string | null;
}
