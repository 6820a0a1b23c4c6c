/** Plain tar archives (POSIX ustar), written and read as streams. */

export interface TarEntry {
  /** At most 100 bytes of ASCII. */
  readonly name: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

export interface TarPart {
  readonly name: string;
  readonly bytes: number;
  /** To be read to its end before the next part is asked for. */
  readonly content: AsyncIterable<Uint8Array>;
}

const block = 512;
/** Two empty blocks. */
export const tarEnd: Uint8Array = new Uint8Array(2 * block);
/** More needs the base-256 form of GNU, which every tar of today reads. */
const octalMax = 8 ** 11;

/** What stands before the content. */
export function tarHeader({ name, bytes, modifiedMs }: TarEntry): Uint8Array {
  const header = Buffer.alloc(block);
  const octal = (value: number, at: number, digits: number): void => {
    header.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
  };
  header.write(name, 0, 100, 'latin1');
  octal(0o600, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  if (bytes < octalMax) octal(bytes, 124, 11);
  else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(bytes), 128);
  }
  octal(Math.floor(modifiedMs / 1000), 136, 11);
  header.write('0', 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  octal(sumOf(header), 148, 6);
  header.write(' ', 155, 'latin1');
  return header;
}

/** What stands behind the content. */
export function tarPadding(bytes: number): Uint8Array {
  return new Uint8Array((block - (bytes % block)) % block);
}

/**
 * The parts in order, ending with the archive's end. Throws an Error for what is no archive, or
 * one that was cut.
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<TarPart, void, undefined> {
  const reader = new BlockReader(source);
  try {
    for (;;) {
      const header = Buffer.from(await reader.exactly(block));
      if (header.every((byte) => byte === 0)) return;
      const told = Number.parseInt(header.toString('latin1', 148, 154), 8);
      if (told !== sumOf(header)) throw new Error('It is no tar archive, or a damaged one.');
      const end = header.indexOf(0);
      const name = header.toString('latin1', 0, Math.min(end < 0 ? 100 : end, 100));
      const bytes = sizeIn(header);
      yield { name, bytes, content: reader.content(bytes) };
      await reader.exactly(tarPadding(bytes).length);
    }
  } finally {
    await reader.close();
  }
}

/** Of the header with spaces in place of the sum. */
function sumOf(header: Uint8Array): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0);
}

function sizeIn(header: Buffer): number {
  if (header[124] === 0x80) return Number(header.readBigUInt64BE(128));
  return Number.parseInt(header.toString('latin1', 124, 135), 8);
}

class BlockReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #left: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async exactly(bytes: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for await (const part of this.content(bytes)) parts.push(part);
    return Buffer.concat(parts);
  }

  async *content(bytes: number): AsyncGenerator<Uint8Array, void, undefined> {
    let missing = bytes;
    while (missing > 0) {
      if (this.#left.length === 0) {
        const next = await this.#source.next();
        if (next.done) throw new Error('It was cut before its end.');
        this.#left = next.value;
      }
      const part = this.#left.subarray(0, missing);
      this.#left = this.#left.subarray(part.length);
      missing -= part.length;
      yield part;
    }
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }
}
