/** Loads the vector kernel (kernel/scan.as.ts, compiled) over a WebAssembly memory. */
import { readFileSync } from 'node:fs';

/** A row takes a multiple of this many bytes: what the kernel's inner loop reads at once. */
export const rowAlignment = 32;
export const pageBytes = 65_536;
/** 1 GiB, as the kernel was compiled. */
export const memoryPagesMax = 16_384;

export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export interface Kernel {
  readonly memory: KernelMemory;
  /** int32 dot products of an int16 query with int8 rows; all arguments are byte addresses. */
  scan(query: number, rows: number, width: number, count: number, out: number): void;
  /** Reads bytes and does nothing with them: the floor of a scan's time. */
  stream(start: number, bytes: number): number;
}

/** The part of the WebAssembly interface that is used; the types of Node 20 have none of it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Memory: new (limits: { initial: number; maximum: number }) => KernelMemory;
  Instance: new (
    module: object,
    imports: { env: { memory: KernelMemory } },
  ) => { exports: Pick<Kernel, 'scan' | 'stream'> };
};

/** Returns a function that makes a kernel with a memory of its own; it starts with one page. */
export function loadKernel(): () => Kernel {
  // The same step up from src/index and from dist/index.
  const bytes = readFileSync(new URL('../../assets/kernel.wasm', import.meta.url));
  const module = new WebAssembly.Module(bytes);
  return () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: memoryPagesMax });
    const { scan, stream } = new WebAssembly.Instance(module, { env: { memory } }).exports;
    return { memory, scan, stream };
  };
}
