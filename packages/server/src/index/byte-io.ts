/** Reading and writing compact byte strings: varints, UTF-8 and numbers, with checked bounds. */

export class ByteWriter {
  #bytes = Buffer.alloc(1024);
  #length = 0;

  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length] = (rest % 128) | 128;
      this.#length += 1;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length] = rest;
    this.#length += 1;
  }

  string(text: string): void {
    const size = Buffer.byteLength(text);
    this.varint(size);
    this.#reserve(size);
    this.#length += this.#bytes.write(text, this.#length);
  }

  float32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeFloatLE(value, this.#length);
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeUInt32LE(value, this.#length);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(0, this.#length));
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#length + size));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Every read throws when the bytes end too early. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** At most 2^42: six bytes. */
  varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 6; i += 1) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new Error('The bytes end inside a number.');
      this.#at += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    throw new Error('A number is too long.');
  }

  /** A count of things of at least `size` bytes each: no more than the bytes that are left hold. */
  count(size: number): number {
    const count = this.varint();
    if (count * size > this.left) throw new Error('A count is larger than the bytes that follow.');
    return count;
  }

  string(): string {
    const size = this.count(1);
    const text = this.#bytes.toString('utf8', this.#at, this.#at + size);
    this.#at += size;
    return text;
  }

  float32(): number {
    this.#need(4);
    this.#at += 4;
    return this.#bytes.readFloatLE(this.#at - 4);
  }

  uint32(): number {
    this.#need(4);
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  /** A view, not a copy. */
  raw(size: number): Uint8Array {
    this.#need(size);
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  #need(size: number): void {
    if (size > this.left) throw new Error('The bytes end too early.');
  }
}
