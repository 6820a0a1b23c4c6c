/** Reads a stored index image into a corpus, and builds again what it lacks. */
import { crc32 } from 'node:zlib';
import type { IndexState } from '../ports/records.ts';
import type { Turns } from '../util/turns.ts';
import { applyRange } from './apply-rows.ts';
import type { Corpus } from './corpus.ts';
import type { Position } from './follow-changes.ts';
import { decodeManifest, type Manifest, type ManifestPart } from './image-manifest.ts';
import type { IndexLog, NamespaceSource } from './index-settings.ts';
import { decodePart } from './part-codec.ts';

export interface LoadedImage {
  /** Where the corpus stands. */
  readonly position: Position;
  /** The steps that storage has all of; -Infinity when parts had to be made again. */
  readonly savedSteps: number;
}

/** Fills an empty corpus from the stored image, or from all rows where there is none. */
export async function loadImage(
  corpus: Corpus,
  source: NamespaceSource,
  state: IndexState,
  log: IndexLog,
  turns: Turns,
): Promise<LoadedImage> {
  const image = await readManifest(corpus, source, state, log);
  if (image === null) {
    await applyRange(corpus, source, 0, state.nextOrdinal - 1, turns);
    return { position: { seq: state.seq, arrivals: state.arrivals }, savedSteps: 0 };
  }
  const lost: ManifestPart[] = [];
  const faults: string[] = [];
  for (const entry of image.parts) {
    if (turns.due()) await turns.next();
    const segment = await source.records.segment(entry.segmentNo);
    if (segment === undefined) {
      lost.push(entry);
      // An erase drops segments; without one, something else has.
      if (state.eraseSeq <= image.seq) faults.push(`segment ${entry.segmentNo} is missing`);
      continue;
    }
    try {
      decodePart(corpus, entry, segment);
    } catch (error) {
      lost.push(entry);
      faults.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (faults.length > 0) {
    log('warn', 'Parts of a stored index were unusable and are built again.', {
      parts: faults.length,
      first: faults[0],
    });
  }
  for (const { segmentNo, ordinalMin, ordinalMax } of lost) {
    corpus.removedSegments.add(segmentNo);
    await applyRange(corpus, source, ordinalMin, ordinalMax, turns);
  }
  const { seq, arrivals } = image;
  const savedSteps = lost.length > 0 ? Number.NEGATIVE_INFINITY : seq + arrivals;
  return { position: { seq, arrivals }, savedSteps };
}

async function readManifest(
  corpus: Corpus,
  source: NamespaceSource,
  state: IndexState,
  log: IndexLog,
): Promise<(Manifest & { seq: number }) | null> {
  const stored = await source.records.manifest();
  if (stored === undefined) return null;
  try {
    if (stored.epoch !== state.epoch || stored.seq > state.seq) {
      throw new Error('The stored index is of another epoch.');
    }
    const { arrivals, parts } = decodeManifest(stored.manifest, corpus.identity);
    // Numbers of lost segments are not used again either, or an old one could be taken for new.
    for (const { segmentNo } of parts) {
      corpus.nextSegmentNo = Math.max(corpus.nextSegmentNo, segmentNo + 1);
    }
    corpus.manifestSum = crc32(stored.manifest);
    return { seq: stored.seq, arrivals, parts };
  } catch (error) {
    log('warn', 'The stored index is unusable and is built again.', {
      reason: error instanceof Error ? error.message : String(error),
    });
    await source.records.drop();
    return null;
  }
}
