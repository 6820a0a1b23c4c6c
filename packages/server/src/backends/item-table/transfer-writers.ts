/**
 * Puts raw rows of another store in place, by the same writes as a commit: what they are found
 * and counted by comes with them. What is there already stays, so a page may come twice.
 */
import { MemoryError } from '../../domain/errors.ts';
import type {
  ChangeRow,
  MemoryRow,
  NamespaceRow,
  PartWriters,
  StoreFacts,
  StoreRows,
  VectorRow,
  VersionRow,
} from '../../ports/transfer.ts';
import { invariant } from '../../util/invariant.ts';
import { chunksBySize, groupsOf, inTurns } from './chunks.ts';
import { documentKey, documentWrite, versionOf } from './document-draft.ts';
import { Draft } from './draft.ts';
import { encodeLog, type Head, newHead } from './head-codec.ts';
import { encodeItem } from './items.ts';
import { closedKey, countersKey, nameOfKey, partitionOf, sortKeys } from './keys.ts';
import { draftOf, rowsAt, turnsOf } from './load-rows.ts';
import type { Plan } from './namespace-writer.ts';
import { Patience } from './patience.ts';
import type { TransferParts } from './transfer-readers.ts';
import { writeReceipts } from './transfer-receipts.ts';

type WriteParts = Omit<TransferParts, 'scan' | 'aliveAt'>;

/** Items that a row is written with: those that it is found by too. */
const itemsOf = ({ kind, keyHash }: MemoryRow): number =>
  2 + (kind === 'episode' ? 0 : 1) + (keyHash === null ? 0 : 3);
/** A former version, or the sign that vectors are made or wait; and the row with it. */
const itemsOfAdded = (): number => 2;
/** A log has many changes in an item. */
const itemsOfChange = (): number => 0;
/** Room in a transaction for the head, notes and tallies. */
const ownItems = 8;

export function transferWriters(parts: WriteParts): PartWriters<Promise<void>> {
  const { table } = parts;
  return {
    store: async (rows) => {
      for (const facts of rows) await writeFacts(parts, facts);
    },
    namespaces: (rows) => inTurns(rows, (row) => writeNamespace(parts, row)),
    documents: (rows) => writeDocuments(parts, rows),
    receipts: (rows) => writeReceipts(table, rows),
    memories: (rows) => inChunks(parts, rows, itemsOf, addMemories),
    versions: (rows) => inChunks(parts, rows, itemsOfAdded, addVersions),
    vectors: (rows) => inChunks(parts, rows, itemsOfAdded, addVectors),
    changes: (rows) => inChunks(parts, rows, itemsOfChange, addChanges),
  };
}

async function writeFacts(
  { table }: WriteParts,
  { lastNamespaceNo, closedGenerations }: StoreFacts,
): Promise<void> {
  const known = await table.get(countersKey);
  await table.put({ ...known, ...encodeItem(countersKey, { no: lastNamespaceNo }) });
  await table.writeAll(
    closedGenerations.map((no) => ({ put: encodeItem(closedKey(no), { f: true }) })),
  );
}

async function writeNamespace(
  { table, names, writer }: WriteParts,
  { tenant, ...row }: NamespaceRow,
): Promise<void> {
  const head: Head = { ...newHead({ ...row, tenant }, row.createdAt), ...row };
  const patience = new Patience(table.timeoutMs);
  while (!(await writer.settled(head))) {
    // That its generation is open was told where it came from.
    const writes = (await names.writesOfNew(head)).filter((write) => !('check' in write));
    if ((await writer.write(draftOf(head), { writes })) === 'done') return;
    await patience.wait();
  }
}

async function writeDocuments(
  { table, blobs }: WriteParts,
  rows: readonly StoreRows['documents'][],
): Promise<void> {
  const made = rows.map(({ key, value, version }) => {
    return { key, version, ...documentWrite(key, value, { expected: 0, version }) };
  });
  const inOne = made.filter(({ uploads }) => uploads.length === 0);
  await table.writeAll(inOne.map(({ write: { put } }) => ({ put })));
  for (const { key, version, write, uploads } of made) {
    if (uploads.length === 0) continue;
    const patience = new Patience(table.timeoutMs);
    while (versionOf(await table.get(documentKey(key))) !== version) {
      const uploaded = await blobs.upload(uploads);
      if ((await table.transact([{ put: write.put }, ...uploaded.writes])) === 'done') break;
      await uploaded.discard();
      await patience.wait();
    }
  }
}

type Planner<Row> = (parts: WriteParts, head: Head, rows: readonly Row[]) => Promise<Plan<true>>;

/** As many rows of a namespace at a time as one transaction takes; namespaces side by side. */
async function inChunks<Row extends { readonly namespaceNo: number }>(
  parts: WriteParts,
  rows: readonly Row[],
  countItems: (row: Row) => number,
  plan: Planner<Row>,
): Promise<void> {
  const { limits } = parts.table;
  const shareOf = (row: Row): number =>
    Math.max(countItems(row) / (limits.writes - ownItems), (2 * bytesIn(row)) / limits.bytes);
  const spaces = [...groupsOf(rows, ({ namespaceNo }) => namespaceNo)];
  await inTurns(spaces, async ([no, own]) => {
    const space = await parts.names.ownerOf(no);
    const sized = own.map((row) => ({ row, bytes: shareOf(row) }));
    for (const chunk of chunksBySize(sized, rows.length, 1)) {
      const some = chunk.map(({ row }) => row);
      const isWritten =
        space && (await parts.writer.change(space, (head) => plan(parts, head, some)));
      invariant(isWritten, `namespace ${no} comes before its rows`);
    }
  });
}

function bytesIn(row: object): number {
  return Object.values(row).reduce<number>(
    (sum, value) => sum + (value instanceof Uint8Array ? value.byteLength : 0),
    0,
  );
}

const addMemories: Planner<MemoryRow> = async ({ table }, head, all) => {
  const rows = await rowsAt(table, head, ordinalsOf(all));
  const added = all.filter(({ ordinal }) => !rows.has(ordinal));
  if (added.length === 0) return { result: true };
  const turns = await turnsOf(table, head, new Set(added.flatMap(({ keyHash }) => keyHash ?? [])));
  const draft = new Draft({ head, rows, ids: new Set(), facts: new Map(), turns });
  for (const { namespaceNo: _, ordinal, seq, body, analysis, ...columns } of added) {
    const own = { firstVersion: columns.version, bodyBytes: body.byteLength, formerBlobs: [] };
    draft.place({ columns, ordinal, seq, analysis, vectors: new Map(), ...own }, body);
  }
  return { draft, result: true };
};

const addVersions: Planner<VersionRow> = async ({ table }, head, all) => {
  const pk = partitionOf(head);
  const keyOf = ({ ordinal, version }: VersionRow) => ({
    ...{ pk, sk: sortKeys.version(ordinal, version) },
  });
  const known = await table.getAll(all.map(keyOf));
  const added = all.filter((row) => !known.has(nameOfKey(keyOf(row))));
  if (added.length === 0) return { result: true };
  const draft = draftOf(head, await rowsAt(table, head, ordinalsOf(added)));
  for (const { namespaceNo: _, ordinal, seq, body, ...columns } of added) {
    draft.placeVersion({ columns, ordinal, seq }, body);
  }
  return { draft, result: true };
};

const addVectors: Planner<VectorRow> = async ({ table }, head, all) => {
  const draft = draftOf(head, await rowsAt(table, head, ordinalsOf(all)));
  let added = 0;
  for (const { ordinal, generation, vectors, arrival } of all) {
    const row = draft.row(ordinal);
    if (!row) throw new MemoryError('store_damaged', 'The source has vectors without a row.');
    if (row.vectors.has(generation)) continue;
    const made = new Map(row.vectors).set(generation, { vectors, arrival });
    draft.derive(ordinal, { analysis: row.analysis, vectors: made });
    added += 1;
  }
  return { ...(added > 0 && { draft }), result: true };
};

const addChanges: Planner<ChangeRow> = async (_, head, all) => {
  const sorted = [...all].sort((a, b) => a.seq - b.seq);
  const log = encodeLog(partitionOf(head), sorted);
  return { draft: draftOf(head), plain: log.map((put) => ({ put })), result: true };
};

const ordinalsOf = (rows: readonly { readonly ordinal: number }[]): number[] =>
  rows.map(({ ordinal }) => ordinal);
