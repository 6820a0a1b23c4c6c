/** A part as a stored segment, and back. */
import type { SegmentRow } from '../ports/records.ts';
import { AttributeTable } from './attribute-table.ts';
import { decodeColumns, encodeColumns } from './columns-codec.ts';
import type { Corpus } from './corpus.ts';
import type { ManifestPart } from './image-manifest.ts';
import { PackedPostings } from './packed-postings.ts';
import type { Part } from './part.ts';
import { checksumOf, decodeSections, encodeSections } from './sections.ts';

const magic = 'RVMX';

/** The part's first `packedCount` documents; the part must be packed that far. */
export function encodePart(corpus: Corpus, part: Part): SegmentRow {
  const [postings] = part.sources;
  if (!(postings instanceof PackedPostings)) throw new Error('The part is not packed.');
  const { identity } = corpus;
  const rows = part.vectors.copy(part.packedCount);
  return {
    no: part.segmentNo,
    ordinalMin: part.ordinalMin,
    ordinalMax: part.ordinalMax,
    columns: encodePartColumns(corpus, part),
    postings: postings.bytes,
    // Beside the vectors: it changes with new passages only, as they do.
    matrix: encodeSections({ magic, identity }, [rows, part.encodeAttributes(identity)]),
  };
}

export function encodePartColumns(corpus: Corpus, part: Part): Uint8Array {
  return encodeColumns(part.columns, part.packedCount, corpus.keys, corpus.identity);
}

/** Reads a segment into a new part of the corpus. Throws an Error when anything is wrong. */
export function decodePart(corpus: Corpus, entry: ManifestPart, segment: SegmentRow): void {
  const { identity } = corpus;
  const sums = [segment.columns, segment.postings, segment.matrix].map(checksumOf);
  const { columnsSum, postingsSum, matrixSum } = entry;
  if (sums.some((sum, i) => sum !== [columnsSum, postingsSum, matrixSum][i])) {
    throw new Error('The segment is not the one that the manifest names.');
  }
  const postings = new PackedPostings(segment.postings, identity);
  const [rows, attributes] = decodeSections({ magic, identity }, segment.matrix, 2);
  const part = corpus.addPart(entry.segmentNo);
  try {
    part.reserve(entry.count);
    const count = decodeColumns(segment.columns, part.columns, corpus.keys, identity);
    const bytes = rows?.length ?? 0;
    if (count !== entry.count || (bytes > 0 && bytes !== count * part.vectors.width)) {
      throw new Error('The segment holds another number of passages than the manifest says.');
    }
    part.isOutside = bytes === 0 && part.columns.scales.subarray(0, count).some(Boolean);
    if (part.isOutside && !corpus.settings.mayLackVectors) {
      throw new Error('The segment has no vectors: they were searched elsewhere.');
    }
    if (rows && bytes > 0) part.vectors.fill(new Int8Array(rows.buffer, rows.byteOffset, bytes));
    if (attributes && attributes.length > 0) {
      part.attributes = AttributeTable.decode(attributes, part.capacity, identity);
    }
    part.count = count;
    part.sources = [postings];
    part.freeze();
    part.packedCount = count;
    part.stored = entry;
    corpus.adopt(part);
  } catch (error) {
    corpus.removePart(part);
    throw error;
  }
}
