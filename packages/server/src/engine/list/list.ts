/** The verb list, and reading one memory: by id, by key, page by page. */
import { MemoryError } from '../../domain/errors.ts';
import type { Kind, Memory, MemoryId, NamespaceName } from '../../domain/memory.ts';
import type { NamespaceInfo } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { findCurrent } from '../find-current.ts';
import { matchingOrdinals } from '../recall/matching.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import { rowsAsOf, type TimeFilter, timeFilterOf } from '../time-filter.ts';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';

export interface ListRequest extends TimeFilter {
  readonly namespace: NamespaceName;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly cursor?: string;
  readonly key?: string;
  readonly kind?: Kind;
  readonly tag?: string;
}

export interface ListPage {
  readonly memories: readonly Memory[];
  /** Present when more may follow. */
  readonly nextCursor?: string;
}

/** Pages neither skip nor repeat while others write: they go by row number. */
export async function list(
  deps: EngineDeps,
  scope: Scope,
  request: ListRequest,
): Promise<ListPage> {
  const cursor = request.cursor === undefined ? undefined : decodeCursor(request.cursor);
  const records = deps.records.open(scope.tenant);
  const info = await records.namespace(request.namespace);
  if (!info) return { memories: [] };
  const after = cursor && checkCursor(cursor, request, info);
  // One row more than asked tells whether a next page exists.
  const page = { order: request.order, limit: request.limit + 1, ...(after && { after }) };
  const times = timeFilterOf(request);
  const isPlain = request.tag === undefined && Object.keys(times).length === 0;
  // Tags are content, and times have no order among rows: the index answers for them.
  const { tag, key, kind } = request;
  const filter = {
    ...times,
    ...(tag !== undefined && { tagsAll: [tag] }),
    ...(key !== undefined && { key }),
    ...(kind && { kind }),
  };
  const found = isPlain
    ? await records.page(
        info.no,
        {
          ...page,
          ...(request.kind && { kind: request.kind }),
          ...(request.key !== undefined && {
            keyHash: deps.hashKey(scope.tenant, info.name, request.key),
          }),
        },
        deps.clock.now(),
      )
    : await records.byOrdinal(info.no, await matchingOrdinals(deps, scope, info, filter, page));
  const shown = found.slice(0, request.limit);
  const rows = await rowsAsOf(records, info.no, shown, request.asOf);
  const memories = rows.map((row) => memoryOf(info.name, row));
  const last = found[request.limit - 1];
  if (!last || found.length <= request.limit) return { memories };
  const next: Cursor = { after: last.ordinal, order: request.order, epoch: info.epoch };
  return { memories, nextCursor: encodeCursor(next) };
}

function checkCursor(cursor: Cursor, request: ListRequest, info: NamespaceInfo): number {
  if (cursor.epoch !== info.epoch || cursor.order !== request.order) {
    throw new MemoryError('invalid_cursor', 'The cursor belongs to another list; start again.');
  }
  return cursor.after;
}

export interface GetOptions {
  readonly namespace?: NamespaceName;
  /** The version that was current then; milliseconds since 1970 UTC. */
  readonly asOf?: number;
}

/** Throws memory_not_found; the same answer for a missing memory and for a foreign one. */
export async function get(
  deps: EngineDeps,
  scope: Scope,
  id: MemoryId,
  { namespace, asOf }: GetOptions = {},
): Promise<Memory> {
  const records = deps.records.open(scope.tenant);
  const match = await findCurrent(deps, records, id, namespace);
  const [row] = await rowsAsOf(records, match.namespaceNo, [match.row], asOf);
  if (row === undefined) throw new MemoryError('memory_not_found');
  return memoryOf(match.namespace, row);
}

export interface KeyAnswer {
  /** The current fact, else the last turn of the thread. */
  readonly memory: Memory | null;
  /** Turns in the thread of that key. */
  readonly turns: number;
}

export async function getByKey(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  key: string,
): Promise<KeyAnswer> {
  const records = deps.records.open(scope.tenant);
  const info = await records.namespace(namespace);
  if (!info) return { memory: null, turns: 0 };
  const keyHash = deps.hashKey(scope.tenant, namespace, key);
  const state = await records.byKey(info.no, keyHash, deps.clock.now());
  const row = state.fact ?? state.lastTurn;
  return { memory: row ? memoryOf(namespace, row) : null, turns: state.turns };
}
