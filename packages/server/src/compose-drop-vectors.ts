/** Empties a system for vectors that the store has left, or is about to leave. */
import type { DropRequest, VectorsDropped } from './cli/actions.ts';
import { requireStore } from './compose-compact.ts';
import { openStore } from './compose-store.ts';
import { describeVectors, emptyVectors, vectorSettings } from './compose-vectors.ts';
import type { Settings } from './config/settings.ts';
import { MemoryError } from './domain/errors.ts';
import { vectorStoreKey } from './engine/vectors/feed-document.ts';
import { forgetSystem, listPlaces, placesOf } from './engine/vectors/left-systems.ts';
import { requireOwnTurn, turnsKey } from './engine/vectors/store-turn.ts';
import { hasLivingServer } from './peers/living-servers.ts';
import type { ControlPort } from './ports/control.ts';

/**
 * The one that the settings name. Throws setting_invalid where none is named, where a server runs
 * over shared records, and where it has the vectors of another store or was used last by a copy of
 * this one; folder_locked where a server has the folder; and store_unavailable where the system
 * does not answer: then it may have been emptied in part, and the store remembers all of it.
 */
export async function dropVectors(
  settings: Settings,
  request: DropRequest,
): Promise<VectorsDropped> {
  const { disown } = request;
  if (disown === undefined) requireNamed(settings);
  if (settings.records === 'sqlite' || settings.records === 'ephemeral') requireStore(settings);
  const { control, records } = await openStore(settings);
  try {
    const system = disown ?? describeVectors(vectorSettings(settings));
    if (disown !== undefined) await requireKnown(control, disown);
    if (!request.isConfirmed) {
      const places = (await placesOf(control, { system, identity: undefined })).length;
      return { system, outcome: 'planned', places };
    }
    if (disown === undefined) return await empty(settings, control, request);
    const places = await forgetSystem(control, { system, identity: undefined });
    return { system, outcome: 'disowned', places };
  } finally {
    await records.close();
  }
}

async function empty(
  settings: Settings,
  control: ControlPort,
  { takesOver }: DropRequest,
): Promise<VectorsDropped> {
  await requireAlone(control);
  const named = vectorSettings(settings);
  const system = describeVectors(named);
  const store = await control.get(vectorStoreKey);
  const identity = await emptyVectors(named, store?.value, async (madeAs, turn) => {
    if (!takesOver) await requireOwnTurn(control, system, { identity: madeAs, turn });
  });
  if (identity !== undefined) await control.delete(turnsKey(identity));
  const places = await forgetSystem(control, { system, identity });
  return { system, outcome: identity === undefined ? 'was_empty' : 'emptied', places };
}

function requireNamed({ vectors }: Settings): void {
  if (vectors !== 'builtin') return;
  throw invalid(
    'name the system that is to be emptied (pgvector, qdrant, weaviate or pinecone), and its ' +
      'address in the settings of it',
  );
}

/** A folder is locked by its server; over shared records one would fill the system again. */
async function requireAlone(control: ControlPort): Promise<void> {
  if (!(await hasLivingServer(control))) return;
  throw invalid('a server of this store is running, and would fill the system again. Stop it');
}

async function requireKnown(control: ControlPort, system: string): Promise<void> {
  const known = [...new Set((await listPlaces(control)).map(({ state }) => state.system))];
  if (known.includes(system)) return;
  const named = known.length === 0 ? 'none' : known.map((each) => `"${each}"`).join(', ');
  throw invalid(`no vectors are known to be in "${system}". Systems that have some: ${named}`);
}

function invalid(reason: string): MemoryError {
  const message = `REVERIE_VECTORS: ${reason}.`;
  return new MemoryError('setting_invalid', message, { details: { setting: 'REVERIE_VECTORS' } });
}
