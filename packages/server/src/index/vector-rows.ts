/** The vectors of one part of an index: rows in slabs, addressed by local document number. */
import { rowBytes, type Slab, type SlabPool, slabBytes } from './slab-pool.ts';

/** Slabs are taken when the first vector falls into them, so text alone takes no memory here. */
export class VectorRows {
  readonly width: number;
  readonly rowsPerSlab: number;
  readonly slabs: (Slab | undefined)[] = [];
  readonly #pool: SlabPool;

  constructor(pool: SlabPool, dimension: number) {
    this.#pool = pool;
    this.width = Math.max(rowBytes(dimension), rowBytes(1));
    this.rowsPerSlab = Math.floor(slabBytes / this.width);
  }

  set(local: number, values: Int8Array): void {
    const number = Math.floor(local / this.rowsPerSlab);
    let slab = this.slabs[number];
    if (slab === undefined) {
      slab = this.#pool.take();
      slab.arena.int8.fill(0, slab.address, slab.address + slabBytes);
      this.slabs[number] = slab;
    }
    const at = slab.address + (local % this.rowsPerSlab) * this.width;
    slab.arena.int8.set(values, at);
  }

  /** A view of one row, valid until the pool grows; undefined where no slab was taken. */
  row(local: number): Int8Array | undefined {
    const slab = this.slabs[Math.floor(local / this.rowsPerSlab)];
    if (slab === undefined) return undefined;
    const at = slab.address + (local % this.rowsPerSlab) * this.width;
    return slab.arena.int8.subarray(at, at + this.width);
  }

  clear(local: number): void {
    this.row(local)?.fill(0);
  }

  /** Rows 0 to `count`, one after another; empty when there is no vector at all. */
  copy(count: number): Int8Array {
    if (this.slabs.every((slab) => slab === undefined)) return new Int8Array(0);
    const bytes = new Int8Array(count * this.width);
    this.slabs.forEach((slab, number) => {
      const first = number * this.rowsPerSlab;
      if (slab === undefined || first >= count) return;
      const size = Math.min(this.rowsPerSlab, count - first) * this.width;
      bytes.set(slab.arena.int8.subarray(slab.address, slab.address + size), first * this.width);
    });
    return bytes;
  }

  /** The opposite of {@link copy}, into rows that were never set. */
  fill(bytes: Int8Array): void {
    const step = this.rowsPerSlab * this.width;
    for (let start = 0; start < bytes.length; start += step) {
      const slab = this.#pool.take();
      const piece = bytes.subarray(start, start + step);
      slab.arena.int8.set(piece, slab.address);
      slab.arena.int8.fill(0, slab.address + piece.length, slab.address + slabBytes);
      this.slabs[start / step] = slab;
    }
  }

  /** Rows that are scanned in slab `number` when the part holds `count` documents. */
  rowsIn(number: number, count: number): number {
    return Math.min(this.rowsPerSlab, count - number * this.rowsPerSlab);
  }

  get bytes(): number {
    return this.slabs.reduce((sum, slab) => sum + (slab === undefined ? 0 : slabBytes), 0);
  }

  /** Gives the slabs back; the rows are gone. */
  free(): void {
    for (const slab of this.slabs) if (slab !== undefined) this.#pool.give(slab);
    this.slabs.length = 0;
  }
}
