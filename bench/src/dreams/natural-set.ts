/** Sentences as people say them, with what a strategy should make of each. */
import type { PlannedAction, StrategyId } from '../../../packages/server/dist/domain/dream.js';
import type { Planted } from './planted-case.ts';

/** Written for one strategy, by somebody who had not read its rules. */
export interface NaturalSet {
  readonly strategy: StrategyId;
  /** How many days before the dream the memories of a case are told, unless a line says it. */
  readonly days: readonly number[];
  readonly cases: readonly NaturalCase[];
}

/** A namespace of its own, put among other talk. */
export interface NaturalCase {
  readonly isPositive: boolean;
  /** What should be found, or how it is told; each set says in its docstring. */
  readonly label: string;
  readonly lines: readonly NaturalLine[];
}

export interface NaturalLine {
  readonly text: string;
  readonly kind: 'episode' | 'fact';
  readonly speaker: string;
  /** Days before the dream. */
  readonly daysAgo?: number;
}

export interface NaturalScore {
  /** Cases: positives and near misses. */
  readonly cases: number;
  readonly positives: number;
  /** Positives that are found. */
  readonly recalled: number;
  /** Actions that rest on a case, and those of them that are right. */
  readonly found: number;
  readonly right: number;
  readonly missed: readonly string[];
  readonly wrong: readonly string[];
}

export interface Judged {
  readonly one: NaturalCase;
  readonly memories: readonly Planted[];
  /** Those that rest on the memories of the case. */
  readonly actions: readonly PlannedAction[];
}

/**
 * Cases from lines: "+LABEL text" begins one that should be found, "-LABEL text" a near miss; the
 * lines behind it are further memories. A memory may begin with "@DAYS" (before the dream),
 * "[SPEAKER]" and "fact".
 */
export function naturalCases(text: string): NaturalCase[] {
  const cases: { isPositive: boolean; label: string; lines: NaturalLine[] }[] = [];
  for (const line of text.trim().split('\n')) {
    const [, sign = '', label = '', rest = line] = /^([+-])(\S*) (.*)$/.exec(line) ?? [];
    if (sign) cases.push({ isPositive: sign === '+', label, lines: [] });
    cases.at(-1)?.lines.push(readLine(rest));
  }
  return cases;
}

function readLine(line: string): NaturalLine {
  const [, daysAgo, speaker = 'Ann', fact, text = line] =
    /^(?:@(\d+) )?(?:\[(\w+)\] )?(fact )?(.*)$/.exec(line) ?? [];
  return {
    ...{ text, kind: fact ? 'fact' : 'episode', speaker },
    ...(daysAgo === undefined ? {} : { daysAgo: Number(daysAgo) }),
  };
}
