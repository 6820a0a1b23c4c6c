/** The verb list, and reading one memory: by id, by key, page by page. */
import { MemoryError } from '../../domain/errors.ts';
import type { Filter } from '../../domain/filter/filter.ts';
import type { Kind, Memory, MemoryId, NamespaceName } from '../../domain/memory.ts';
import type { NamespaceInfo, RecordRow } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { findCurrent } from '../find-current.ts';
import { withLiveLinks } from '../links/links.ts';
import { openRecords } from '../open-records.ts';
import { passesFilter, type RecallFilter, unmetConditions } from '../recall/filter.ts';
import { matchingOrdinals, matchingRows } from '../recall/matching.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import { rowsAsOf, type TimeFilter, timeFilterOf } from '../time-filter.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

export interface ListRequest extends TimeFilter {
  readonly namespace: NamespaceName;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly cursor?: string;
  readonly key?: string;
  readonly kind?: Kind;
  readonly tag?: string;
  /** Whether archived memories are listed; not when absent, unless `where` names them. */
  readonly archived?: 'not' | 'too' | 'only';
  /** The filter language. */
  readonly where?: Filter;
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
  const records = openRecords(deps, scope);
  const info = await records.namespace(request.namespace);
  if (!info) return { memories: [] };
  const sealOf = (after: number) => seal(deps, scope, info, request, after);
  if (cursor && cursor.seal !== sealOf(cursor.after)) {
    throw new MemoryError('invalid_cursor', 'The cursor belongs to another list; start again.');
  }
  const { ordinals, found } = await findPage(deps, scope, info, request, cursor?.after);
  const filter = recallFilter(request);
  const met = found
    .map((row) => memoryOf(info.name, row))
    // One may have changed since the index was asked.
    .filter((memory) => passesFilter(memory, filter));
  const memories = await withLiveLinks(deps, scope, met);
  const last = ordinals[request.limit - 1];
  if (last === undefined || ordinals.length <= request.limit) return { memories };
  return { memories, nextCursor: encodeCursor({ after: last, seal: sealOf(last) }) };
}

function recallFilter(request: ListRequest): RecallFilter {
  const { key, kind, tag } = request;
  const where = whereOf(request);
  return {
    ...timeFilterOf(request),
    ...(tag !== undefined && { tagsAll: [tag] }),
    ...(kind && { kind }),
    ...(key !== undefined && { key }),
    ...(where && { where }),
  };
}

/** A filter that names `archived` is one that archived memories are shown to. */
function whereOf({ where, archived = 'not' }: ListRequest): Filter | undefined {
  if (archived === 'not') return where;
  const test = { op: 'test', field: 'archived' } as const;
  const asked: Filter =
    archived === 'only'
      ? { ...test, operator: 'eq', operand: true }
      : { ...test, operator: 'exists', operand: true };
  return where ? { op: 'and', of: [asked, where] } : asked;
}

interface FoundPage {
  /** One more than is shown where another page follows. */
  readonly ordinals: readonly number[];
  /** The rows that are shown, as they were then; one that was erased meanwhile is missing. */
  readonly found: readonly RecordRow[];
}

/** Content is not in the rows' columns, and times have no order among them: the index answers. */
async function findPage(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  request: ListRequest,
  after: number | undefined,
): Promise<FoundPage> {
  const records = openRecords(deps, scope);
  const { order, limit } = request;
  const page = { order, limit: limit + 1, ...(after !== undefined && { after }) };
  const { key, kind, ...others } = recallFilter(request);
  if (Object.keys(others).length > 0) {
    const filter = recallFilter(request);
    if (filter.asOf !== undefined) {
      const rows = await matchingRows(deps, scope, info, filter, page);
      return { ordinals: rows.map(({ ordinal }) => ordinal), found: rows.slice(0, limit) };
    }
    const ordinals = await matchingOrdinals(deps, scope, info, filter, page);
    return { ordinals, found: await records.byOrdinal(info.no, ordinals.slice(0, limit)) };
  }
  const keyHash = key === undefined ? undefined : deps.hashKey(scope.tenant, info.name, key);
  const query = { ...page, ...(kind && { kind }), ...(keyHash && { keyHash }) };
  const rows = await records.page(info.no, query, deps.clock.now());
  return { ordinals: rows.map((row) => row.ordinal), found: rows.slice(0, limit) };
}

/** Binds a cursor to its tenant, namespace, epoch, order and filter, and to its place. */
function seal(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  request: ListRequest,
  after: number,
): string {
  const asked = [info.no, info.epoch, request.order, recallFilter(request)];
  return deps.hashKey(scope.tenant, info.name, JSON.stringify(['cursor', after, ...asked]));
}

/** Which version is read, and whether it held; milliseconds since 1970 UTC. */
export type KeyTimes = Pick<TimeFilter, 'validAt' | 'asOf'>;

export interface GetOptions extends KeyTimes {
  readonly namespace?: NamespaceName;
}

/**
 * With `asOf` in the version that was current then. Throws memory_not_found; the same answer for a
 * missing memory, for a foreign one, and for one that did not hold at `validAt`.
 */
export async function get(
  deps: EngineDeps,
  scope: Scope,
  id: MemoryId,
  { namespace, asOf, validAt }: GetOptions = {},
): Promise<Memory> {
  const records = openRecords(deps, scope);
  const match = await findCurrent(deps, records, id, namespace);
  const [row] = await rowsAsOf(records, match.namespaceNo, [match.row], asOf);
  if (row === undefined) throw new MemoryError('memory_not_found');
  const memory = memoryOf(match.namespace, row);
  const held = validAt === undefined || unmetConditions(memory, { validAt }).length === 0;
  if (!held) {
    throw new MemoryError('memory_not_found', 'The memory did not hold at that time.');
  }
  const [shown = memory] = await withLiveLinks(deps, scope, [memory]);
  return shown;
}
