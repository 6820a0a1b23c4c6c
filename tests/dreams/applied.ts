/** What a namespace is after actions were applied, as the next dream reads it. */
import type { PlannedAction } from '../../packages/server/src/domain/dream.ts';
import type { MemoryId } from '../../packages/server/src/domain/memory.ts';
import type {
  DreamMemory,
  DreamSnapshot,
} from '../../packages/server/src/engine/dream/strategy.ts';
import { contentTerms } from '../../packages/server/src/text/content-terms.ts';
import { idOf } from './snapshot-of.ts';

export function applied(snapshot: DreamSnapshot, actions: readonly PlannedAction[]): DreamSnapshot {
  const all = new Map([...snapshot.memories, ...snapshot.derived].map((one) => [one.id, one]));
  const patch = (id: MemoryId, columns: Partial<DreamMemory>): void => {
    const before = all.get(id);
    if (before) all.set(id, { ...before, ...columns, version: before.version + 1 });
  };
  for (const [place, action] of actions.entries()) {
    for (const { memory, columns } of action.update ?? []) patch(memory.id, columns);
    for (const { memory } of action.supersede ?? []) all.delete(memory.id);
    for (const { id } of action.archive ?? []) all.delete(id);
    for (const { from, type, to } of action.link ?? []) {
      patch(from.id, { links: [...(all.get(from.id)?.links ?? []), { type, id: to.id }] });
    }
    const made = madeBy(action, 100_000 + place, snapshot.now);
    if (!made) continue;
    const former = [...all.values()].find(({ kind, metadata }) => {
      return kind === 'derived' && metadata.subject === action.add?.subject;
    });
    if (former) all.delete(former.id);
    all.set(made.id, made);
  }
  const ordered = [...all.values()].sort(
    (a, b) => a.occurredAt - b.occurredAt || a.ordinal - b.ordinal,
  );
  return {
    ...snapshot,
    memories: ordered.filter(({ kind }) => kind !== 'derived'),
    derived: ordered.filter(({ kind }) => kind === 'derived'),
  };
}

function madeBy(
  { add, sources }: PlannedAction,
  ordinal: number,
  now: number,
): DreamMemory | undefined {
  if (!add) return undefined;
  const { value, type, subject, tags = [], metadata = {}, occurredAt, importance = 0.5 } = add;
  return {
    ...{ id: idOf(ordinal), version: 1, ordinal, kind: 'derived', type, text: value, tags },
    ...{ metadata: { ...metadata, subject }, entities: [], links: [], isEcho: false },
    derivedFrom: sources.map(({ id }) => id),
    ...{ occurredAt, createdAt: now, importance, confidence: 1, pinned: false },
    ...{ validFrom: add.validFrom ?? null, validTo: add.validTo ?? null },
    ...{ terms: contentTerms(value), vector: undefined, tokens: Math.ceil(value.length / 4) },
  };
}
