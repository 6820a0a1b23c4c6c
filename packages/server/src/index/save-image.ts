/** Saves a corpus as segments: packed parts once, changed columns again, and the manifest. */
import type { IndexSave, SegmentRow } from '../ports/records.ts';
import type { Corpus } from './corpus.ts';
import { encodeManifest, type ManifestPart } from './image-manifest.ts';
import type { NamespaceSource } from './index-settings.ts';
import { packPart } from './pack-part.ts';
import type { Part, StoredPart } from './part.ts';
import { encodePart, encodePartColumns } from './part-codec.ts';
import type { Turns } from './turns.ts';

interface Captured {
  readonly image: IndexSave;
  readonly stored: Map<Part, StoredPart>;
}

/**
 * `at` is where the corpus stands now; changes that are applied while this runs may or may not be
 * in the image, and are applied again when it is loaded. False when nothing was kept, because
 * something was erased meanwhile: try again after catching up.
 */
export async function saveImage(
  corpus: Corpus,
  source: NamespaceSource,
  at: { epoch: number; seq: number },
  turns: Turns,
): Promise<boolean> {
  for (const part of [...corpus.parts]) {
    if (part !== null && part.count > 0) await packPart(part, corpus.identity, turns);
  }
  const erasures = corpus.erasures;
  const captured = await capture(corpus, at, turns);
  if (captured === null || corpus.disposed || corpus.erasures !== erasures) {
    forget(corpus);
    return false;
  }
  const kept = await source.records.save(captured.image).catch((error: unknown) => {
    forget(corpus);
    throw error;
  });
  if (!kept || corpus.erasures !== erasures) {
    forget(corpus);
    return false;
  }
  for (const [part, stored] of captured.stored) part.stored = stored;
  for (const no of captured.image.remove) corpus.removedSegments.delete(no);
  return true;
}

/** Null when a part holds erased content by now. */
async function capture(
  corpus: Corpus,
  at: { epoch: number; seq: number },
  turns: Turns,
): Promise<Captured | null> {
  const put: SegmentRow[] = [];
  const putColumns: { no: number; columns: Uint8Array }[] = [];
  const stored = new Map<Part, StoredPart>();
  const remove = [...corpus.removedSegments];
  const manifest: ManifestPart[] = [];
  for (const part of [...corpus.parts]) {
    if (turns.due()) await turns.next();
    if (part === null || part.packedCount === 0) continue;
    if (part.scrub) return null;
    const { segmentNo, packedCount: count, ordinalMin, ordinalMax } = part;
    if (part.stored === null || part.stored.count !== count) {
      put.push(encodePart(corpus, part));
      stored.set(part, { count, ordinalMin, ordinalMax });
    } else if (part.columnsChanged) {
      putColumns.push({ no: segmentNo, columns: encodePartColumns(corpus, part) });
    }
    part.columnsChanged = false;
    manifest.push({ segmentNo, count, ordinalMin, ordinalMax });
  }
  const image = {
    ...at,
    manifest: encodeManifest(manifest, corpus.identity),
    put,
    putColumns,
    remove,
  };
  return { image, stored };
}

/** Nothing that is stored can be relied on: the next image writes every part again. */
function forget(corpus: Corpus): void {
  for (const part of corpus.parts) if (part !== null) part.stored = null;
}
