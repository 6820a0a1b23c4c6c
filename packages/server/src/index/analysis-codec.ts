/** The stored form of a memory's analysis: what stands beside the row, vectors apart. */
import { crc32 } from 'node:zlib';
import { ByteReader, ByteWriter } from './byte-io.ts';
import type { Attributes, MemoryAnalysis, PassageAnalysis, TermCount } from './types.ts';

const format = 3;
/** Format byte and CRC-32 of what follows. */
const headerBytes = 5;

/** Shares are kept in a byte. */
export const shareSteps = 255;

/** The same analysis always gives the same bytes: equal bytes mean equal passages. */
export function encodeAnalysis(analysis: MemoryAnalysis): Uint8Array {
  const writer = new ByteWriter();
  writer.raw(Uint8Array.of(format));
  writer.uint32(0);
  writer.string(analysis.analyzer);
  writeStrings(writer, analysis.languages);
  writeStrings(writer, analysis.fields);
  writer.string(analysis.attributes === undefined ? '' : JSON.stringify(analysis.attributes));
  writer.varint(analysis.passages.length);
  for (const passage of analysis.passages) writePassage(writer, passage);
  const bytes = writer.finish();
  const sum = crc32(bytes.subarray(headerBytes));
  new DataView(bytes.buffer).setUint32(1, sum, true);
  return bytes;
}

/** One of another format is made again when it is needed. */
export const isCurrentAnalysis = (bytes: Uint8Array): boolean => bytes[0] === format;

/** No passage has a vector yet. Throws an Error when the bytes are damaged or of another format. */
export function decodeAnalysis(bytes: Uint8Array): MemoryAnalysis {
  const reader = new ByteReader(bytes);
  if (reader.raw(1)[0] !== format) throw new Error('The analysis has an unknown format.');
  if (reader.uint32() !== crc32(bytes.subarray(headerBytes))) {
    throw new Error('The analysis is damaged: its checksum differs.');
  }
  const analyzer = reader.string();
  const languages = readStrings(reader);
  const fields = readStrings(reader);
  const attributes = reader.string();
  const passages: PassageAnalysis[] = [];
  for (let left = reader.count(6); left > 0; left -= 1) passages.push(readPassage(reader));
  if (reader.left > 0) throw new Error('The analysis has bytes behind its end.');
  const facts = { analyzer, languages, fields, passages };
  return attributes === '' ? facts : { ...facts, attributes: JSON.parse(attributes) as Attributes };
}

function writeStrings(writer: ByteWriter, texts: readonly string[]): void {
  writer.varint(texts.length);
  for (const text of texts) writer.string(text);
}

function readStrings(reader: ByteReader): string[] {
  const texts: string[] = [];
  for (let left = reader.count(1); left > 0; left -= 1) texts.push(reader.string());
  return texts;
}

function writePassage(writer: ByteWriter, passage: PassageAnalysis): void {
  writer.varint(passage.start);
  writer.varint(passage.end);
  writer.varint(passage.length);
  writer.raw(Uint8Array.of(Math.round(passage.questionShare * shareSteps)));
  writer.varint(passage.terms.length);
  for (const { term, count } of passage.terms) {
    writer.string(term);
    writer.varint(count);
  }
  writeStrings(writer, passage.entities);
}

function readPassage(reader: ByteReader): PassageAnalysis {
  const start = reader.varint();
  const end = reader.varint();
  const length = reader.varint();
  const questionShare = (reader.raw(1)[0] ?? 0) / shareSteps;
  const terms: TermCount[] = [];
  for (let left = reader.count(2); left > 0; left -= 1) {
    terms.push({ term: reader.string(), count: reader.varint() });
  }
  const entities = readStrings(reader);
  return { start, end, length, questionShare, terms, entities, vector: null };
}
