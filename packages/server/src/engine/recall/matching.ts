/** Row numbers that meet a filter, in the order of storing; at `as_of` by what they were then. */
import type { IndexListQuery } from '../../index/types.ts';
import type { NamespaceInfo, RecordRow } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import { rowsAsOf } from '../time-filter.ts';
import { indexFilter, passesFilter, type RecallFilter } from './filter.ts';

/** Rows that one look reads. */
const rowsMax = 256;

type Page = Pick<IndexListQuery, 'order' | 'limit' | 'after'>;

/** At most `limit` of them; fewer only when there are no more. */
export async function matchingOrdinals(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  filter: RecallFilter,
  page: Page,
): Promise<number[]> {
  if (filter.asOf === undefined) {
    const searcher = await deps.openIndex(scope.tenant, info);
    return searcher.list({ ...page, ...queryOf(deps, scope, info, filter) });
  }
  const rows = await rowsThen(deps, scope, info, filter, page);
  return rows.map(({ ordinal }) => ordinal);
}

/** Their rows, at `as_of` in the versions of then, which are read to find them anyway. */
export async function matchingRows(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  filter: RecallFilter,
  page: Page,
): Promise<RecordRow[]> {
  if (filter.asOf !== undefined) return rowsThen(deps, scope, info, filter, page);
  const ordinals = await matchingOrdinals(deps, scope, info, filter, page);
  return openRecords(deps, scope).byOrdinal(info.no, ordinals);
}

async function rowsThen(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  filter: RecallFilter,
  page: Page,
): Promise<RecordRow[]> {
  const searcher = await deps.openIndex(scope.tenant, info);
  const query = { ...page, ...queryOf(deps, scope, info, filter) };
  const records = openRecords(deps, scope);
  const found: RecordRow[] = [];
  let after = page.after;
  // Where few were then what is asked for, each look goes further than the one before.
  for (let limit = page.limit; found.length < page.limit; limit = Math.min(limit * 2, rowsMax)) {
    const some = await searcher.list({ ...query, limit, ...(after !== undefined && { after }) });
    const rows = await records.byOrdinal(info.no, some);
    for (const row of await rowsAsOf(records, info.no, rows, filter.asOf)) {
      if (passesFilter(memoryOf(info.name, row), filter)) found.push(row);
    }
    after = some.at(-1);
    if (some.length < limit) break;
  }
  return found.slice(0, page.limit);
}

function queryOf(deps: EngineDeps, scope: Scope, info: NamespaceInfo, filter: RecallFilter) {
  return { filter: indexFilter(deps, scope, info.name, filter), now: deps.clock.now() };
}
