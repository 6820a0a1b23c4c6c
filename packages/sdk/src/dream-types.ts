/** What a dream is, what it would change, and what is asked of it. */
import type { JsonObject, Time } from './json-types.ts';

export type Strategy =
  | 'validate'
  | 'synthesize'
  | 'evolve'
  | 'associate'
  | 'pattern_extract'
  | 'insight_generate'
  | 'forecast'
  | 'compress'
  | 'reflect';

/** What a dream may read and spend; what is absent has the server's default. */
export interface DreamBudget {
  memories?: number | undefined;
  /** Tokens of a language model, in and out. */
  tokens?: number | undefined;
  seconds?: number | undefined;
  /** US dollars for a language model. */
  dollars?: number | undefined;
}

export interface AutoApply {
  /** Least confidence, 0 to 1. */
  confidence?: number | undefined;
  strategies?: readonly (Strategy | 'full_cycle')[] | undefined;
  /** Only what leaves every memory as it is which no dream has made; it may be linked. */
  additionsOnly?: boolean | undefined;
}

export interface DreamInput {
  namespace?: string | undefined;
  /** All of them when absent. */
  strategies?: readonly (Strategy | 'full_cycle')[] | undefined;
  budget?: DreamBudget | undefined;
  /** `compress` leaves alone what happened later. */
  before?: Time | undefined;
  /** What is applied without a review; true: from a confidence of 0.9. */
  autoApply?: boolean | AutoApply | undefined;
  /** It can be read, and never applied. */
  dryRun?: boolean | undefined;
}

/** What each stands for is in docs/guides/dreams.md. */
export type SchedulePreset = 'night_synthesis' | 'dawn_brief' | 'afternoon_reset' | 'continuous';

/** Says when by a preset, by cron, or after so many changes. */
export interface ScheduleInput
  extends Pick<DreamInput, 'namespace' | 'strategies' | 'budget' | 'autoApply'> {
  preset?: SchedulePreset | undefined;
  /** Minute, hour, day of the month, month, day of the week. */
  cron?: string | undefined;
  /** Of the IANA database; UTC when absent. */
  timezone?: string | undefined;
  afterWrites?: number | undefined;
}

/** Times are ISO 8601 in UTC. */
export interface DreamSchedule {
  id: string;
  namespace: string;
  preset: SchedulePreset | null;
  cron: string | null;
  timezone: string | null;
  afterWrites: number | null;
  strategies: Strategy[];
  createdAt: string;
  nextAt: string | null;
  lastAt: string | null;
  lastDream: string | null;
  /** Why it does not fire any more. */
  stopped: string | null;
}

export type DreamStatus =
  | 'running'
  | 'planned'
  | 'empty'
  | 'applied'
  | 'undone'
  | 'discarded'
  | 'cancelled'
  | 'failed';

/** Times are ISO 8601 in UTC. */
export interface Dream {
  id: string;
  namespace: string;
  status: DreamStatus;
  strategies: Strategy[];
  dryRun: boolean;
  /** The schedule that started it. */
  schedule: string | null;
  createdAt: string;
  endedAt: string | null;
  appliedAt: string | null;
  undoneAt: string | null;
  progress: { done: Strategy[]; current: Strategy | null };
  /** What was read; null before. `complete` is false where the namespace has more. */
  snapshot: { seq: number; memories: number; complete: boolean } | null;
  counts: {
    added: number;
    updated: number;
    superseded: number;
    archived: number;
    linked: number;
    /** Tokens that leave plain search, and tokens that join it. */
    tokensArchived: number;
    tokensAdded: number;
  };
  notes: string[];
  dropped: { strategy: Strategy; reason: string; count: number }[];
  /** What a language model was asked for; null without one. */
  spent: {
    calls: number;
    inputTokens: number;
    outputTokens: number;
    dropped: number;
    dollars: number | null;
  } | null;
  error: { code: string; message: string } | null;
}

/** Why something is to be changed. */
export interface DreamAction {
  id: string;
  strategy: Strategy;
  status: 'pending' | 'applied' | 'dropped' | 'discarded' | 'undone';
  reason: string;
  /** 0 to 1. */
  confidence: number;
  /** Why it was dropped. */
  why: string | null;
  sources: { id: string; version: number }[];
}

/** Each entry names its action. */
export interface DreamDiff {
  actions: DreamAction[];
  added: {
    action: string;
    /** Null before it is applied. */
    id: string | null;
    /** Null when the memory has it. */
    value: string | null;
    type: string;
    tags: string[];
    metadata: JsonObject;
    occurredAt: string;
  }[];
  updated: {
    action: string;
    id: string;
    confidence?: number;
    importance?: number;
    validTo?: string | null;
  }[];
  superseded: { action: string; id: string; by: string | null }[];
  archived: { action: string; id: string; by: string | null }[];
  linked: { action: string; type: string; from: string; to: string }[];
  /** What the diff names, as it is now, by id. */
  memories: Record<
    string,
    {
      content: string;
      kind: string;
      key: string | null;
      speaker: string | null;
      version: number;
      archived: boolean;
      occurredAt: string;
    }
  >;
}

export interface DreamPage {
  dream: Dream;
  diff: DreamDiff;
  nextCursor: string | null;
}

export interface ApplyResult {
  dream: Dream;
  applied: number;
  /** Their memories were changed or forgotten since. */
  dropped: number;
}

export interface UndoResult {
  dream: Dream;
  /** Memories that are as they were. */
  restored: number;
  /** Memories of the dream that are gone. */
  removed: number;
  /** Forgotten since. */
  forgotten: number;
  conflicts: { id: string; reason: string }[];
}
