/** Saves a corpus as segments: packed parts once, changed columns again, and the manifest. */
import { crc32 } from 'node:zlib';
import type { IndexSave, SegmentRow } from '../ports/records.ts';
import type { Turns } from '../util/turns.ts';
import type { Corpus } from './corpus.ts';
import { decodeManifest, encodeManifest, type ManifestPart } from './image-manifest.ts';
import type { NamespaceSource } from './index-settings.ts';
import { packPart } from './pack-part.ts';
import type { Part } from './part.ts';
import { encodePart, encodePartColumns } from './part-codec.ts';
import { checksumOf } from './sections.ts';

/** Where the corpus stands that is saved. */
export interface ImagePlace {
  readonly epoch: number;
  readonly seq: number;
  readonly arrivals: number;
}

interface Captured {
  readonly image: IndexSave;
  readonly stored: Map<Part, ManifestPart>;
}

/**
 * `at` is where the corpus stands now; changes that are applied while this runs may or may not be
 * in the image, and are applied again when it is loaded. False when nothing was kept, because
 * something was erased meanwhile: try again after catching up.
 */
export async function saveImage(
  corpus: Corpus,
  source: NamespaceSource,
  at: ImagePlace,
  turns: Turns,
): Promise<boolean> {
  for (const part of [...corpus.parts]) {
    if (part !== null && part.count > 0) await packPart(part, corpus.identity, turns);
  }
  const foreign = await foreignSegments(corpus, source);
  if (foreign !== null) forget(corpus);
  const erasures = corpus.erasures;
  const captured = await capture(corpus, at, foreign ?? [], turns);
  const stale = () => corpus.disposed || corpus.erasures !== erasures;
  if (captured === null || stale()) {
    forget(corpus);
    return false;
  }
  const kept = await source.records.save(captured.image).catch((error: unknown) => {
    forget(corpus);
    throw error;
  });
  if (!kept || stale()) {
    forget(corpus);
    return false;
  }
  for (const [part, stored] of captured.stored) part.stored = stored;
  for (const no of captured.image.remove) corpus.removedSegments.delete(no);
  corpus.manifestSum = crc32(captured.image.manifest);
  return true;
}

/**
 * Segments of an image that another process has saved since this one last did, or null when there
 * is none: then nothing that is stored can be built upon.
 */
async function foreignSegments(corpus: Corpus, source: NamespaceSource): Promise<number[] | null> {
  const stored = await source.records.manifest();
  const sum = stored === undefined ? 0 : crc32(stored.manifest);
  if (sum === corpus.manifestSum) return null;
  if (stored === undefined) return [];
  try {
    return decodeManifest(stored.manifest, corpus.identity).parts.map((part) => part.segmentNo);
  } catch {
    return [];
  }
}

/** Null when a part holds erased content by now. */
async function capture(
  corpus: Corpus,
  at: ImagePlace,
  foreign: readonly number[],
  turns: Turns,
): Promise<Captured | null> {
  const put: SegmentRow[] = [];
  const putColumns: { no: number; columns: Uint8Array }[] = [];
  const stored = new Map<Part, ManifestPart>();
  for (const part of [...corpus.parts]) {
    if (turns.due()) await turns.next();
    if (part === null || part.packedCount === 0) continue;
    if (part.scrub) return null;
    const { segmentNo, packedCount: count } = part;
    if (part.stored === null || part.stored.count !== count) {
      const segment = encodePart(corpus, part);
      put.push(segment);
      stored.set(part, manifestPart(segment, count));
    } else if (part.columnsChanged) {
      const columns = encodePartColumns(corpus, part);
      putColumns.push({ no: segmentNo, columns });
      stored.set(part, { ...part.stored, columnsSum: checksumOf(columns) });
    } else {
      stored.set(part, part.stored);
    }
    part.columnsChanged = false;
  }
  const parts = [...stored.values()];
  const kept = new Set(parts.map((part) => part.segmentNo));
  const remove = [...corpus.removedSegments, ...foreign].filter((no) => !kept.has(no));
  const { epoch, seq, arrivals } = at;
  const manifest = encodeManifest({ arrivals, parts }, corpus.identity);
  return { image: { epoch, seq, manifest, put, putColumns, remove }, stored };
}

function manifestPart(segment: SegmentRow, count: number): ManifestPart {
  return {
    segmentNo: segment.no,
    count,
    ordinalMin: segment.ordinalMin,
    ordinalMax: segment.ordinalMax,
    columnsSum: checksumOf(segment.columns),
    postingsSum: checksumOf(segment.postings),
    matrixSum: checksumOf(segment.matrix),
  };
}

/** Nothing that is stored can be relied on: the next image writes every part again. */
function forget(corpus: Corpus): void {
  for (const part of corpus.parts) if (part !== null) part.stored = null;
}
