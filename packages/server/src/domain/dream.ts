/** What a dream is: a plan of changes with reasons and sources, which is applied and undone. */
import type { JsonObject, MemoryId } from './memory.ts';

/** In the order of `full_cycle`: what is wrong goes first, what is summed up goes last. */
export const strategyIds = [
  'validate',
  'synthesize',
  'evolve',
  'associate',
  'pattern_extract',
  'insight_generate',
  'forecast',
  'compress',
  'reflect',
] as const;
export type StrategyId = (typeof strategyIds)[number];

/** Other names of the same things; `full_cycle` stands for all of them. */
export const strategyAliases: Readonly<Record<string, StrategyId>> = {
  pattern: 'pattern_extract',
  contradict: 'validate',
};

/** A memory as a dream has read it. */
export interface MemoryRef {
  readonly id: MemoryId;
  readonly version: number;
}

/** A memory that a dream makes. Its sources are those of its action. */
export interface NewDerived {
  readonly value: string;
  /** What it is: `summary`, `fact`, `pattern`, `insight`, `forecast`, `reflection`. */
  readonly type: string;
  /**
   * What it is about, unique among what its strategy makes in a namespace: when a later dream says
   * something else of the same subject, the former memory gives way.
   */
  readonly subject: string;
  readonly tags?: readonly string[];
  readonly metadata?: JsonObject;
  /** Milliseconds since 1970 UTC. */
  readonly occurredAt: number;
  readonly validFrom?: number;
  readonly validTo?: number;
  /** 0 to 1; 0.5 when absent. */
  readonly importance?: number;
}

/** Columns of a memory that a dream may set; null takes a time away. */
export interface ColumnPatch {
  readonly confidence?: number;
  readonly importance?: number;
  readonly validTo?: number | null;
}

/** One change that stands for itself: all of it is applied, or nothing. */
export interface PlannedAction {
  readonly strategy: StrategyId;
  /** For the reader who decides: one sentence. */
  readonly reason: string;
  /** How sure the strategy is, 0 to 1. */
  readonly confidence: number;
  /** All that it rests on. When one of them has changed by then, the action is dropped. */
  readonly sources: readonly MemoryRef[];
  readonly add?: NewDerived;
  readonly update?: readonly { readonly memory: MemoryRef; readonly columns: ColumnPatch }[];
  /** `by`: another memory, or `added` for the one that the action adds. */
  readonly supersede?: readonly {
    readonly memory: MemoryRef;
    readonly by: MemoryRef | 'added';
  }[];
  /** Out of plain search, and reachable through what is added. Never a fact under a key. */
  readonly archive?: readonly MemoryRef[];
  readonly link?: readonly {
    readonly from: MemoryRef;
    readonly type: string;
    readonly to: MemoryRef;
  }[];
}

/** What a dream may read and spend. */
export interface DreamBudget {
  /** Memories that are read. */
  readonly memories: number;
  /** Tokens of a language model, in and out. */
  readonly tokens: number;
  readonly seconds: number;
  /** Money for a language model, in US dollars, as far as its prices are known. */
  readonly dollars?: number;
}
