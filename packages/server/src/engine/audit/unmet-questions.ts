/**
 * Questions that a search had no answer to. In memory, bounded and lossy: after a restart nothing
 * is known, and a forget clears what was asked of its namespace.
 */
import type { NamespaceName, TenantId } from '../../domain/memory.ts';

export interface UnmetQuestion {
  readonly text: string;
  readonly count: number;
}

/** A best result below this score has little to do with the question. */
const scoreMin = 0.25;
/** Questions of one namespace, and namespaces. */
const questionsMax = 32;
const spacesMax = 2_000;
const charsMax = 300;

export class UnmetQuestions {
  /** The one that was longest not asked first; in each the oldest question first. */
  readonly #spaces = new Map<string, Map<string, number>>();

  /** After a search that nothing narrowed. */
  note(tenant: TenantId, namespace: NamespaceName, query: string, bestScore: number): void {
    if (bestScore >= scoreMin) return;
    const text = query.replace(/\s+/gu, ' ').trim().slice(0, charsMax);
    const name = nameOf(tenant, namespace);
    const space = this.#spaces.get(name) ?? new Map<string, number>();
    this.#spaces.delete(name);
    this.#spaces.set(name, space);
    const count = space.get(text) ?? 0;
    space.delete(text);
    space.set(text, count + 1);
    dropFirst(space, questionsMax);
    dropFirst(this.#spaces, spacesMax);
  }

  /** The most asked first. */
  read(tenant: TenantId, namespace: NamespaceName): UnmetQuestion[] {
    const space = this.#spaces.get(nameOf(tenant, namespace)) ?? [];
    return Array.from(space, ([text, count]) => ({ text, count })).sort(
      (a, b) => b.count - a.count || (a.text < b.text ? -1 : 1),
    );
  }

  clear(tenant: TenantId, namespace: NamespaceName): void {
    this.#spaces.delete(nameOf(tenant, namespace));
  }
}

function dropFirst(map: Map<string, unknown>, sizeMax: number): void {
  const [first] = map.keys();
  if (map.size > sizeMax && first !== undefined) map.delete(first);
}

const nameOf = (tenant: TenantId, namespace: NamespaceName): string => `${tenant}\n${namespace}`;
