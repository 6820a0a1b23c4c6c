/** Marks in the history of a namespace: compared with, and gone back to. */

/** A mark in the history of a namespace. */
export interface Snapshot {
  id: string;
  name: string;
  /** The newest change that it knows. */
  seq: number;
  memories: number;
  createdAt: string;
  /** A restore was cut short; ask for it again. */
  restoring: boolean;
}

export type DifferenceKind =
  | 'added'
  | 'changed'
  | 'archived'
  | 'superseded'
  | 'erased'
  /** It was there, and no version of that time is kept. */
  | 'unknown';

export interface ComparedMemory {
  id: string;
  change: Exclude<DifferenceKind, 'erased'>;
  version: number;
  versionThen: number | null;
}

export interface Comparison {
  snapshot: Snapshot;
  /** The newest change that took part. */
  seq: number;
  /** Of everything; only with the first page. */
  counts?: Record<DifferenceKind, number>;
  results: ComparedMemory[];
  nextCursor: string | null;
}

export interface SnapshotInput {
  namespace?: string | undefined;
}

export interface CompareInput extends SnapshotInput {
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface RestoreInput extends SnapshotInput {
  /** Only tell what would be done. */
  dryRun?: boolean | undefined;
  /** Memories that the answer names, at most 1,000. */
  limit?: number | undefined;
}

export interface RestoreResult {
  dryRun: boolean;
  /** It went on with a restore that had been cut short. */
  resumed: boolean;
  archived: number;
  restored: number;
  /** Were written after the restore began, and stand. */
  kept: number;
  erased: number;
  unknown: number;
  results: { id: string; action: 'archived' | 'restored' | 'kept' }[];
  /** The snapshot of the state before; null for a dry run. */
  before: string | null;
}
