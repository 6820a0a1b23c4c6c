/** How a dream is kept: its state as one document, and its actions as one for each strategy. */
import type {
  DreamBudget,
  MemoryRef,
  NewDerived,
  PlannedAction,
  StrategyId,
} from '../../domain/dream.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { MemoryId } from '../../domain/memory.ts';

/**
 * `planned` waits for a decision, `empty` found nothing to do. After `applied` some actions may
 * still wait; `undone` and `discarded` are final.
 */
export const dreamStates = [
  'running',
  'planned',
  'empty',
  'applied',
  'undone',
  'discarded',
  'cancelled',
  'failed',
] as const;
export type DreamState = (typeof dreamStates)[number];

/** Which actions need no decision of a reader. */
export interface AutoApply {
  /** Least confidence, 0 to 1. */
  readonly confidence: number;
  /** Absent: of every strategy. */
  readonly strategies?: readonly StrategyId[];
  /** Only those that leave every memory as it is which no dream has made; they may link it. */
  readonly additionsOnly?: true;
}

/** A row that was changed, and how to find what it was before. */
export interface TouchedRow {
  readonly id: MemoryId;
  readonly ordinal: number;
  readonly before: number;
  readonly after: number;
}

export interface DroppedActions {
  readonly strategy: StrategyId;
  readonly reason: string;
  readonly count: number;
}

/** What all actions would do together. */
export interface DreamCounts {
  readonly added: number;
  readonly updated: number;
  readonly superseded: number;
  readonly archived: number;
  readonly linked: number;
  /** Tokens that leave plain search, and tokens that join it. */
  readonly tokensArchived: number;
  readonly tokensAdded: number;
}

/** What a language model was asked for. */
export interface Spent {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null where prices are not known. */
  readonly dollars: number | null;
  /** Answers that could not be used. */
  readonly dropped: number;
}

/** Times are milliseconds since 1970 UTC. */
export interface StoredDream {
  readonly state: DreamState;
  readonly strategies: readonly StrategyId[];
  readonly budget: DreamBudget;
  readonly before?: number;
  readonly autoApply?: AutoApply;
  /** It can be read, and never applied. */
  readonly dryRun: boolean;
  /** The key that asked. */
  readonly actor: string;
  /** The schedule that asked in its name. */
  readonly schedule?: string;
  readonly createdAt: number;
  /** How often it was begun: whoever takes it over counts on, and who ran it writes no more. */
  readonly run?: number;
  readonly endedAt?: number;
  readonly appliedAt?: number;
  readonly undoneAt?: number;
  /** Of the snapshot. */
  readonly seq?: number;
  readonly memories?: number;
  readonly isComplete?: boolean;
  /** The journal: strategies whose actions are written. */
  readonly done: readonly StrategyId[];
  readonly current?: StrategyId;
  readonly isCancelAsked?: true;
  readonly notes: readonly string[];
  readonly dropped: readonly DroppedActions[];
  readonly counts: DreamCounts;
  readonly spent?: Spent;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
  /** Rows that it changed, one entry each. */
  readonly touched: readonly TouchedRow[];
  readonly added: readonly MemoryId[];
}

export type ActionState = 'pending' | 'applied' | 'dropped' | 'discarded' | 'undone';

export interface DreamAction extends PlannedAction {
  /** Unique in its dream: the strategy and a number. */
  readonly id: string;
  readonly state: ActionState;
  /** Why it was dropped. */
  readonly why?: string;
  /** Tokens of what it archives, and of what it adds. */
  readonly tokens: { readonly archived: number; readonly added: number };
  /** What it added, when it is applied. */
  readonly addedId?: MemoryId;
}

/** What stays of an action when the memory has its words, or nobody may read them any more. */
export function withoutWords(action: DreamAction): DreamAction {
  const { add, ...rest } = action;
  return { ...rest, reason: '', ...(add && { add: emptied(add) }) };
}

/** The words are in the memory now. */
export function withoutValue(action: DreamAction): DreamAction {
  const { add, ...rest } = action;
  return { ...rest, ...(add && { add: emptied(add) }) };
}

function emptied({ type, occurredAt }: NewDerived): NewDerived {
  return { type, occurredAt, value: '', subject: '' };
}

/** Every memory that must still be as it was read. */
export function refsOf(action: PlannedAction): MemoryRef[] {
  const { sources, update = [], supersede = [], archive = [], link = [] } = action;
  return [
    ...sources,
    ...update.map(({ memory }) => memory),
    ...supersede.flatMap(({ memory, by }) => (by === 'added' ? [memory] : [memory, by])),
    ...archive,
    ...link.flatMap(({ from, to }) => [from, to]),
  ];
}

/** The memories whose words an action may hold; what an undo has removed said no more than they. */
export function namedBy(action: DreamAction): MemoryId[] {
  const { addedId, state } = action;
  const added = addedId === undefined || state === 'undone' ? [] : [addedId];
  return [...refsOf(action).map(({ id }) => id), ...added];
}

export const noDreamCounts: DreamCounts = {
  ...{ added: 0, updated: 0, superseded: 0, archived: 0, linked: 0 },
  ...{ tokensArchived: 0, tokensAdded: 0 },
};

export function countActions(counts: DreamCounts, actions: readonly DreamAction[]): DreamCounts {
  const sum = (each: (action: DreamAction) => number): number =>
    actions.reduce((total, action) => total + each(action), 0);
  return {
    added: counts.added + sum(({ add }) => (add ? 1 : 0)),
    updated: counts.updated + sum(({ update = [] }) => update.length),
    superseded: counts.superseded + sum(({ supersede = [] }) => supersede.length),
    archived: counts.archived + sum(({ archive = [] }) => archive.length),
    linked: counts.linked + sum(({ link = [] }) => link.length),
    tokensArchived: counts.tokensArchived + sum(({ tokens }) => tokens.archived),
    tokensAdded: counts.tokensAdded + sum(({ tokens }) => tokens.added),
  };
}
