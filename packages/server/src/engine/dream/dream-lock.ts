/** Decisions on the dreams of a namespace are carried out one after another. */
import { MemoryError } from '../../domain/errors.ts';
import type { EngineDeps } from '../deps.ts';
import type { DreamPlace } from './dream-store.ts';

/** Tries against writers of the same memories. */
const attemptsMax = 8;

export function lockDreams<T>(
  { keyLocks }: Pick<EngineDeps, 'keyLocks'>,
  { tenant, namespaceNo }: Pick<DreamPlace, 'tenant' | 'namespaceNo'>,
  work: () => Promise<T>,
): Promise<T> {
  return keyLocks.run(JSON.stringify(['dream', tenant, namespaceNo]), work);
}

/** `once` reads and commits; undefined: somebody came between. Throws version_conflict. */
export function commitLocked<T extends object>(
  deps: Pick<EngineDeps, 'keyLocks'>,
  place: Pick<DreamPlace, 'tenant' | 'namespaceNo'>,
  once: () => Promise<T | undefined>,
): Promise<T> {
  return lockDreams(deps, place, async () => {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const outcome = await once();
      if (outcome) return outcome;
    }
    throw new MemoryError('version_conflict', 'Others keep writing what the dream changes.');
  });
}
