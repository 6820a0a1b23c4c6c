/** What a strategy gets and gives: a pure function from what was read to what might be changed. */
import type { z } from 'zod';
import type { DreamBudget, MemoryRef, PlannedAction, StrategyId } from '../../domain/dream.ts';
import type {
  EntityMention,
  JsonObject,
  KeyHash,
  Kind,
  MemoryId,
  MemoryLink,
} from '../../domain/memory.ts';
import type { UnmetQuestion } from '../audit/unmet-questions.ts';

/** A memory as strategies see it. Times are milliseconds since 1970 UTC. */
export interface DreamMemory extends MemoryRef {
  readonly id: MemoryId;
  readonly version: number;
  /** Rises with the order in which memories were stored. */
  readonly ordinal: number;
  readonly kind: Kind;
  readonly type?: string;
  readonly key?: string;
  /** What is indexed of it: a JSON value as compact JSON. */
  readonly text: string;
  readonly speaker?: string;
  readonly tags: readonly string[];
  readonly metadata: JsonObject;
  readonly entities: readonly EntityMention[];
  readonly links: readonly MemoryLink[];
  readonly derivedFrom: readonly MemoryId[];
  /** Of what an earlier dream made. */
  readonly made?: { readonly strategy: string; readonly subject: KeyHash };
  /** It repeats what had been recalled: no evidence of its own. */
  readonly isEcho: boolean;
  readonly occurredAt: number;
  readonly createdAt: number;
  readonly validFrom: number | null;
  readonly validTo: number | null;
  readonly confidence: number;
  readonly importance: number;
  readonly pinned: boolean;
  /** Stemmed words with their counts, stop words left out. */
  readonly terms: ReadonlyMap<string, number>;
  /** Unit length, the mean of its passages; undefined where it has none. */
  readonly vector: Float32Array | undefined;
  readonly tokens: number;
}

/**
 * Current user memories of one namespace: nothing for the `system` audience, nothing archived,
 * replaced, expired, about to expire, or quarantined.
 */
export interface DreamSnapshot {
  /** The newest change that it knows. */
  readonly seq: number;
  /** When it was read. */
  readonly now: number;
  /** Episodes and facts, by the time at which they happened. */
  readonly memories: readonly DreamMemory[];
  /** What earlier dreams made, in the same order. */
  readonly derived: readonly DreamMemory[];
  /** Of what these memories were made of or link to, the ids that are in the namespace no more. */
  readonly gone: ReadonlySet<MemoryId>;
  /** False when the namespace has more than the budget: then the newest and the oldest are here. */
  readonly isComplete: boolean;
}

export type Generated<Answer> =
  | { readonly ok: true; readonly value: Answer }
  /** No language model, nothing left to spend, or no usable answer: the offline form goes on. */
  | { readonly ok: false; readonly reason: string };

/** What a strategy may use beside the snapshot. */
export interface DreamTools {
  /** Unit vectors, or undefined where no embedder answers. */
  embed(texts: readonly string[]): Promise<readonly Float32Array[] | undefined>;
  countTokens(text: string): number;
  /** How much a word tells, in nats. */
  wordWeight(word: string): number;
  /** How often a memory was recalled, as far as it was counted. */
  recallsOf(memory: DreamMemory): number;
  /** Questions that a search had no answer to since the process began, the most asked first. */
  unmetQuestions(): readonly UnmetQuestion[];
  /** Absent without a language model. `prompt` names a file in prompts/, without version. */
  readonly generate?: <Answer>(
    prompt: string,
    values: Readonly<Record<string, string>>,
    schema: z.ZodType<Answer>,
  ) => Promise<Generated<Answer>>;
  /** To be awaited in long loops: other requests get their turn, and a dream can be ended. */
  breathe(): Promise<void>;
  /** Something that the reader of the diff should know: what was left out, and why. */
  note(text: string): void;
}

export interface Strategy {
  readonly id: StrategyId;
  plan(
    snapshot: DreamSnapshot,
    options: StrategyOptions,
    tools: DreamTools,
  ): Promise<PlannedAction[]>;
}

/** What a caller may set; a strategy takes what concerns it. */
export interface StrategyOptions {
  readonly budget: DreamBudget;
  /** `compress` leaves alone what happened after this; milliseconds since 1970 UTC. */
  readonly before?: number;
}
