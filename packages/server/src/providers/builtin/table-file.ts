/** Reads the file of the built-in embedder; tools/train-embedder/table.py writes it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const MAGIC = 'REVEMBED';
const VERSION = 1;
const HEADER_BYTES = 96;
const MODEL_AT = 64;
const MODEL_BYTES = 32;
const DIGEST_AT = 32;
const DIGEST_BYTES = 32;

/** The file's content; the numeric arrays are views over one buffer. */
export interface EmbeddingTable {
  readonly model: string;
  readonly dimension: number;
  /** One entry a row: a word or, with "##" before it, the continuation of a word. */
  readonly vocabulary: readonly string[];
  /** What one step of a row's int8 values is worth. */
  readonly scales: Float32Array;
  /** Inverse document frequency of each row in steps of `weightStep` nats. */
  readonly weights: Uint8Array;
  readonly weightStep: number;
  /** Inverse document frequency, in nats, of a word that has no row. */
  readonly unknownWeight: number;
  /** rows x dimension int8 values. */
  readonly rows: Int8Array;
}

function padded(size: number): number {
  return Math.ceil(size / 4) * 4;
}

function damaged(path: string, reason: string): Error {
  return new Error(`The embedding table ${path} cannot be used: ${reason}.`);
}

function readBytes(path: string): Uint8Array<ArrayBuffer> {
  try {
    const file = readFileSync(path);
    if (file.buffer instanceof ArrayBuffer && file.byteOffset % 4 === 0) {
      return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
    }
    return new Uint8Array(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The embedding table ${path} cannot be read: ${reason}`, { cause });
  }
}

/**
 * Reads and checks the whole file (about 10 MB, a few milliseconds).
 *
 * Throws an Error naming the file when it is missing, truncated, of another version or damaged.
 */
export function readTableFile(path: string): EmbeddingTable {
  const bytes = readBytes(path);
  if (bytes.length < HEADER_BYTES) throw damaged(path, 'it is shorter than its header');
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const text = new TextDecoder();
  if (text.decode(bytes.subarray(0, 8)) !== MAGIC) throw damaged(path, 'it has another format');
  const version = header.getUint32(8, true);
  if (version !== VERSION) throw damaged(path, `its version is ${version}, not ${VERSION}`);
  const dimension = header.getUint32(12, true);
  const count = header.getUint32(16, true);
  const vocabularyBytes = header.getUint32(20, true);

  const scalesAt = HEADER_BYTES + padded(vocabularyBytes);
  const weightsAt = scalesAt + 4 * count;
  const rowsAt = weightsAt + padded(count);
  const size = rowsAt + count * dimension;
  if (bytes.length !== size) throw damaged(path, `it has ${bytes.length} bytes, not ${size}`);
  const digest = createHash('sha256').update(bytes.subarray(HEADER_BYTES)).digest();
  if (digest.compare(bytes.subarray(DIGEST_AT, DIGEST_AT + DIGEST_BYTES)) !== 0) {
    throw damaged(path, 'its checksum does not match');
  }
  const words = bytes.subarray(HEADER_BYTES, HEADER_BYTES + vocabularyBytes);
  const vocabulary = text.decode(words).split('\n');
  if (vocabulary.length !== count) throw damaged(path, 'its vocabulary does not match its rows');
  const model = text.decode(bytes.subarray(MODEL_AT, MODEL_AT + MODEL_BYTES));
  const start = bytes.byteOffset;
  return {
    model: model.replaceAll('\0', ''),
    dimension,
    vocabulary,
    scales: new Float32Array(bytes.buffer, start + scalesAt, count),
    weights: bytes.subarray(weightsAt, weightsAt + count),
    weightStep: header.getFloat32(24, true),
    unknownWeight: header.getFloat32(28, true),
    rows: new Int8Array(bytes.buffer, start + rowsAt, count * dimension),
  };
}
