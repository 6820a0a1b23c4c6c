/**
 * Moves a whole store from one backend to another: every row as it is, in pages. What is derived
 * and can be made again (index images, counts of turns) is left out. Nobody writes to a store
 * while it is open for this. Implementations: backends/sqlite, postgres, item-table, ephemeral; the
 * contract is backends/contract/transfer-contract.ts.
 */
import type { MemoryColumns, TenantId } from '../domain/memory.ts';
import type { ControlDocument } from './control.ts';
import type { Change, KeptReceipt, NamespaceInfo } from './records.ts';

export interface StoreFacts {
  /** The largest number that a namespace ever had; it is never given again. */
  readonly lastNamespaceNo: number;
  /** Ascending. */
  readonly closedGenerations: readonly number[];
}

export interface NamespaceRow extends NamespaceInfo {
  readonly tenant: TenantId;
  readonly nextOrdinal: number;
  readonly arrivals: number;
  /** Of all bodies, former versions included. */
  readonly storedBytes: number;
}

interface RowPlace {
  readonly namespaceNo: number;
  readonly ordinal: number;
  readonly seq: number;
}

export interface MemoryRow extends MemoryColumns, RowPlace {
  readonly body: Uint8Array;
  readonly analysis: Uint8Array | null;
}

export interface VersionRow extends MemoryColumns, RowPlace {
  /** Null where the next version has the same. */
  readonly body: Uint8Array | null;
}

export interface VectorRow {
  readonly namespaceNo: number;
  readonly ordinal: number;
  readonly generation: number;
  /** Null for vectors that came with their row, and while they are not made. */
  readonly arrival: number | null;
  readonly vectors: Uint8Array | null;
}

export interface ChangeRow extends Change {
  readonly namespaceNo: number;
}

/** Expired ones too. */
export interface ReceiptRow extends KeptReceipt {
  readonly tenant: TenantId;
  readonly expiresAt: number;
}

/** The parts of a store, in the order in which they are written. */
export interface StoreRows {
  /** Exactly one row. */
  readonly store: StoreFacts;
  readonly namespaces: NamespaceRow;
  readonly documents: ControlDocument;
  readonly receipts: ReceiptRow;
  readonly memories: MemoryRow;
  readonly versions: VersionRow;
  readonly vectors: VectorRow;
  readonly changes: ChangeRow;
}
export type StorePart = keyof StoreRows;

export const storeParts = [
  'store',
  'namespaces',
  'documents',
  'receipts',
  'memories',
  'versions',
  'vectors',
  'changes',
] as const satisfies readonly StorePart[];

export interface PartRows<Part extends StorePart> {
  readonly part: Part;
  readonly rows: readonly StoreRows[Part][];
}

/** How each part is read or written. */
export type PartReaders = {
  readonly [Part in StorePart]: (
    after: string | undefined,
    bytesMax: number,
  ) => Promise<StorePage<StoreRows[Part]>>;
};
export type PartWriters<Result> = {
  readonly [Part in StorePart]: (rows: readonly StoreRows[Part][]) => Result;
};

export interface StorePage<Row> {
  readonly rows: readonly Row[];
  /** Where to go on; undefined at the end. Means something to the same backend only. */
  readonly next: string | undefined;
}

/** How far a migration into a store is. What has one is not whole, and no server opens it. */
export interface TransferMark {
  readonly value: string;
  readonly version: number;
}

/** The control document that is the mark; it belongs to the store, and is never moved. */
export const transferMarkKey = 'migration/incoming';

export interface StoreTransfer {
  /** For reports. */
  readonly name: string;
  /**
   * A page of a part after a place, at most `bytesMax` of bodies, vectors and the like, but one row
   * at least. Every row comes once, in an order of the backend's own; versions of a memory ascend.
   */
  read<Part extends StorePart>(
    part: Part,
    after: string | undefined,
    bytesMax: number,
  ): Promise<StorePage<StoreRows[Part]>>;
  /** How many rows a part has. */
  count(part: StorePart): Promise<number>;
  mark(): Promise<TransferMark | undefined>;
  /**
   * Adds rows and replaces the mark, in one transaction; undefined removes it. Durable when it
   * resolves. False, and nothing written, where the stored mark has another version than
   * `expected`, 0 for none. A backend without such transactions writes the mark last, and rows
   * that it has already a second time without harm.
   */
  write<Part extends StorePart>(
    rows: PartRows<Part> | undefined,
    mark: string | undefined,
    expected: number,
  ): Promise<boolean>;
  /** Lets others write again. */
  close(): Promise<void>;
}
