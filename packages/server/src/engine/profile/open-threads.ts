/** Threads that were spoken in lately, by the last turn of each. Pure. */
import { limits } from '../../domain/limits.ts';
import type { Trace } from './trace.ts';

/** Threads that were spoken in are looked for among so many turns, as a context does. */
const recentTurns = 32;

export interface OpenThreads {
  /** The last turn of each, the newest first. */
  readonly turns: readonly Trace[];
  /** When one of them opens or closes, in milliseconds since 1970 UTC. */
  readonly changesAt: number;
}

/** A thread is open for a day after its last turn. `newest` are episodes, the newest first. */
export function openThreads(newest: readonly Trace[], now: number): OpenThreads {
  const last = new Map<string, Trace>();
  let changesAt = Number.POSITIVE_INFINITY;
  for (const turn of newest.slice(0, recentTurns)) {
    const { keyHash, occurredAt } = turn;
    if (keyHash === null) continue;
    const opensAt = occurredAt - limits.contextThreadOpenMs;
    const closesAt = occurredAt + limits.contextThreadOpenMs + 1;
    for (const at of [opensAt, closesAt]) if (at > now) changesAt = Math.min(changesAt, at);
    const isOpen = opensAt <= now && now < closesAt;
    if (isOpen && !last.has(keyHash)) last.set(keyHash, turn);
  }
  return { turns: [...last.values()], changesAt };
}
