/** The manifest of a stored index image: which segments there are, and what they cover. */
import { decodeSections, encodeSections } from './sections.ts';

const magic = 'RVMA';

export interface ManifestPart {
  readonly segmentNo: number;
  readonly count: number;
  readonly ordinalMin: number;
  readonly ordinalMax: number;
  /**
   * Checksums of the three blobs. Replicas may save images of one namespace at the same time; a
   * segment that another one has written over is then known for what it is.
   */
  readonly columnsSum: number;
  readonly postingsSum: number;
  readonly matrixSum: number;
}

const wordsPerPart = 7;

export function encodeManifest(parts: readonly ManifestPart[], identity: number): Uint8Array {
  const words = Float64Array.from(
    parts.flatMap((part) => [
      part.segmentNo,
      part.count,
      part.ordinalMin,
      part.ordinalMax,
      part.columnsSum,
      part.postingsSum,
      part.matrixSum,
    ]),
  );
  return encodeSections({ magic, identity }, [words]);
}

/** Throws an Error when the bytes are damaged or of another analyser, model or format. */
export function decodeManifest(bytes: Uint8Array, identity: number): ManifestPart[] {
  const [section] = decodeSections({ magic, identity }, bytes, 1);
  if (section === undefined) throw new Error('The manifest is empty.');
  const words = new Float64Array(section.buffer, section.byteOffset, section.length / 8);
  const parts: ManifestPart[] = [];
  for (let at = 0; at + wordsPerPart <= words.length; at += wordsPerPart) {
    const [segmentNo = 0, count = 0, ordinalMin = 0, ordinalMax = 0, ...sums] = words.subarray(
      at,
      at + wordsPerPart,
    );
    const [columnsSum = 0, postingsSum = 0, matrixSum = 0] = sums;
    const bounds = { segmentNo, count, ordinalMin, ordinalMax };
    parts.push({ ...bounds, columnsSum, postingsSum, matrixSum });
  }
  return parts;
}
