/** What a key points at, now or at another time. */
import type { Memory, NamespaceName } from '../../domain/memory.ts';
import type { NamespaceInfo, RecordRow } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { withLiveLinks } from '../links/links.ts';
import { openRecords } from '../open-records.ts';
import { matchingOrdinals } from '../recall/matching.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import { rowsAsOf, timeFilterOf } from '../time-filter.ts';
import type { KeyTimes } from './list.ts';

export interface KeyAnswer {
  /** The current fact, else the last turn of the thread. */
  readonly memory: Memory | null;
  /** Turns in the thread of that key. */
  readonly turns: number;
}

/** With times: the fact that was current and held then, else the last turn of then. */
export async function getByKey(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  key: string,
  times: KeyTimes = {},
): Promise<KeyAnswer> {
  const info = await openRecords(deps, scope).namespace(namespace);
  if (!info) return { memory: null, turns: 0 };
  const isTimed = times.asOf !== undefined || times.validAt !== undefined;
  const { row, turns } = isTimed
    ? await stateThen(deps, scope, info, key, times)
    : await stateNow(deps, scope, info, key);
  const [memory = null] = await withLiveLinks(deps, scope, row ? [memoryOf(namespace, row)] : []);
  return { memory, turns };
}

interface KeyRow {
  readonly row: RecordRow | null;
  readonly turns: number;
}

async function stateNow(
  deps: EngineDeps,
  scope: Scope,
  { no, name }: NamespaceInfo,
  key: string,
): Promise<KeyRow> {
  const keyHash = deps.hashKey(scope.tenant, name, key);
  const state = await openRecords(deps, scope).byKey(no, keyHash, deps.clock.now());
  return { row: state.fact ?? state.lastTurn, turns: state.turns };
}

/** Turns of a long thread are counted in pages, so that others have their turn in between. */
const countedAtOnce = 500;

async function stateThen(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  key: string,
  times: KeyTimes,
): Promise<KeyRow> {
  const filter = { ...timeFilterOf(times), key };
  const newest = (kind: 'fact' | 'episode', limit: number, after?: number) =>
    matchingOrdinals(
      deps,
      scope,
      info,
      { ...filter, kind },
      { order: 'desc', limit, ...(after !== undefined && { after }) },
    );
  const [fact] = await newest('fact', 1);
  let turns = 0;
  let lastTurn: number | undefined;
  let page: number[];
  let after: number | undefined;
  do {
    page = await newest('episode', countedAtOnce, after);
    lastTurn ??= page[0];
    turns += page.length;
    after = page.at(-1);
  } while (page.length === countedAtOnce);
  const ordinal = fact ?? lastTurn;
  const records = openRecords(deps, scope);
  const rows = ordinal === undefined ? [] : await records.byOrdinal(info.no, [ordinal]);
  const [row = null] = await rowsAsOf(records, info.no, rows, times.asOf);
  return { row, turns };
}
