/** One memory of a file, as the engine takes it, and what became of it. */
import type { MemoryError } from '../../domain/errors.ts';
import type { Imported, Kind, MemoryId, MemoryLink, Trust } from '../../domain/memory.ts';
import type { MemoryInput } from '../../domain/memory-input.ts';
import type { Identity } from './imported-id.ts';

export interface ImportItem {
  /** In the file, from 1. */
  readonly line: number;
  readonly identity: Identity;
  readonly input: MemoryInput;
  readonly imported: Imported;
  /** Of our own exports. Absent: the rules of store decide what the memory is. */
  readonly state?: ImportedState;
}

/** What a memory had become where it was exported. Ids are those of the file. */
export interface ImportedState {
  readonly id: MemoryId;
  readonly kind: Kind;
  readonly trust: Trust;
  readonly version: number;
  readonly archived: boolean;
  readonly supersedes: MemoryId | null;
  readonly supersededBy: MemoryId | null;
  readonly supersededAt: number | null;
  readonly echoOf: MemoryId | null;
  readonly links: readonly MemoryLink[];
  readonly derivedFrom: readonly MemoryId[];
  /** Tells copies of one export apart; empty as a rule. */
  readonly importId: string;
}

export type ImportOutcome =
  /** `replaced`: it took the place of a fact that was there. */
  | { readonly line: number; readonly status: 'imported' | 'replaced' | 'present' }
  | { readonly line: number; readonly status: 'failed'; readonly error: MemoryError };
