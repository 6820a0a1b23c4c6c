/**
 * Memory for vectors: 64 KB slabs in a few WebAssembly memories. One memory per namespace would
 * end at about 13,000 namespaces, because each reserves gigabytes of address space.
 */
import { invariant } from '../util/invariant.ts';
import { type Kernel, loadKernel, memoryPagesMax, pageBytes, rowAlignment } from './kernel.ts';

export const slabBytes = pageBytes;
/** Half of the first page holds the query, half the results. */
const halfBytes = pageBytes / 2;
/** Int16 components that fit the query's half page. */
export const dimensionMax = halfBytes / 2;
/** Pages a memory grows by: 1 MB. */
const growthPages = 16;

/** A slab: which memory, and where in it. */
export interface Slab {
  readonly arena: Arena;
  readonly address: number;
}

/** One WebAssembly memory with its kernel. */
export interface Arena {
  readonly kernel: Kernel;
  /** Views of the whole memory; replaced when it grows. */
  int8: Int8Array;
  int16: Int16Array;
  /** The half page that the kernel writes its results to. */
  results: Int32Array;
  /** Pages that were handed out at least once, the scratch page included. */
  used: number;
  pages: number;
  /** Number of the query that lies in the scratch page. */
  query: number;
}

export interface SlabPool {
  /** Not cleared: what was in it before is still there. */
  take(): Slab;
  give(slab: Slab): void;
  /** Bytes in slabs that are taken. */
  takenBytes(): number;
  /** Sets the query for the scans that follow; `length` at most {@link dimensionMax}. */
  setQuery(query: Int16Array): void;
  /**
   * Dot products of the query with the first rows of a slab. The result is a longer view, valid
   * until the next call.
   */
  scan(slab: Slab, width: number, rows: number): Int32Array;
}

/** Bytes of a row of `dimension` components. */
export function rowBytes(dimension: number): number {
  return Math.ceil(dimension / rowAlignment) * rowAlignment;
}

export function createSlabPool(options: { pagesMax?: number } = {}): SlabPool {
  const pagesMax = options.pagesMax ?? memoryPagesMax;
  const newKernel = loadKernel();
  const arenas: Arena[] = [];
  const free: Slab[] = [];
  let taken = 0;
  let query: Int16Array = new Int16Array(0);
  let queryNumber = 0;

  const fresh = (): Slab => {
    let arena = arenas.at(-1);
    if (arena === undefined || arena.used >= pagesMax) {
      arena = openArena(newKernel());
      arenas.push(arena);
    }
    if (arena.used === arena.pages) grow(arena, Math.min(growthPages, pagesMax - arena.pages));
    arena.used += 1;
    return { arena, address: (arena.used - 1) * pageBytes };
  };

  return {
    take() {
      taken += 1;
      return free.pop() ?? fresh();
    },
    give(slab) {
      taken -= 1;
      free.push(slab);
    },
    takenBytes: () => taken * slabBytes,
    setQuery(next) {
      invariant(next.length <= dimensionMax, 'the query fits the scratch page');
      query = next;
      queryNumber += 1;
    },
    scan(slab, width, rows) {
      invariant(width % rowAlignment === 0, 'rows are padded to the kernel step');
      const { arena } = slab;
      if (arena.query !== queryNumber) {
        arena.int16.fill(0, 0, width);
        arena.int16.set(query);
        arena.query = queryNumber;
      }
      arena.kernel.scan(0, slab.address, width, rows, halfBytes);
      return arena.results;
    },
  };
}

function openArena(kernel: Kernel): Arena {
  const { buffer } = kernel.memory;
  return { kernel, ...views(buffer), used: 1, pages: 1, query: 0 };
}

function grow(arena: Arena, pages: number): void {
  arena.kernel.memory.grow(pages);
  arena.pages += pages;
  Object.assign(arena, views(arena.kernel.memory.buffer));
}

function views(buffer: ArrayBuffer): Pick<Arena, 'int8' | 'int16' | 'results'> {
  return {
    int8: new Int8Array(buffer),
    int16: new Int16Array(buffer),
    results: new Int32Array(buffer, halfBytes, halfBytes / 4),
  };
}
