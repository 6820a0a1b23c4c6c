/** Former versions of a row. A version without a body has that of the one after it. */
import type { RecordRow, VersionQuery } from '../../ports/records.ts';
import type { Head } from './head-codec.ts';
import { partitionOf, sortKeys } from './keys.ts';
import { type Blob, decodeVersion, type StoredVersion, toRecord } from './row-codec.ts';
import { type ReadParts, readRows, torn } from './row-reader.ts';

export async function readVersions(
  parts: ReadParts,
  head: Head,
  ordinal: number,
  query: VersionQuery,
): Promise<RecordRow[] | typeof torn> {
  const rows = await readRows(parts, head, [ordinal]);
  if (rows === torn) return torn;
  const row = rows.get(ordinal);
  if (!row || query.limit === 0) return [];
  const { below = Number.POSITIVE_INFINITY } = query;
  const last = Math.min(row.columns.version, below) - 1;
  const found = await matching(parts, head, ordinal, { ...query, last });
  const newest = found[0];
  if (!newest) return [];
  let body = newest.body ?? (await bodyAfter(parts, head, newest, row.columns.version)) ?? row.body;
  const bodies = found.map((version) => {
    body = version.body ?? body;
    return body;
  });
  const read = await parts.blobs.read(bodies);
  const records: RecordRow[] = [];
  for (const [i, version] of found.entries()) {
    const bytes = read[i];
    if (!bytes) return torn;
    records.push(toRecord(version, bytes, false));
  }
  return records;
}

/** Newest first. */
async function matching(
  { table }: ReadParts,
  head: Head,
  ordinal: number,
  query: VersionQuery & { readonly last: number },
): Promise<StoredVersion[]> {
  const all = Number.POSITIVE_INFINITY;
  const { writtenBy = all, seqMax = all, limit = all, last } = query;
  const found: StoredVersion[] = [];
  if (last < 1) return found;
  const asked = {
    pk: partitionOf(head),
    from: sortKeys.versions(ordinal),
    to: sortKeys.version(ordinal, last),
    order: 'desc' as const,
  };
  for await (const item of table.query(limit === all ? asked : { ...asked, pageSize: limit })) {
    const version = decodeVersion(item);
    if (version.columns.updatedAt > writtenBy || version.seq > seqMax) continue;
    found.push(version);
    if (found.length === limit) break;
  }
  return found;
}

/** Null where every version since has the body of the row. */
async function bodyAfter(
  { table }: ReadParts,
  head: Head,
  { ordinal, columns }: StoredVersion,
  current: number,
): Promise<Blob | null> {
  const first = columns.version + 1;
  if (first >= current) return null;
  const item = await table.first({
    pk: partitionOf(head),
    from: sortKeys.version(ordinal, first),
    to: sortKeys.version(ordinal, current - 1),
    filter: { has: ['b'] },
  });
  return item ? decodeVersion(item).body : null;
}
