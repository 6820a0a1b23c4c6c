/** Empties a system for vectors that the store has left, or is about to leave. */
import type { VectorsDropped } from './cli/actions.ts';
import { requireStore } from './compose-compact.ts';
import { openStore } from './compose-store.ts';
import { describeVectors, emptyVectors, vectorSettings } from './compose-vectors.ts';
import type { Settings } from './config/settings.ts';
import { MemoryError } from './domain/errors.ts';
import { vectorStoreKey } from './engine/vectors/feed-document.ts';
import { forgetSystem } from './engine/vectors/left-systems.ts';
import { turnsKey } from './engine/vectors/store-turn.ts';

/**
 * The one that the settings name. No server may use it: over records in a folder none can, and over
 * others one would fill it again. Throws setting_invalid where none is named or where it has
 * the vectors of another store, and store_unavailable where it does not answer: then it may have
 * been emptied in part, and the store remembers all of it.
 */
export async function dropVectors(settings: Settings): Promise<VectorsDropped> {
  const named = vectorSettings(settings);
  if (named.vectors === 'builtin') {
    const message =
      'REVERIE_VECTORS: name the system that is to be emptied (pgvector, qdrant, weaviate or ' +
      'pinecone), and its address in the settings of it.';
    throw new MemoryError('setting_invalid', message, { details: { setting: 'REVERIE_VECTORS' } });
  }
  if (settings.records === 'sqlite' || settings.records === 'ephemeral') requireStore(settings);
  const { control, records } = await openStore(settings);
  try {
    const store = await control.get(vectorStoreKey);
    const identity = await emptyVectors(named, store?.value);
    if (identity !== undefined) await control.delete(turnsKey(identity));
    const system = describeVectors(named);
    const places = await forgetSystem(control, { system, identity });
    return { system, wasEmpty: identity === undefined, places };
  } finally {
    await records.close();
  }
}
