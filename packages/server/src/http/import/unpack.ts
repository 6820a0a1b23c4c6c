/** Unpacks a compressed request body, and stops one that would become absurdly large. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { MemoryError } from '../../domain/errors.ts';

export interface UnpackBounds {
  /** Unpacked bytes for each packed one, beside the free bytes. */
  readonly ratioMax: number;
  readonly bytesFree: number;
}

/** Throws body_too_large, and invalid_request for what is not gzip or was cut. */
export async function* unpack(
  source: AsyncIterable<Uint8Array>,
  { ratioMax, bytesFree }: UnpackBounds,
): AsyncGenerator<Uint8Array, void, undefined> {
  let packed = 0;
  let unpacked = 0;
  let fault: unknown;
  async function* counted() {
    try {
      for await (const chunk of source) {
        packed += chunk.length;
        yield chunk;
      }
    } catch (error) {
      fault = error;
      throw error;
    }
  }
  const gunzip = createGunzip();
  // Its faults come out of the loop below too.
  const feeding = pipeline(Readable.from(counted()), gunzip).catch(() => undefined);
  try {
    for await (const chunk of gunzip) {
      unpacked += chunk.length;
      if (unpacked > packed * ratioMax + bytesFree) {
        const message = `The body unpacks to more than ${ratioMax} times its size.`;
        throw new MemoryError('body_too_large', message);
      }
      yield chunk;
    }
  } catch (cause) {
    if (fault !== undefined) throw fault;
    if (MemoryError.isInstance(cause)) throw cause;
    const message = 'The body is not gzip, or it was cut.';
    throw new MemoryError('invalid_request', message, { cause });
  } finally {
    gunzip.destroy();
    await feeding;
  }
}
