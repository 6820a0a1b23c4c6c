/** What the proofs ask of a system: a table of its own for a test, and a way to it that is seen. */
import type { Clock } from '../../../ports/clock.ts';
import type { ItemStore } from '../item-store.ts';
import type { ItemTable } from '../item-table.ts';

export interface TestTable {
  readonly name: string;
  readonly endpoint: string;
  /** Of a server on it. */
  readonly settings: Readonly<Record<string, string>>;
  open(clock: Clock, timeoutMs?: number): Promise<ItemStore>;
  /** The table alone, once a store has made it. */
  openTable(): Promise<ItemTable>;
  /** Everything that is in it, by partition, with the texts of each item. */
  items(): Promise<{ pk: string; texts: string[] }[]>;
  remove(): Promise<void>;
}

/**
 * Called before a write goes on, or after it was done and before the writer knows; waited for.
 * False lets it go no further. `isWithin`: its transaction has been begun by another request, and
 * keeps others out.
 */
export type OnWrite = (number: number, moment: 'before' | 'after', isWithin?: boolean) => unknown;

/** Stands before a system and counts the writes, so that a test may end a writer. */
export interface WriteProxy {
  readonly url: string;
  /** Counts from 1 again. */
  watch(onWrite: OnWrite): void;
  close(): Promise<void>;
}

export interface System {
  /** As the titles of tests name it. */
  readonly name: string;
  /** Why there is none to test against. */
  readonly missing: string | undefined;
  /** `name`: of a table that is there. */
  readonly makeTable: (endpoint?: string, name?: string) => TestTable;
  readonly openProxy: (endpoint: string) => Promise<WriteProxy>;
  /** A store of another kind, empty, whose answers are those to be given. */
  readonly reference: (clock: Clock) => Pick<ItemStore, 'records' | 'control'>;
  /** So long, in milliseconds, a writer that died may keep others out. */
  readonly keepsOutMs: number;
  /** The built file of the process that is killed, which calls writeSteps. */
  readonly childPath: string;
}

/** The reason is in the title. */
export const titleOf = (
  what: string,
  { name, missing }: Pick<System, 'name' | 'missing'>,
): string => `${name}: ${what}${missing ? ` (${missing})` : ''}`;
