/** Ids of imported memories: made anew, and the same again for the same source. */
import { createHash } from 'node:crypto';
import { makeMemoryId } from '../../domain/ids.ts';
import type { MemoryId, NamespaceName } from '../../domain/memory.ts';
import type { Scope } from '../scope.ts';

/** Of a line's place in the file it came in, or of an id that it had elsewhere. */
export interface Identity {
  readonly text: string;
  /** The id's time, in milliseconds since 1970 UTC; ids have no times before. */
  readonly timeMs: number;
}

/**
 * The only record of what an import has done: a line that was stored is recognised by the id that
 * it would get again, so that no crash can come between the two.
 */
export function importedId(scope: Scope, namespace: NamespaceName, identity: Identity): MemoryId {
  const { text, timeMs } = identity;
  const digest = createHash('sha256')
    .update(JSON.stringify([scope.tenant, namespace, text]))
    .digest();
  return makeMemoryId(Math.min(Math.max(0, Math.floor(timeMs)), 2 ** 48 - 1), digest);
}

/** Of a memory of another namespace; `importId` tells copies apart. */
export function memoryIdentity(id: MemoryId, importId: string): Identity {
  const timeMs = Number.parseInt(id.slice(4, 12) + id.slice(13, 17), 16);
  return { text: `memory:${importId}:${id}`, timeMs };
}
