/** The frame of every stored index blob: a checked header and aligned little-endian sections. */
import { crc32 } from 'node:zlib';
import { invariant } from '../util/invariant.ts';

/** Raised when a layout changes: older blobs are then built again from the rows. */
const format = 3;
/** Magic, format, identity, checksum, total bytes, number of sections. */
const headerWords = 6;
const checksumWord = 3;

export interface Frame {
  /** Four characters that say which blob it is. */
  readonly magic: string;
  /** What else must be equal for the bytes to be usable, as a hash. */
  readonly identity: number;
}

const align = (size: number): number => (size + 7) & ~7;
const magicWord = (magic: string): number => Buffer.from(magic, 'latin1').readUInt32LE(0);

/** One byte string out of the sections, each starting at a multiple of eight. */
export function encodeSections(frame: Frame, sections: readonly ArrayBufferView[]): Uint8Array {
  const tableWords = headerWords + 2 * sections.length;
  let size = align(tableWords * 4);
  const starts = sections.map((section) => {
    const start = size;
    size = align(size + section.byteLength);
    return start;
  });
  const bytes = new Uint8Array(size);
  const words = new Uint32Array(bytes.buffer, 0, tableWords);
  words.set([magicWord(frame.magic), format, frame.identity, 0, size, sections.length]);
  sections.forEach((section, i) => {
    const start = starts[i] ?? 0;
    words.set([start, section.byteLength], headerWords + 2 * i);
    bytes.set(new Uint8Array(section.buffer, section.byteOffset, section.byteLength), start);
  });
  words[checksumWord] = checksum(bytes);
  return bytes;
}

/** Views of the sections. Throws an Error when the bytes are damaged or of another frame. */
export function decodeSections(frame: Frame, stored: Uint8Array, count: number): Uint8Array[] {
  // Typed arrays need aligned bytes; a backend may hand out a view into something larger.
  const bytes = stored.byteOffset % 8 === 0 ? stored : new Uint8Array(stored);
  const tableWords = headerWords + 2 * count;
  if (bytes.length < tableWords * 4) throw new Error(`The ${frame.magic} blob is too short.`);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, tableWords);
  const expected = [magicWord(frame.magic), format, frame.identity];
  if (expected.some((word, i) => words[i] !== word >>> 0)) {
    throw new Error(`The ${frame.magic} blob is of another kind, format or analyser.`);
  }
  if (words[4] !== bytes.length || words[5] !== count) {
    throw new Error(`The ${frame.magic} blob has another size than it says.`);
  }
  if (words[checksumWord] !== checksum(bytes)) {
    throw new Error(`The ${frame.magic} blob is damaged: its checksum differs.`);
  }
  return Array.from({ length: count }, (_, i) => {
    const start = words[headerWords + 2 * i] ?? 0;
    const size = words[headerWords + 2 * i + 1] ?? 0;
    invariant(start + size <= bytes.length, 'a section lies inside its blob');
    return bytes.subarray(start, start + size);
  });
}

/**
 * Whether the bytes are those that were written, whatever analyser or model they are of. A blob of
 * another format is made again anyhow and counts as whole. `identity` is the one that they carry.
 */
export function inspectBlob(bytes: Uint8Array): { isWhole: boolean; identity: number | undefined } {
  if (bytes.length < headerWords * 4) return { isWhole: false, identity: undefined };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number): number => view.getUint32(at * 4, true);
  if (word(1) !== format) return { isWhole: true, identity: undefined };
  const isWhole = word(4) === bytes.length && word(checksumWord) === checksum(bytes);
  return { isWhole, identity: isWhole ? word(2) : undefined };
}

/** The checksum that a blob carries: it names the content. */
export function checksumOf(blob: Uint8Array): number {
  if (blob.length < headerWords * 4) throw new Error('The blob is too short.');
  return new DataView(blob.buffer, blob.byteOffset).getUint32(checksumWord * 4, true);
}

/** CRC-32 of everything but the checksum itself. */
function checksum(bytes: Uint8Array): number {
  const at = checksumWord * 4;
  return crc32(bytes.subarray(at + 4), crc32(bytes.subarray(0, at)));
}
