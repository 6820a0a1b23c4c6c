/** Links between memories: they lead to what is in the same namespace, and to nothing else. */
import { MemoryError } from '../../domain/errors.ts';
import { linksField } from '../../domain/links.ts';
import type {
  Memory,
  MemoryBody,
  MemoryId,
  MemoryLink,
  NamespaceName,
} from '../../domain/memory.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import type { Scope } from '../scope.ts';

/**
 * Throws invalid_link, which names the first target that the namespace has not: the same for one
 * that is missing, forgotten, expired or of another namespace. `own` is the memory that links.
 */
export async function checkTargets(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  links: readonly MemoryLink[],
  own?: MemoryId,
): Promise<void> {
  if (links.length === 0) return;
  const present = await presentOf(deps, scope, namespace, links);
  for (const [i, { id }] of links.entries()) {
    if (present.has(id) && id !== own) continue;
    const message =
      id === own ? 'A memory cannot link to itself.' : `There is no ${id} in this namespace.`;
    throw new MemoryError('invalid_link', message, { details: { field: `links[${i}].id`, id } });
  }
}

/** The memories without links whose target is gone by now, or at `at`. */
export async function withLiveLinks<Shown extends Memory>(
  deps: EngineDeps,
  scope: Scope,
  memories: readonly Shown[],
  at = deps.clock.now(),
): Promise<Shown[]> {
  const shown = [...memories];
  // Most memories have none, and then nothing is read.
  const linked = memories.filter(({ body }) => body.links !== undefined);
  for (const namespace of new Set(linked.map((memory) => memory.namespace))) {
    const links = linked.flatMap((memory) =>
      memory.namespace === namespace ? (memory.body.links ?? []) : [],
    );
    const present = await presentOf(deps, scope, namespace, links, at);
    for (const [i, memory] of memories.entries()) {
      if (memory.namespace !== namespace || memory.body.links === undefined) continue;
      shown[i] = { ...memory, body: withLinksTo(memory.body, present) };
    }
  }
  return shown;
}

/** A body without them. */
export async function withLiveTargets(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  body: MemoryBody,
): Promise<MemoryBody> {
  if (body.links === undefined) return body;
  return withLinksTo(body, await presentOf(deps, scope, namespace, body.links));
}

function withLinksTo(body: MemoryBody, present: ReadonlySet<MemoryId>): MemoryBody {
  const { links, ...rest } = body;
  return { ...rest, ...linksField(links?.filter(({ id }) => present.has(id))) };
}

/** Targets that the namespace has and shows under their id. */
async function presentOf(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  links: readonly MemoryLink[],
  at = deps.clock.now(),
): Promise<ReadonlySet<MemoryId>> {
  const records = openRecords(deps, scope);
  const info = await records.namespace(namespace);
  if (!info) return new Set();
  const found = await records.byId([...new Set(links.map(({ id }) => id))], info.no);
  const alive = found.filter(({ row }) => row.expiresAt === null || row.expiresAt > at);
  return new Set(alive.map(({ row }) => row.id));
}
