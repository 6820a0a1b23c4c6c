/** What forgetting takes and tells. */
import type { Filter, TagFilter, TimeFilter } from './filter-types.ts';
import type { Audience, Kind } from './memory-types.ts';

/** By id; by key: its fact and its whole thread; or by conditions, all of which must hold. */
export type ForgetInput =
  | { id: string; namespace?: string | undefined; dryRun?: boolean | undefined }
  | { key: string; namespace?: string | undefined; dryRun?: boolean | undefined }
  | ForgetManyInput;

/** What makes sure that no more is forgotten than is meant; one of the three is needed. */
export interface ForgetCare {
  /** Only counts. */
  dryRun?: boolean | undefined;
  confirm?: boolean | undefined;
  /** The number of memories, as a dry run counts them; `count_mismatch` when it is another. */
  expectedCount?: number | undefined;
}

/** Replaced, archived and expired memories are forgotten too, where they meet the conditions. */
export interface ForgetManyInput extends ForgetCare, Omit<TimeFilter, 'asOf'> {
  namespace?: string | undefined;
  filter?: Filter | undefined;
  tags?: TagFilter | undefined;
  kind?: Kind | undefined;
  type?: string | undefined;
  audience?: Audience | undefined;
  speaker?: string | undefined;
}

export interface ForgetCounts {
  memories: number;
  /** Of them, memories that were made of others of them. */
  derived: number;
  /** Former versions. */
  versions: number;
  vectors: number;
  attachments: number;
  /** Memories for the `system` audience that stay: the key has no `system` permission. */
  kept: number;
}

export interface ForgetResult {
  /** How many memories are gone; 0 of a dry run. */
  forgotten: number;
  dryRun: boolean;
  namespace: string | null;
  /** Of a dry run: what would go. */
  counts: ForgetCounts;
  /** Null when there was nothing to forget. */
  receipt: ForgetReceipt | null;
}

/** What was forgotten, in counts and times, without any content. */
export interface ForgetReceipt {
  id: string;
  /** `hidden`: no answer shows it. `erased`: its bytes have left the files too. */
  state: 'running' | 'hidden' | 'erased';
  selector: 'id' | 'key' | 'filter' | 'namespace';
  /** Null when it is gone. */
  namespace: string | null;
  counts: ForgetCounts;
  askedAt: string;
  hidden: { seq: number | null; at: string } | null;
  erasedAt: string | null;
  /** What no server can take back. */
  outOfReach: { what: string; note: string }[];
}

/** `namespace` is null: names belong to their tenant. */
export interface TenantReceipt extends ForgetReceipt {
  tenant: string;
}
