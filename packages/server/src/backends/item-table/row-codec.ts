/** Between rows of the table and the port's values. Names are short: each item pays for them. */
import {
  audiences,
  type KeyHash,
  kinds,
  type MemoryColumns,
  type MemoryId,
  trusts,
} from '../../domain/memory.ts';
import type { AnalysisRow, RecordRow } from '../../ports/records.ts';
import { invariant } from '../../util/invariant.ts';
import {
  bytesOrNull,
  encodeItem,
  type Item,
  isSet,
  numberIn,
  numberOrNull,
  type Plain,
  textIn,
  textOrNull,
} from './items.ts';
import { type Key, numberAtEnd } from './keys.ts';

/** Bytes that are too many for their item lie in items of their own. */
export interface BlobRef {
  readonly id: string;
  readonly chunks: number;
  readonly bytes: number;
}
export type Blob = Uint8Array | BlobRef;

export const isRef = (blob: Blob | null | undefined): blob is BlobRef =>
  blob !== null && blob !== undefined && !(blob instanceof Uint8Array);

export const lengthOf = (blob: Blob): number => (isRef(blob) ? blob.bytes : blob.byteLength);

export interface StoredVectors {
  /** Null while they are still to be made. */
  readonly vectors: Blob | null;
  /** Null for vectors that came with their row. */
  readonly arrival: number | null;
}

export interface StoredRow {
  readonly columns: MemoryColumns;
  readonly ordinal: number;
  readonly seq: number;
  readonly body: Blob;
  readonly analysis: Blob | null;
  /** By generation. */
  readonly vectors: ReadonlyMap<number, StoredVectors>;
  /** The version with which the row came in. */
  readonly firstVersion: number;
  /** Bytes of its bodies, former ones included. */
  readonly bodyBytes: number;
  /** Of former bodies that lie in items of their own. */
  readonly formerBlobs: readonly BlobRef[];
}

/** A former version; without a body it has that of the version after it. */
export interface StoredVersion {
  readonly columns: MemoryColumns;
  readonly ordinal: number;
  readonly seq: number;
  readonly body: Blob | null;
}

export function encodeRow(key: Key, row: StoredRow): Item {
  const vectors = [...row.vectors].flatMap(([generation, { vectors: made, arrival }]) => [
    // False stands for vectors that are still to be made.
    [`w${generation}`, made === null ? false : plainBlob(made)],
    [`a${generation}`, arrival],
  ]);
  return encodeItem(key, {
    ...plainColumns(row.columns),
    q: row.seq,
    b: plainBlob(row.body),
    n: row.analysis && plainBlob(row.analysis),
    f: row.firstVersion,
    z: row.bodyBytes,
    l: row.formerBlobs.length > 0 ? row.formerBlobs.map(refText).join(' ') : null,
    ...Object.fromEntries(vectors),
  });
}

export function decodeRow(item: Item): StoredRow {
  const body = blobIn(item, 'b');
  invariant(body, 'a row has a body');
  const vectors = Object.keys(item).flatMap((name): [number, StoredVectors][] => {
    const generation = /^w(\d+)$/.exec(name)?.[1];
    if (generation === undefined) return [];
    const arrival = numberOrNull(item, `a${generation}`);
    return [[Number(generation), { vectors: blobIn(item, name), arrival }]];
  });
  return {
    columns: columnsIn(item),
    ordinal: numberAtEnd(textIn(item, 'sk')),
    seq: numberIn(item, 'q'),
    body,
    analysis: blobIn(item, 'n'),
    vectors: new Map(vectors.sort(([a], [b]) => a - b)),
    firstVersion: numberIn(item, 'f'),
    bodyBytes: numberIn(item, 'z'),
    formerBlobs: (textOrNull(item, 'l')?.split(' ') ?? []).map(refOf),
  };
}

export function encodeVersion(key: Key, { columns, ordinal, seq, body }: StoredVersion): Item {
  const own = body && plainBlob(body);
  return encodeItem(key, { ...plainColumns(columns), o: ordinal, q: seq, b: own });
}

export function decodeVersion(item: Item): StoredVersion {
  const place = { ordinal: numberIn(item, 'o'), seq: numberIn(item, 'q') };
  return { columns: columnsIn(item), ...place, body: blobIn(item, 'b') };
}

export function toRecord(
  { columns, ordinal, seq }: Pick<StoredRow, 'columns' | 'ordinal' | 'seq'>,
  body: Uint8Array,
  hasVector: boolean,
): RecordRow {
  return { ...columns, ordinal, seq, body, hasVector };
}

export function toAnalysis(
  { columns, ordinal, seq }: StoredRow,
  analysis: Uint8Array | null,
  vectors: Uint8Array | null,
): AnalysisRow {
  return { ...columns, ordinal, seq, analysis, vectors };
}

/** Everything of a row as it stands that lies in items of its own. */
export function currentBlobs({ body, analysis, vectors }: StoredRow): BlobRef[] {
  return [body, analysis, ...[...vectors.values()].map((one) => one.vectors)].filter(isRef);
}

const plainBlob = (blob: Blob): Uint8Array | string => (isRef(blob) ? refText(blob) : blob);

function blobIn(item: Item, name: string): Blob | null {
  const text = textOrNull(item, name);
  return text === null ? bytesOrNull(item, name) : refOf(text);
}

export const refText = ({ id, chunks, bytes }: BlobRef): string => `${id}:${chunks}:${bytes}`;

export function refOf(text: string): BlobRef {
  const [id = '', chunks = '', bytes = ''] = text.split(':');
  return { id, chunks: Number(chunks), bytes: Number(bytes) };
}

/** What a filter of a query asks for: `a` archived, `s` superseded, `x` expires, `k`, `t`. */
function plainColumns(columns: MemoryColumns): Plain {
  return {
    i: columns.id,
    v: columns.version,
    k: kinds.indexOf(columns.kind),
    u: audiences.indexOf(columns.audience),
    t: trusts.indexOf(columns.trust),
    h: columns.keyHash,
    c: columns.createdAt,
    e: columns.updatedAt,
    o1: columns.occurredAt,
    v1: columns.validFrom,
    v2: columns.validTo,
    x: columns.expiresAt,
    s: columns.supersededAt,
    s1: columns.supersedes,
    s2: columns.supersededBy,
    a: columns.archived || null,
    p: columns.pinned || null,
    // As text: not every table has numbers as small as a double may be.
    m1: `${columns.importance}`,
    m2: `${columns.confidence}`,
  };
}

function columnsIn(item: Item): MemoryColumns {
  return {
    id: textIn(item, 'i') as MemoryId,
    version: numberIn(item, 'v'),
    kind: labelOf(kinds, numberIn(item, 'k')),
    audience: labelOf(audiences, numberIn(item, 'u')),
    trust: labelOf(trusts, numberIn(item, 't')),
    keyHash: textOrNull(item, 'h') as KeyHash | null,
    createdAt: numberIn(item, 'c'),
    updatedAt: numberIn(item, 'e'),
    occurredAt: numberIn(item, 'o1'),
    validFrom: numberOrNull(item, 'v1'),
    validTo: numberOrNull(item, 'v2'),
    expiresAt: numberOrNull(item, 'x'),
    supersededAt: numberOrNull(item, 's'),
    supersedes: textOrNull(item, 's1') as MemoryId | null,
    supersededBy: textOrNull(item, 's2') as MemoryId | null,
    archived: isSet(item, 'a'),
    pinned: isSet(item, 'p'),
    importance: Number(textIn(item, 'm1')),
    confidence: Number(textIn(item, 'm2')),
  };
}

export function labelOf<Label extends string>(labels: readonly Label[], index: number): Label {
  const label = labels[index];
  invariant(label !== undefined, `a stored label ${index} is not known`);
  return label;
}
