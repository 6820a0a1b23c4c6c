/** Turns that belong together: neighbours that were found, and where open threads stand. */
import { limits } from '../../domain/limits.ts';
import type { KeyHash, Memory } from '../../domain/memory.ts';
import type { NamespaceInfo, TenantRecords } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { passesFilter, type RecallFilter } from '../recall/filter.ts';
import { matchingRows } from '../recall/matching.ts';
import type { RecallResult } from '../recall/show.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import { type ContextItem, itemOf } from './item.ts';

export interface ThreadSource {
  readonly deps: EngineDeps;
  readonly scope: Scope;
  readonly records: TenantRecords;
  readonly info: NamespaceInfo;
  /** A turn that it leaves out leaves no trace. */
  readonly filter: RecallFilter;
  readonly now: number;
  /** When the question is asked; what is open is so then. */
  readonly asked: number;
}

/**
 * Results as items, the best first. Turns of one thread that follow each other, or have only one
 * turn between them, are one group; that turn comes last, as the least wanted.
 */
export async function threadExcerpts(
  source: ThreadSource,
  results: readonly RecallResult[],
): Promise<ContextItem[]> {
  const groups = new Map<string, string>();
  const bridges: ContextItem[] = [];
  for (const turns of byThread(results)) {
    for (const [i, later] of turns.entries()) {
      const earlier = turns[i - 1];
      if (earlier === undefined) continue;
      const between = await turnsBetween(source, earlier, later);
      if (between === undefined) continue;
      const group = groups.get(earlier.id) ?? earlier.id;
      groups.set(later.id, group);
      for (const turn of between) {
        const bridge = itemOf('memories', turn, { group });
        bridges.push({ ...bridge, between: [earlier.ordinal, later.ordinal] });
      }
    }
  }
  const items = results.map(({ memory, score, passage, matched }) => {
    const group = groups.get(memory.id) ?? memory.id;
    return itemOf('memories', memory, { score, passage, matched, group });
  });
  return [...items, ...bridges];
}

/** The turns of each thread with at least two of them, in their order. */
function byThread(results: readonly RecallResult[]): Memory[][] {
  const threads = new Map<KeyHash, Memory[]>();
  for (const { memory } of results) {
    if (memory.keyHash === null || memory.kind !== 'episode') continue;
    const turns = threads.get(memory.keyHash) ?? [];
    turns.push(memory);
    threads.set(memory.keyHash, turns);
  }
  return [...threads.values()]
    .filter((turns) => turns.length > 1)
    .map((turns) => turns.sort((a, b) => a.ordinal - b.ordinal));
}

/** None or one; undefined when the two are further apart, or what is between is not to be seen. */
async function turnsBetween(
  source: ThreadSource,
  earlier: Memory,
  later: Memory,
): Promise<Memory[] | undefined> {
  const { ordinal: after } = earlier;
  const next = await page(source, { of: earlier, after, order: 'asc', limit: 2 });
  if (next[0]?.ordinal === later.ordinal) return [];
  const [between] = next;
  if (!between || next[1]?.ordinal !== later.ordinal) return undefined;
  return isSeen(source, between) ? [between] : undefined;
}

/**
 * The last turns of the threads that were spoken in most recently, newest first. A thread whose
 * last turn was long ago is a conversation that has ended.
 */
export async function lastTurns(source: ThreadSource): Promise<ContextItem[]> {
  const newest = await page(source, { order: 'desc', limit: recentTurns });
  const open = new Map<KeyHash, Memory>();
  for (const turn of newest) {
    const isOpen = Math.abs(source.asked - turn.occurredAt) <= limits.contextThreadOpenMs;
    if (turn.keyHash === null || !isOpen || !isSeen(source, turn)) continue;
    if (open.size < limits.contextThreadsMax) open.set(turn.keyHash, turn);
  }
  const items: ContextItem[] = [];
  for (const [keyHash, of] of open) {
    const limit = limits.contextThreadTurnsMax;
    const turns = await page(source, { of, order: 'desc', limit });
    for (const turn of turns) {
      if (isSeen(source, turn)) items.push(itemOf('threads', turn, { group: keyHash }));
    }
  }
  return items;
}

/** Threads that were spoken in are looked for among so many turns. */
const recentTurns = 32;

async function page(
  source: ThreadSource,
  { of, ...query }: { of?: Memory; after?: number; order: 'asc' | 'desc'; limit: number },
): Promise<Memory[]> {
  const { deps, scope, records, info, filter, now } = source;
  if (filter.asOf === undefined) {
    const thread = of && of.keyHash !== null ? { keyHash: of.keyHash } : {};
    const rows = await records.page(info.no, { ...query, ...thread, kind: 'episode' }, now);
    return rows.map((row) => memoryOf(info.name, row));
  }
  // Pages show what is; what was then, only the index and the former versions tell.
  const key = of?.body.key;
  const then = { asOf: filter.asOf, kind: 'episode' as const, ...(key !== undefined && { key }) };
  const rows = await matchingRows(deps, scope, info, then, query);
  return rows.map((row) => memoryOf(info.name, row));
}

/** Pages know nothing of filters. */
function isSeen({ filter }: ThreadSource, memory: Memory): boolean {
  return passesFilter(memory, filter);
}
