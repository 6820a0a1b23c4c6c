/** What the standing profile adds to what a question finds of the user. */
import type { Memory, MemoryId } from '../../domain/memory.ts';
import { standingProfile } from '../profile/profile.ts';
import type { ProfileLine } from '../profile/profile-line.ts';
import { isTold } from '../profile/read-traces.ts';
import type { StandingProfile } from '../profile/standing-profiles.ts';
import { passesFilter } from '../recall/filter.ts';
import { memoryOf } from '../rows.ts';
import { type ContextItem, itemOf } from './item.ts';
import type { ThreadSource } from './threads.ts';

/** Open threads have a section of their own. */
const told = ['identity', 'preferences', 'people', 'projects', 'plans', 'notes'] as const;
const itemsMax = 16;

/**
 * The first line of each section, then the second of each, without what is flagged and what is
 * counted from several memories. `shown` are memories that are in the context anyway.
 */
export async function profileItems(
  source: ThreadSource,
  shown: ReadonlySet<MemoryId>,
): Promise<ContextItem[]> {
  const { deps, scope, records, info, filter, now } = source;
  // It tells what is, and not what was then.
  if (filter.asOf !== undefined) return [];
  const lines = inTurn(await standingProfile(deps, scope, records, info));
  const ordinals = new Set<number>();
  for (const { ordinal, sources, isFlagged } of lines) {
    const isShown = sources.some((id) => shown.has(id));
    if (ordinal !== null && !isFlagged && !isShown && ordinals.size < itemsMax) {
      ordinals.add(ordinal);
    }
  }
  const rows = await records.byOrdinal(
    info.no,
    [...ordinals].sort((a, b) => a - b),
  );
  const memories = new Map<number, Memory>();
  for (const row of rows) {
    const memory = memoryOf(info.name, row);
    if (isTold(row, now) && passesFilter(memory, filter)) memories.set(row.ordinal, memory);
  }
  return [...ordinals].flatMap((ordinal) => {
    const memory = memories.get(ordinal);
    return memory ? [{ ...itemOf('user', memory), isProfile: true }] : [];
  });
}

function inTurn({ sections }: StandingProfile): ProfileLine[] {
  const all = told.map((section) => sections.get(section) ?? []);
  const longest = Math.max(...all.map((lines) => lines.length));
  return Array.from({ length: longest }, (_, i) => all.flatMap((lines) => lines[i] ?? [])).flat();
}
