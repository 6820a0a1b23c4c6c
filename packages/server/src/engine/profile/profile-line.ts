/** One line of a profile. */
import type { MemoryId } from '../../domain/memory.ts';

export interface ProfileLine {
  /** Plain text without a line break, at most 200 characters. */
  readonly text: string;
  /** Memories of the namespace that can be read; the one that says it comes first. */
  readonly sources: readonly MemoryId[];
  /** When the newest of the sources was written, in milliseconds since 1970 UTC. */
  readonly updatedAt: number;
  /** 0 to 1. */
  readonly confidence: number;
  /** Hygiene has found something in the source. */
  readonly isFlagged: boolean;
  /** Row of the one memory that says it; null where it is counted from several. */
  readonly ordinal: number | null;
}
