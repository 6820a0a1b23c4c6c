/**
 * What was forgotten, listed apart from the store, so that it stays forgotten when a backup from
 * before is restored. Implementation: backends/files. A store that ends with its process has none.
 */
import type { KeyHash, MemoryId, TenantId } from '../domain/memory.ts';

/** One step of a forget, without content. Times are milliseconds since 1970 UTC. */
export interface Erasure {
  readonly tenant: TenantId;
  readonly namespaceNo: number;
  /** Keyed hash of the namespace's name: numbers of two stores may be the same. */
  readonly namespaceHash: KeyHash;
  /** Of the forget that the step belongs to. */
  readonly receipt: string;
  /** What the memories were named by. */
  readonly selector: string;
  /** When the forget was asked for. */
  readonly askedAt: number;
  /** Not before any of the memories was stored: one of the same id that is newer is not meant. */
  readonly at: number;
  readonly named: readonly MemoryId[];
  /** Made of others that go. */
  readonly derived: readonly MemoryId[];
  /** The namespace itself goes, with its name. */
  readonly namespaceGone?: true;
}

export interface ErasureList {
  /**
   * Runs `erase` when the erasure is on the list for good. Throws disk_full, store_read_only and
   * store_unavailable, and then nothing was run.
   */
  during<Result>(erasure: Erasure, erase: () => Promise<Result>): Promise<Result>;
}
