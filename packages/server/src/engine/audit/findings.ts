/** What an audit has found so far: counts of everything, ids of a few. Never any text. */
import type { MemoryId } from '../../domain/memory.ts';

export const auditClasses = [
  'duplicates',
  'near_duplicates',
  'stale',
  'superseded',
  'never_recalled',
  'echoes',
  'secrets',
] as const;
export type AuditClass = (typeof auditClasses)[number];

export interface AuditExample {
  readonly id: MemoryId;
  /** The memory that says the same, where the class is about two. */
  readonly of?: MemoryId;
  /** Why it is in the class, where there are several reasons. */
  readonly reason?: string;
}

export interface AuditFinding {
  /** Memories in the class, each once. */
  readonly count: number;
  /** How many for which reason, where the class has several. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly examples: readonly AuditExample[];
}

export class Findings {
  readonly #examplesMax: number;
  readonly #found = new Map<AuditClass, { count: number; examples: AuditExample[] }>();
  readonly #reasons = new Map<AuditClass, Map<string, number>>();

  /** `examplesMax` per class. */
  constructor(examplesMax: number) {
    this.#examplesMax = examplesMax;
  }

  /** Counts a memory in a class, for one reason or for several. */
  add(name: AuditClass, example: AuditExample, reasons: readonly string[] = []): void {
    const found = this.#found.get(name) ?? { count: 0, examples: [] };
    this.#found.set(name, found);
    found.count += 1;
    const [reason] = reasons;
    if (found.examples.length < this.#examplesMax) {
      found.examples.push(reason === undefined ? example : { ...example, reason });
    }
    const counts = this.#reasons.get(name) ?? new Map<string, number>();
    this.#reasons.set(name, counts);
    for (const each of reasons) counts.set(each, (counts.get(each) ?? 0) + 1);
  }

  all(): Record<AuditClass, AuditFinding> {
    return {
      duplicates: this.#of('duplicates'),
      near_duplicates: this.#of('near_duplicates'),
      stale: this.#of('stale'),
      superseded: this.#of('superseded'),
      never_recalled: this.#of('never_recalled'),
      echoes: this.#of('echoes'),
      secrets: this.#of('secrets'),
    };
  }

  #of(name: AuditClass): AuditFinding {
    const { count, examples } = this.#found.get(name) ?? { count: 0, examples: [] };
    return { count, reasons: Object.fromEntries(this.#reasons.get(name) ?? []), examples };
  }
}
