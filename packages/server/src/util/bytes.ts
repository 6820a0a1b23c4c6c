/** Small helpers over byte arrays. */

/**
 * The same bytes in a buffer of exactly their size. A view on a larger pool would be cloned
 * together with the whole pool when it crosses a thread border.
 */
export function compactBytes(bytes: Uint8Array): Uint8Array {
  const isWhole = bytes.byteLength === bytes.buffer.byteLength;
  return isWhole && bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes);
}

/** Order of two texts by their UTF-8 bytes, which is the order of most databases. */
export function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}
