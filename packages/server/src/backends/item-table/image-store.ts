/** Stored parts of a namespace's index: small items that name blobs. */
import type { IndexSave, SegmentRow } from '../../ports/records.ts';
import { newUpload, type Upload } from './blob-store.ts';
import type { Draft } from './draft.ts';
import type { PlainWrite } from './item-table.ts';
import { encodeItem, type Item, keyOf, numberIn, textIn } from './items.ts';
import { type Key, numberAtEnd, partitionOf, type Space, sortKeys } from './keys.ts';
import { type BlobRef, refOf, refText } from './row-codec.ts';
import type { ReadParts } from './row-reader.ts';

const readTriesMax = 3;

interface StoredSegment {
  readonly no: number;
  readonly ordinalMin: number;
  readonly ordinalMax: number;
  readonly columns: BlobRef;
  readonly postings: BlobRef;
  readonly matrix: BlobRef;
}

/** Uploads of an image by what they are, made before anything names them. */
export interface ImageUploads {
  readonly manifest: Upload;
  readonly put: readonly {
    readonly segment: StoredSegment;
    readonly uploads: readonly Upload[];
  }[];
  readonly columns: readonly { readonly no: number; readonly upload: Upload }[];
}

export function uploadsOf(image: IndexSave): ImageUploads {
  const put = image.put.map(({ no, ordinalMin, ordinalMax, ...blobs }) => {
    const columns = newUpload(blobs.columns);
    const postings = newUpload(blobs.postings);
    const matrix = newUpload(blobs.matrix);
    const refs = { columns: columns.ref, postings: postings.ref, matrix: matrix.ref };
    const segment = { no, ordinalMin, ordinalMax, ...refs };
    return { segment, uploads: [columns, postings, matrix] };
  });
  const columns = image.putColumns.map(({ no, columns: bytes }) => ({
    no,
    upload: newUpload(bytes),
  }));
  return { manifest: newUpload(image.manifest), put, columns };
}

export const allUploads = ({ manifest, put, columns }: ImageUploads): Upload[] => [
  manifest,
  ...put.flatMap(({ uploads }) => uploads),
  ...columns.map(({ upload }) => upload),
];

/** What a new image writes over the stored one, and which blobs go with that. */
export async function imageWrites(
  { table }: ReadParts,
  space: Space,
  generation: number,
  image: IndexSave,
  made: ImageUploads,
): Promise<{ plain: PlainWrite[]; garbage: BlobRef[] }> {
  const pk = partitionOf(space);
  const manifestKey = { pk, sk: sortKeys.manifest(generation) };
  const [former, items] = await Promise.all([
    table.get(manifestKey),
    table.all({ pk, prefix: sortKeys.segmentsOf(generation) }),
  ]);
  const before = new Map(items.map(decodeSegment).map((segment) => [segment.no, segment]));
  const after = new Map(before);
  for (const no of image.remove) after.delete(no);
  for (const { segment } of made.put) after.set(segment.no, segment);
  const unused: BlobRef[] = [];
  for (const { no, upload } of made.columns) {
    const segment = after.get(no);
    if (segment) after.set(no, { ...segment, columns: upload.ref });
    else unused.push(upload.ref);
  }
  const { epoch, seq } = image;
  const manifest = encodeItem(manifestKey, { ep: epoch, q: seq, l: refText(made.manifest.ref) });
  const changed = [...after.values()].filter((segment) => before.get(segment.no) !== segment);
  const keyOfNo = (no: number) => ({ pk, sk: sortKeys.segment(generation, no) });
  const gone = [...before.keys()].filter((no) => !after.has(no));
  return {
    plain: [
      { put: manifest },
      ...changed.map((segment) => ({ put: encodeSegment(keyOfNo(segment.no), segment) })),
      ...gone.map((no) => ({ delete: keyOfNo(no) })),
    ],
    garbage: [
      ...(former ? [refOf(textIn(former, 'l'))] : []),
      ...lost([...before.values()], [...after.values()]),
      ...unused,
    ],
  };
}

/** What the end of an image writes. */
export async function dropWrites(
  { table }: ReadParts,
  space: Space,
  generation: number,
): Promise<{ plain: PlainWrite[]; garbage: BlobRef[] }> {
  const pk = partitionOf(space);
  const manifestKey = { pk, sk: sortKeys.manifest(generation) };
  const [former, items] = await Promise.all([
    table.get(manifestKey),
    table.all({ pk, prefix: sortKeys.segmentsOf(generation) }),
  ]);
  const gone = [...(former ? [former] : []), ...items];
  return {
    plain: gone.map((item) => ({ delete: keyOf(item) })),
    garbage: [
      ...(former ? [refOf(textIn(former, 'l'))] : []),
      ...items.map(decodeSegment).flatMap(blobsOf),
    ],
  };
}

/** Segments of every generation that could hold the content of rows that a draft erases. */
export async function segmentsAfterErase(
  { table }: ReadParts,
  draft: Draft,
): Promise<{ writes: PlainWrite[]; garbage: BlobRef[] }> {
  const erased = [...draft.rows].flatMap(([ordinal, row]) =>
    row === null && draft.before.get(ordinal) ? [ordinal] : [],
  );
  if (erased.length === 0) return { writes: [], garbage: [] };
  const items = await table.all({ pk: partitionOf(draft.head), prefix: sortKeys.segments });
  const hit = items.filter((item) => {
    const { ordinalMin, ordinalMax } = decodeSegment(item);
    return erased.some((ordinal) => ordinalMin <= ordinal && ordinal <= ordinalMax);
  });
  return {
    writes: hit.map((item) => ({ delete: keyOf(item) })),
    garbage: hit.map(decodeSegment).flatMap(blobsOf),
  };
}

export async function readSegment(
  parts: ReadParts,
  space: Space,
  generation: number,
  no: number,
): Promise<SegmentRow | undefined> {
  const key = { pk: partitionOf(space), sk: sortKeys.segment(generation, no) };
  return whole(parts, key, async (item) => {
    const { ordinalMin, ordinalMax, ...refs } = decodeSegment(item);
    const asked = [refs.columns, refs.postings, refs.matrix];
    const [columns, postings, matrix] = await parts.blobs.read(asked);
    if (!columns || !postings || !matrix) return undefined;
    return { no, ordinalMin, ordinalMax, columns, postings, matrix };
  });
}

export async function readManifest(
  parts: ReadParts,
  space: Space,
  generation: number,
): Promise<{ epoch: number; seq: number; manifest: Uint8Array } | undefined> {
  const key = { pk: partitionOf(space), sk: sortKeys.manifest(generation) };
  return whole(parts, key, async (item) => {
    const [manifest] = await parts.blobs.read([refOf(textIn(item, 'l'))]);
    if (!manifest) return undefined;
    return { epoch: numberIn(item, 'ep'), seq: numberIn(item, 'q'), manifest };
  });
}

/** Blobs that are gone were replaced since their item was read: it names others by now. */
async function whole<Result>(
  { table }: ReadParts,
  key: Key,
  read: (item: Item) => Promise<Result | undefined>,
): Promise<Result | undefined> {
  for (let tries = 0; tries < readTriesMax; tries++) {
    const item = await table.get(key);
    if (!item) return undefined;
    const result = await read(item);
    if (result !== undefined) return result;
  }
  return undefined;
}

function encodeSegment(key: Key, segment: StoredSegment): Item {
  const { ordinalMin, ordinalMax, columns, postings, matrix } = segment;
  const blobs = { c: refText(columns), p: refText(postings), m: refText(matrix) };
  return encodeItem(key, { f: ordinalMin, t: ordinalMax, ...blobs });
}

function decodeSegment(item: Item): StoredSegment {
  return {
    no: numberAtEnd(textIn(item, 'sk')),
    ordinalMin: numberIn(item, 'f'),
    ordinalMax: numberIn(item, 't'),
    columns: refOf(textIn(item, 'c')),
    postings: refOf(textIn(item, 'p')),
    matrix: refOf(textIn(item, 'm')),
  };
}

const blobsOf = ({ columns, postings, matrix }: StoredSegment): BlobRef[] => [
  columns,
  postings,
  matrix,
];

function lost(before: readonly StoredSegment[], after: readonly StoredSegment[]): BlobRef[] {
  const kept = new Set(after.flatMap(blobsOf).map(({ id }) => id));
  return before.flatMap(blobsOf).filter(({ id }) => !kept.has(id));
}
