/** What a draft writes: rows, their history, the log, and what rows are found by. */
import { newUpload, type Upload } from './blob-store.ts';
import type { Draft } from './draft.ts';
import { encodeLog, type Head } from './head-codec.ts';
import type { PlainWrite } from './item-table.ts';
import { encodeItem, keyOf } from './items.ts';
import { nameOfKey, padNo, partitionOf, sortKeys, tallyPartition } from './keys.ts';
import { lookupWrites, talliesOf } from './lookups.ts';
import {
  type Blob,
  type BlobRef,
  currentBlobs,
  encodeRow,
  encodeVersion,
  type StoredRow,
} from './row-codec.ts';

/** Bytes of a row in its own item, of its 400 KB. */
const inlineBytesMax = 200 * 1024;

export interface WriteSet {
  readonly head: Head;
  /** In the order in which a journal carries them out: the log comes last. */
  readonly writes: readonly PlainWrite[];
  readonly uploads: readonly Upload[];
  /** Blobs that nothing names after it. */
  readonly garbage: readonly BlobRef[];
}

export function writeSetOf(draft: Draft): WriteSet {
  const pk = partitionOf(draft.head);
  const uploads: Upload[] = [...draft.uploads];
  const named = new Set<string>();
  const garbage: BlobRef[] = [];
  const writes: PlainWrite[] = [];
  const tallies: Record<string, number> = { ...draft.head.tallies };
  for (const [ordinal, row] of draft.rows) {
    const before = draft.before.get(ordinal) ?? null;
    if (row === before) continue;
    const after = row && moveOut(row, uploads);
    for (const { id } of blobsOf(after)) named.add(id);
    garbage.push(...blobsOf(before).filter(({ id }) => !named.has(id)));
    for (const name of talliesOf(before)) tallies[name] = (tallies[name] ?? 0) - 1;
    for (const name of talliesOf(after)) tallies[name] = (tallies[name] ?? 0) + 1;
    const key = { pk, sk: sortKeys.row(ordinal) };
    writes.push(after ? { put: encodeRow(key, after) } : { delete: key });
    writes.push(...lookupWrites(draft.head, before, after));
    // It came and went: there is no history to remove that was not made here.
    if (!after && before) writes.push(...historyOf(pk, before));
  }
  writes.push(...newVersions(pk, draft), ...threadWrites(pk, draft));
  const counted = Object.fromEntries(Object.entries(tallies).filter(([, count]) => count > 0));
  writes.push(...tallyWrites(draft.head, draft.head.tallies, counted));
  const log = encodeLog(pk, draft.changes).map((put) => ({ put }));
  const head = { ...draft.head, tallies: counted };
  // What came and went in one draft is not kept at all.
  const kept = uploads.filter(({ ref }) => named.has(ref.id));
  return { head, writes: [...distinct(writes), ...log], uploads: kept, garbage };
}

/** Moves analysis and vectors of a row out of its item, the largest first, until it fits. */
function moveOut(row: StoredRow, uploads: Upload[]): StoredRow {
  const inline = [row.analysis, ...[...row.vectors.values()].map((one) => one.vectors)]
    .filter((blob): blob is Uint8Array => blob instanceof Uint8Array)
    .sort((a, b) => b.byteLength - a.byteLength);
  let total = inline.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const moved = new Map<Blob, BlobRef>();
  for (const bytes of inline) {
    if (total <= inlineBytesMax) break;
    const upload = newUpload(bytes);
    uploads.push(upload);
    moved.set(bytes, upload.ref);
    total -= bytes.byteLength;
  }
  if (moved.size === 0) return row;
  const place = (blob: Blob | null): Blob | null => (blob && moved.get(blob)) ?? blob;
  const vectors = [...row.vectors].map(
    ([generation, one]) => [generation, { ...one, vectors: place(one.vectors) }] as const,
  );
  return { ...row, analysis: place(row.analysis), vectors: new Map(vectors) };
}

const blobsOf = (row: StoredRow | null): BlobRef[] =>
  row ? [...currentBlobs(row), ...row.formerBlobs] : [];

function newVersions(pk: string, { versions, rows }: Draft): PlainWrite[] {
  return versions
    .filter(({ ordinal }) => rows.get(ordinal))
    .map((version) => {
      const sk = sortKeys.version(version.ordinal, version.columns.version);
      return { put: encodeVersion({ pk, sk }, version) };
    });
}

/** Versions follow each other without a gap, so each of them is known by name. */
function historyOf(pk: string, { ordinal, firstVersion, columns }: StoredRow): PlainWrite[] {
  return Array.from({ length: columns.version - firstVersion }, (_, i) => ({
    delete: { pk, sk: sortKeys.version(ordinal, firstVersion + i) },
  }));
}

function threadWrites(pk: string, { turns, turnsBefore }: Draft): PlainWrite[] {
  const changed = [...turns].filter(([hash, count]) => turnsBefore.get(hash) !== count);
  return changed.map(([hash, count]) => {
    const key = { pk, sk: sortKeys.thread(hash) };
    return count > 0 ? { put: encodeItem(key, { n: count }) } : { delete: key };
  });
}

/** A namespace is listed under a tally as long as it has a row in it. */
function tallyWrites(
  { tenant, no }: Head,
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): PlainWrite[] {
  const placeOf = (name: string) => ({ pk: tallyPartition(name), sk: padNo(no) });
  const come = Object.keys(after).filter((name) => before[name] === undefined);
  const gone = Object.keys(before).filter((name) => after[name] === undefined);
  return [
    ...come.map((name) => ({ put: encodeItem(placeOf(name), { tn: tenant }) })),
    ...gone.map((name) => ({ delete: placeOf(name) })),
  ];
}

/** One write per key; a row that comes under the id of one that goes wins. */
function distinct(writes: readonly PlainWrite[]): PlainWrite[] {
  const byName = new Map<string, PlainWrite>();
  for (const write of writes) {
    if ('delete' in write) byName.set(nameOfKey(write.delete), write);
  }
  for (const write of writes) {
    if ('put' in write) byName.set(nameOfKey(keyOf(write.put)), write);
  }
  return [...byName.values()];
}
