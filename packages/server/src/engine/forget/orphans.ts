/** What a dream made of memories that are gone. */
import { decodeBody } from '../../domain/body-codec.ts';
import type { MemoryId } from '../../domain/memory.ts';
import type { RecordRow } from '../../ports/records.ts';
import { createTurns } from '../../util/turns.ts';
import { rowsById } from '../dream/open-dream.ts';
import { type Named, type Space, walk } from './selection.ts';

/**
 * All that it was made of was there when it was written, so that what is missing was erased since,
 * by a forget that was cut short before it came to this. Of one from a file nobody can say so.
 */
export async function orphansOf(space: Space): Promise<Named[]> {
  const { tenant, records, namespaceNo } = space;
  const turns = createTurns(tenant);
  const orphans: Named[] = [];
  for await (const rows of walk(space, { kind: 'derived' })) {
    const made = rows.filter(({ audience }) => audience !== 'system').map(madeFrom);
    const ids = made.flatMap(({ sources }) => sources);
    const opened = { place: { tenant }, records, info: { no: namespaceNo } };
    const there = await rowsById(opened, ids);
    orphans.push(...made.filter(({ sources }) => sources.some((id) => !there.has(id))));
    if (turns.due()) await turns.next();
  }
  return orphans;
}

function madeFrom({ ordinal, id, body }: RecordRow): Named & { readonly sources: MemoryId[] } {
  const { made, derivedFrom } = decodeBody(body);
  return { ordinal, id, sources: made ? [...derivedFrom] : [] };
}
