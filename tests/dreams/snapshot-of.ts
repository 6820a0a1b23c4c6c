/** A snapshot and tools for strategies, as the benchmarks of dreams make them. */
export type { Planted } from '../../bench/src/dreams/planted-case.ts';
export * from '../../bench/src/dreams/snapshot-of.ts';
