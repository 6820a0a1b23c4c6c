/** What a dream wanted to say of a memory that is forgotten is said no more. */
import type { MemoryId, TenantId } from '../../domain/memory.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { RecordsPort } from '../../ports/records.ts';
import { type DreamPlace, DreamStore } from '../dream/dream-store.ts';
import { rowsById } from '../dream/open-dream.ts';
import { type DreamAction, refsOf, type StoredDream, withoutWords } from '../dream/stored-dream.ts';

export interface SilenceDeps {
  readonly records: RecordsPort;
  readonly control: ControlPort;
}

/**
 * Actions that wait and rest on a memory that is not there any more lose their words, and so do the
 * notes beside them. Twice is as good as once.
 */
export async function silenceForgotten(
  deps: SilenceDeps,
  tenant: TenantId,
  namespaceNo: number,
): Promise<void> {
  const store = new DreamStore(deps.control);
  for (const { id, dream } of await store.list(tenant, namespaceNo)) {
    if (hasWords(dream)) await silenceDream(deps, store, { tenant, namespaceNo, id });
  }
}

export async function silenceDream(
  { records }: SilenceDeps,
  store: DreamStore,
  place: DreamPlace,
): Promise<void> {
  const waiting = (await store.actions(place)).flatMap(({ actions }) => actions.filter(isPending));
  const ids = waiting.flatMap(refsOf).map(({ id }) => id);
  const opened = { place, records: records.open(place.tenant), info: { no: place.namespaceNo } };
  const there = await rowsById(opened, ids);
  const isGone = ({ id }: { readonly id: MemoryId }): boolean => !there.has(id);
  if (!ids.some((id) => isGone({ id }))) return;
  await store.changeActions(place, (action) =>
    isPending(action) && refsOf(action).some(isGone)
      ? { ...withoutWords(action), state: 'dropped', why: 'A memory was forgotten since.' }
      : action,
  );
  await store.change(place, (dream) => ({ ...dream, notes: [] }));
}

const isPending = ({ state }: DreamAction): boolean => state === 'pending';

function hasWords({ state }: StoredDream): boolean {
  return state === 'running' || state === 'planned' || state === 'applied';
}
