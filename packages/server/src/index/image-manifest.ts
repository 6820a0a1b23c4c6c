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
/** What stands before the parts. */
const wordsBefore = 1;

export interface Manifest {
  /** The arrival of a vector up to which the image is complete. */
  readonly arrivals: number;
  readonly parts: readonly ManifestPart[];
}

export function encodeManifest({ arrivals, parts }: Manifest, identity: number): Uint8Array {
  const words = Float64Array.from([
    arrivals,
    ...parts.flatMap((part) => [
      part.segmentNo,
      part.count,
      part.ordinalMin,
      part.ordinalMax,
      part.columnsSum,
      part.postingsSum,
      part.matrixSum,
    ]),
  ]);
  return encodeSections({ magic, identity }, [words]);
}

/** Throws an Error when the bytes are damaged or of another analyser, generation or format. */
export function decodeManifest(bytes: Uint8Array, identity: number): Manifest {
  const [section] = decodeSections({ magic, identity }, bytes, 1);
  if (section === undefined) throw new Error('The manifest is empty.');
  const words = new Float64Array(section.buffer, section.byteOffset, section.length / 8);
  const parts: ManifestPart[] = [];
  for (let at = wordsBefore; at + wordsPerPart <= words.length; at += wordsPerPart) {
    const [segmentNo = 0, count = 0, ordinalMin = 0, ordinalMax = 0, ...sums] = words.subarray(
      at,
      at + wordsPerPart,
    );
    const [columnsSum = 0, postingsSum = 0, matrixSum = 0] = sums;
    const bounds = { segmentNo, count, ordinalMin, ordinalMax };
    parts.push({ ...bounds, columnsSum, postingsSum, matrixSum });
  }
  return { arrivals: words[0] ?? 0, parts };
}
