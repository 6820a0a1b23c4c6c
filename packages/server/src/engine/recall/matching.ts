/** Row numbers that meet a filter, in the order of storing; at `as_of` by what they were then. */
import type { IndexListQuery } from '../../index/types.ts';
import type { NamespaceInfo } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import { rowsAsOf } from '../time-filter.ts';
import { indexFilter, passesFilter, type RecallFilter } from './filter.ts';

/** Rows that one look reads. */
const rowsMax = 256;

/** At most `limit` of them; fewer only when there are no more. */
export async function matchingOrdinals(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  filter: RecallFilter,
  page: Pick<IndexListQuery, 'order' | 'limit' | 'after'>,
): Promise<number[]> {
  const searcher = await deps.openIndex(scope.tenant, info);
  const query = {
    ...page,
    filter: indexFilter(deps, scope, info.name, filter),
    now: deps.clock.now(),
  };
  if (filter.asOf === undefined) return searcher.list(query);
  const records = openRecords(deps, scope);
  const found: number[] = [];
  let after = page.after;
  // Where few were then what is asked for, each look goes further than the one before.
  for (let limit = page.limit; found.length < page.limit; limit = Math.min(limit * 2, rowsMax)) {
    const some = await searcher.list({ ...query, limit, ...(after !== undefined && { after }) });
    const rows = await records.byOrdinal(info.no, some);
    for (const row of await rowsAsOf(records, info.no, rows, filter.asOf)) {
      if (passesFilter(memoryOf(info.name, row), filter)) found.push(row.ordinal);
    }
    after = some.at(-1);
    if (some.length < limit) break;
  }
  return found.slice(0, page.limit);
}
