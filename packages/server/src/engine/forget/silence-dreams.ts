/** What a dream said of a memory that is forgotten is said no more. */
import type { MemoryId, TenantId } from '../../domain/memory.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { RecordsPort } from '../../ports/records.ts';
import { type DreamPlace, DreamStore } from '../dream/dream-store.ts';
import { rowsById } from '../dream/open-dream.ts';
import { type DreamAction, namedBy, withoutWords } from '../dream/stored-dream.ts';

export interface SilenceDeps {
  readonly records: RecordsPort;
  readonly control: ControlPort;
}

/**
 * Actions that rest on a memory that is not there any more lose their words; those that wait are
 * dropped. Notes go all: nobody knows whose words are in them. `erased`: what has gone now; absent
 * after a crash, where nobody knows. Twice is as good as once.
 */
export async function silenceForgotten(
  deps: SilenceDeps,
  tenant: TenantId,
  namespaceNo: number,
  erased?: readonly MemoryId[],
): Promise<void> {
  await silenceNaming(deps, tenant, namespaceNo, erased);
  const store = new DreamStore(deps.control);
  for (const id of await store.withNotes(tenant, namespaceNo)) {
    await silenceNotes(store, { tenant, namespaceNo, id });
  }
}

/** Of what an undo removes, too: what was to be made of it has other sources, which go unseen. */
export async function silenceNaming(
  deps: SilenceDeps,
  tenant: TenantId,
  namespaceNo: number,
  erased?: readonly MemoryId[],
): Promise<void> {
  const store = new DreamStore(deps.control);
  for (const id of await store.naming(tenant, namespaceNo, erased)) {
    await silenceActions(deps, store, { tenant, namespaceNo, id });
  }
}

export async function silenceActions(
  { records }: SilenceDeps,
  store: DreamStore,
  place: DreamPlace,
): Promise<void> {
  const said = (await store.actions(place)).flatMap(({ actions }) => actions.filter(hasWords));
  const opened = { place, records: records.open(place.tenant), info: { no: place.namespaceNo } };
  const there = await rowsById(opened, said.flatMap(namedBy));
  await store.changeActions(place, (action) => {
    if (!hasWords(action) || namedBy(action).every((id) => there.has(id))) return action;
    const silent = withoutWords(action);
    if (action.state !== 'pending') return silent;
    return { ...silent, state: 'dropped', why: 'A memory was forgotten since.' };
  });
}

async function silenceNotes(store: DreamStore, place: DreamPlace): Promise<void> {
  // One that has been removed meanwhile says nothing at all.
  if (!(await store.read(place))) return;
  await store.change(place, (dream) => ({ ...dream, notes: [] }));
}

function hasWords({ reason, add }: DreamAction): boolean {
  return reason !== '' || (add !== undefined && add.value !== '');
}
