/** How close the exact int8 scan is to just reading the same bytes: the kernel alone, no server. */
import { readFileSync } from 'node:fs';

export interface ScanMeasure {
  readonly rows: number;
  readonly dimension: number;
  /** Median milliseconds of one pass over all rows. */
  readonly scanMs: number;
  readonly streamMs: number;
  /** Median of the ratios of neighbouring passes; design.md asks for 1.5 at most. */
  readonly ratio: number;
}

interface KernelExports {
  scan(query: number, rows: number, width: number, count: number, out: number): void;
  stream(start: number, bytes: number): number;
}

/** The part of the WebAssembly interface that is used; the types of Node 20 have none of it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  Instance: new (module: object, imports: object) => { exports: KernelExports };
};

const pageBytes = 65_536;
const maximum = 16_384;

/** Runs `scan` and `stream` in turn over random rows, as the index lays them out. */
export function measureScan(options: {
  readonly rows?: number;
  readonly dimension?: number;
  readonly passes?: number;
}): ScanMeasure {
  const { rows = 100_000, dimension = 256, passes = 200 } = options;
  const bytes = rows * dimension;
  const resultPages = Math.ceil((rows * 4) / pageBytes);
  const start = (1 + resultPages) * pageBytes;
  const initial = 1 + resultPages + Math.ceil(bytes / pageBytes);
  const memory = new WebAssembly.Memory({ initial, maximum });
  const url = new URL('../../packages/server/assets/kernel.wasm', import.meta.url);
  const module = new WebAssembly.Module(readFileSync(url));
  const { scan, stream } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  const all = new Int8Array(memory.buffer);
  for (let i = start; i < start + bytes; i += 1) all[i] = (i * 2_654_435_761) >>> 24;
  new Int16Array(memory.buffer, 0, dimension).fill(1234);

  const scans: number[] = [];
  const streams: number[] = [];
  for (let pass = 0; pass < passes; pass += 1) {
    streams.push(timed(() => stream(start, bytes)));
    scans.push(timed(() => scan(0, start, dimension, rows, pageBytes)));
  }
  const ratios = scans.map((ms, i) => ms / (streams[i] ?? ms));
  return {
    rows,
    dimension,
    scanMs: median(scans),
    streamMs: median(streams),
    ratio: median(ratios),
  };
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
