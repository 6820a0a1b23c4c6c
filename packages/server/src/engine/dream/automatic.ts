/** Which actions of a plan need no decision of a reader. */
import type { MemoryId } from '../../domain/memory.ts';
import { type OpenDream, rowsById } from './open-dream.ts';
import type { AutoApply, DreamAction } from './stored-dream.ts';

/** The ids of those that the policy allows. */
export async function automaticActions(
  opened: OpenDream,
  actions: readonly DreamAction[],
  { confidence, strategies, additionsOnly }: AutoApply,
): Promise<ReadonlySet<string>> {
  const sure = actions.filter(
    (action) => action.confidence >= confidence && (strategies?.includes(action.strategy) ?? true),
  );
  if (!additionsOnly) return new Set(sure.map(({ id }) => id));
  const rows = await rowsById(opened, sure.flatMap(changedIds));
  // A dream that says it anew puts its own former words away.
  const isMade = (id: MemoryId) => rows.get(id)?.kind === 'derived';
  return new Set(sure.filter((action) => changedIds(action).every(isMade)).map(({ id }) => id));
}

function changedIds({ update = [], supersede = [], archive = [] }: DreamAction) {
  const changed = [...update, ...supersede].map(({ memory }) => memory.id);
  return [...changed, ...archive.map(({ id }) => id)];
}
