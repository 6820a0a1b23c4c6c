/** Finds damage in what is derived from memories, without building an index of it. */
import { decodeAnalysis, isCurrentAnalysis } from './analysis-codec.ts';
import { decodeManifest } from './image-manifest.ts';
import { checksumOf, inspectBlob } from './sections.ts';
import { attachVectors, isCurrentVectors } from './vectors-codec.ts';

export interface StoredVectors {
  readonly vectors: Uint8Array;
  /** Of the same row; null where it is still to be made. */
  readonly analysis: Uint8Array | null;
  /** Of the generation; undefined for one that is being dropped. */
  readonly dimension: number | undefined;
}

export interface StoredSegment {
  readonly no: number;
  readonly ordinalMin: number;
  readonly ordinalMax: number;
  readonly columns: Uint8Array;
  readonly postings: Uint8Array;
  readonly matrix: Uint8Array;
}

export interface StoredImage {
  readonly manifest: Uint8Array;
  readonly segments: readonly StoredSegment[];
  /** Ordinals of rows that were erased since: segments around them are gone. */
  readonly erased: readonly number[];
}

/** What is wrong, or undefined. */
export function analysisProblem(analysis: Uint8Array): string | undefined {
  return isCurrentAnalysis(analysis) ? faultOf(() => decodeAnalysis(analysis)) : undefined;
}

export function vectorsProblem({
  vectors,
  analysis,
  dimension,
}: StoredVectors): string | undefined {
  // Empty for a text that has none; without a readable analysis they are made again with it.
  if (vectors.length === 0 || !isCurrentVectors(vectors)) return undefined;
  if (analysis === null || !isCurrentAnalysis(analysis)) return undefined;
  return faultOf(() => {
    const { passages } = decodeAnalysis(analysis);
    for (const { vector } of attachVectors(passages, vectors)) {
      const numbers = vector?.values.length ?? dimension;
      if (dimension === undefined || numbers === dimension) continue;
      throw new Error(`A vector has ${numbers} numbers, its model ${dimension}.`);
    }
  });
}

export function imageProblems({ manifest, segments, erased }: StoredImage): string[] {
  const { isWhole, identity } = inspectBlob(manifest);
  if (!isWhole) return ['the manifest is damaged'];
  if (identity === undefined) return [];
  const stored = new Map(segments.map((segment) => [segment.no, segment]));
  return decodeManifest(manifest, identity).parts.flatMap((part) => {
    const { segmentNo: no } = part;
    const segment = stored.get(no);
    const isHit = erased.some((one) => one >= part.ordinalMin && one <= part.ordinalMax);
    if (segment === undefined) return isHit ? [] : [`segment ${no} is missing`];
    const blobs = [segment.columns, segment.postings, segment.matrix];
    if (blobs.some((blob) => !inspectBlob(blob).isWhole)) return [`segment ${no} is damaged`];
    const sums = [part.columnsSum, part.postingsSum, part.matrixSum];
    const isNamed =
      blobs.every((blob, i) => checksumOf(blob) === sums[i]) &&
      segment.ordinalMin === part.ordinalMin &&
      segment.ordinalMax === part.ordinalMax;
    return isNamed ? [] : [`segment ${no} is not the one that the manifest names`];
  });
}

function faultOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
