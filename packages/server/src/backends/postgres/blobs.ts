/** Many byte strings as one parameter, which is sent as it is; JSON says where each begins. */

/** `[offset, length]` in the whole. */
export type Place = readonly [number, number];

export class Blobs {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  add(bytes: Uint8Array): Place {
    const offset = this.#length;
    // Copied now, since a caller may go on to use its buffer.
    this.#parts.push(Uint8Array.from(bytes));
    this.#length += bytes.byteLength;
    return [offset, bytes.byteLength];
  }

  addText(text: string): Place {
    return this.add(Buffer.from(text, 'utf8'));
  }

  orNull(bytes: Uint8Array | null): Place | null {
    return bytes && this.add(bytes);
  }

  whole(): Uint8Array {
    return Buffer.concat(this.#parts, this.#length);
  }
}
