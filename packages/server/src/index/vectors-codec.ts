/** The stored form of a memory's vectors in one generation: one per passage. */
import { crc32 } from 'node:zlib';
import { ByteReader, ByteWriter } from './byte-io.ts';
import type { PassageAnalysis, QuantizedVector } from './types.ts';

/** Where a passage stands, and its vector: null where no word was known to the embedder. */
export type PassageVector = Pick<PassageAnalysis, 'start' | 'end' | 'vector'>;

const format = 1;
/** Format byte and CRC-32 of what follows. */
const headerBytes = 5;

/** The same vectors always give the same bytes. */
export function encodeVectors(passages: readonly PassageVector[]): Uint8Array {
  const writer = new ByteWriter();
  writer.raw(Uint8Array.of(format));
  writer.uint32(0);
  writer.uint32(spansSum(passages));
  writer.varint(passages.length);
  for (const { vector } of passages) {
    writer.varint(vector === null ? 0 : 1);
    if (vector === null) continue;
    const { scale, values } = vector;
    writer.float32(scale);
    writer.varint(values.length);
    writer.raw(new Uint8Array(values.buffer, values.byteOffset, values.length));
  }
  const bytes = writer.finish();
  const sum = crc32(bytes.subarray(headerBytes));
  new DataView(bytes.buffer).setUint32(1, sum, true);
  return bytes;
}

/** Vectors of another format are made again when they are needed. */
export const isCurrentVectors = (bytes: Uint8Array): boolean => bytes[0] === format;

/**
 * The passages with their vectors; empty bytes are no vectors. Throws an Error when the bytes are
 * damaged, of another format, or made of passages that were cut elsewhere.
 */
export function attachVectors(
  passages: readonly PassageAnalysis[],
  bytes: Uint8Array,
): PassageAnalysis[] {
  if (bytes.length === 0) return passages.map((passage) => ({ ...passage, vector: null }));
  const { reader, spans, count } = openVectors(bytes);
  const isSame = spans === spansSum(passages) && count === passages.length;
  if (!isSame) throw new Error('The vectors are of other passages.');
  const attached = passages.map((passage) => ({ ...passage, vector: readVector(reader) }));
  if (reader.left > 0) throw new Error('The vectors have bytes behind their end.');
  return attached;
}

/** The vectors alone, whatever their passages say. Throws as {@link attachVectors} does. */
export function decodeVectors(bytes: Uint8Array): (QuantizedVector | null)[] {
  if (bytes.length === 0) return [];
  const { reader, count } = openVectors(bytes);
  return Array.from({ length: count }, () => readVector(reader));
}

/** Behind the head: what the passages say, and how many there are. */
function openVectors(bytes: Uint8Array): { reader: ByteReader; spans: number; count: number } {
  const reader = new ByteReader(bytes);
  if (reader.raw(1)[0] !== format) throw new Error('The vectors have an unknown format.');
  if (reader.uint32() !== crc32(bytes.subarray(headerBytes))) {
    throw new Error('The vectors are damaged: their checksum differs.');
  }
  return { reader, spans: reader.uint32(), count: reader.count(1) };
}

function readVector(reader: ByteReader): QuantizedVector | null {
  if (reader.varint() === 0) return null;
  const scale = reader.float32();
  const bytes = reader.raw(reader.count(1));
  return { scale, values: new Int8Array(bytes) };
}

function spansSum(passages: readonly PassageVector[]): number {
  return crc32(JSON.stringify(passages.map(({ start, end }) => [start, end])));
}
