/** A namespace as a store of keys and values: what each key points at. */
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { Memory, NamespaceName } from '../../domain/memory.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Scope } from '../../engine/scope.ts';
import { createTurns } from '../../util/turns.ts';
import { sizeOf } from './slug.ts';

export interface Entries {
  /** The current fact of a key, else the last turn of its thread; the newest key first. */
  readonly byKey: ReadonlyMap<string, Memory>;
  /** Memories without a key: they have no place among the entries. */
  readonly unkeyed: number;
}

/** Keys have no order of their own to page by, so all are read. Throws too_many_items. */
export async function readEntries(
  engine: Pick<Engine, 'list'>,
  scope: Scope,
  { namespace, tag }: { readonly namespace: NamespaceName; readonly tag?: string | undefined },
): Promise<Entries> {
  const byKey = new Map<string, Memory>();
  const read = { memories: 0, bytes: 0, unkeyed: 0 };
  const turns = createTurns(scope.tenant);
  let cursor: string | undefined;
  do {
    const page = await engine.list(scope, {
      namespace,
      order: 'desc',
      limit: limits.listLimitMax,
      ...(tag !== undefined && { tag }),
      ...(cursor !== undefined && { cursor }),
    });
    for (const memory of page.memories) {
      read.memories += 1;
      read.bytes += sizeOf(memory);
      const { key } = memory.body;
      if (key === undefined) read.unkeyed += 1;
      else if (!byKey.has(key) || memory.kind === 'fact') byKey.set(key, memory);
    }
    refuseTooMany(read);
    cursor = page.nextCursor;
    if (turns.due()) await turns.next();
  } while (cursor !== undefined);
  return { byKey, unkeyed: read.unkeyed };
}

function refuseTooMany({ memories, bytes }: { memories: number; bytes: number }): void {
  if (memories <= limits.entriesMemoriesMax && bytes <= limits.entriesBytesMax) return;
  const message =
    `Namespaces of more than ${limits.entriesMemoriesMax} memories are not listed by their keys; ` +
    'GET /v1/memory gives them page by page, and an export all of them.';
  throw new MemoryError('too_many_items', message);
}
