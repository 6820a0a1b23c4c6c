/** Pages of a namespace: over its rows, or over the few that have a key or a kind. */
import { kinds, trusts } from '../../domain/memory.ts';
import type { PageQuery, RecordRow } from '../../ports/records.ts';
import type { Head } from './head-codec.ts';
import type { Filter, Query } from './item-table.ts';
import { textIn } from './items.ts';
import { numberAtEnd, padOrdinal, partitionOf, sortKeys } from './keys.ts';
import { decodeRow, type StoredRow } from './row-codec.ts';
import { type ReadParts, readRows, toRecords, torn } from './row-reader.ts';

export async function readPage(
  parts: ReadParts,
  head: Head,
  query: PageQuery,
  now: number,
): Promise<RecordRow[] | typeof torn> {
  if (query.limit <= 0) return [];
  const rows = isOverRows(query)
    ? await pageOfRows(parts, head, query, now)
    : await pageOfLookups(parts, head, query, now);
  return rows === torn ? torn : toRecords(parts, head, rows);
}

const isOverRows = ({ kind, keyHash }: PageQuery): boolean =>
  keyHash === undefined && (kind === undefined || kind === 'episode');

async function pageOfRows(
  { table }: ReadParts,
  head: Head,
  query: PageQuery,
  now: number,
): Promise<StoredRow[] | typeof torn> {
  const rows: StoredRow[] = [];
  const asked = queryOf(head, sortKeys.rows, query, filterOf(query, now, 'rows'));
  for await (const item of asked ? table.query(asked) : []) {
    const row = decodeRow(item);
    if (row.seq > head.seq) return torn;
    rows.push(row);
    if (rows.length === query.limit) break;
  }
  return rows;
}

async function pageOfLookups(
  parts: ReadParts,
  head: Head,
  query: PageQuery,
  now: number,
): Promise<StoredRow[] | typeof torn> {
  const { kind, keyHash, limit } = query;
  const prefix =
    keyHash === undefined
      ? sortKeys.allOfKind(kinds.indexOf(kind ?? 'fact'))
      : sortKeys.allOfKey(keyHash);
  const ofKind = keyHash === undefined ? undefined : kind;
  const asked = queryOf(head, prefix, query, filterOf({ ...query, kind: ofKind }, now, 'lookups'));
  const ordinals: number[] = [];
  for await (const item of asked ? parts.table.query(asked) : []) {
    ordinals.push(numberAtEnd(textIn(item, 'sk')));
    if (ordinals.length === limit) break;
  }
  const rows = await readRows(parts, head, ordinals);
  if (rows === torn) return torn;
  const page = ordinals.flatMap((ordinal) => rows.get(ordinal) ?? []);
  // Erased between the two questions: the page would be short for no reason.
  return page.length < ordinals.length ? torn : page;
}

/** Undefined where nothing can be found. */
function queryOf(
  head: Head,
  prefix: string,
  { after, order, limit }: PageQuery,
  filter: Filter,
): Query | undefined {
  const isUp = order === 'asc';
  const first = isUp && after !== undefined ? after + 1 : 1;
  const last = !isUp && after !== undefined ? after - 1 : head.nextOrdinal - 1;
  if (first > last) return undefined;
  return {
    pk: partitionOf(head),
    from: `${prefix}${padOrdinal(first)}`,
    to: `${prefix}${padOrdinal(Math.min(last, head.nextOrdinal))}`,
    order,
    pageSize: limit,
    filter,
  };
}

/** Rows say how far they are trusted; what they are found by says only whether they are not. */
function filterOf(
  { kind, all }: { readonly kind?: PageQuery['kind']; readonly all?: boolean | undefined },
  now: number,
  over: 'rows' | 'lookups',
): Filter {
  const ofKind = kind === undefined ? {} : { equals: { k: kinds.indexOf(kind) } };
  if (all) return ofKind;
  const alive = { ...ofKind, aboveOrNone: { x: now } };
  if (over === 'lookups') return { ...alive, lacks: ['a', 's', 't'] };
  return { ...alive, lacks: ['a', 's'], differs: { t: trusts.indexOf('quarantined') } };
}
