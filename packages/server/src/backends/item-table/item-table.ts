/**
 * A table of items, as DynamoDB and systems like it have one: what a store over it asks of it. The
 * rest of the folder is a store's logic over items, and is the same for every system.
 */
import type { Item } from './items.ts';
import type { Key } from './keys.ts';

export type Values = Readonly<Record<string, string | number>>;

/** What a write rests on: there is no such item, or there is one that is still so. */
export type Condition = 'new' | Still;

export interface Still {
  readonly equals: Values;
  /** What the item does not have. */
  readonly lacks?: readonly string[];
}

/** The item is there. */
export const isThere: Still = { equals: {} };

export type Write =
  | { readonly put: Item; readonly condition?: Condition }
  | { readonly delete: Key; readonly condition?: Condition }
  | { readonly check: Key; readonly condition: Condition };

/** One that rests on nothing. */
export type PlainWrite = { readonly put: Item } | { readonly delete: Key };

/** What is found: everything that is named here holds. */
export interface Filter {
  readonly equals?: Values;
  readonly differs?: Values;
  readonly has?: readonly string[];
  readonly lacks?: readonly string[];
  /** Numbers that are larger, or are not there. */
  readonly aboveOrNone?: Readonly<Record<string, number>>;
}

export interface Query {
  readonly pk: string;
  /** Sort keys that begin so. */
  readonly prefix?: string;
  /** Bounds of the sort keys, themselves included. */
  readonly from?: string;
  readonly to?: string;
  readonly order?: 'asc' | 'desc';
  /** Items of the first request at most; all pages come in any case. */
  readonly pageSize?: number;
  /** What is left out may be read, and paid, all the same. */
  readonly filter?: Filter;
}

/** `refused`: a condition did not hold; `busy`: try the same again soon. Nothing was written. */
export type Outcome = 'done' | 'refused' | 'busy';

/** Of one transaction, its checks included. */
export interface TransactionLimits {
  readonly writes: number;
  readonly bytes: number;
}

/**
 * Items of up to 400 KB under a partition key and a sort key. Every read sees all writes that were
 * answered before it began, of any process; a query is no snapshot: what is written while it runs
 * may be seen or not. Sort keys are in the order of their bytes. An item whose `ttl`, in seconds
 * since 1970, is over may be deleted at any time after.
 *
 * Every call ends within `timeoutMs`, or a little more. All of them throw MemoryError:
 * store_unavailable (the system is away, slow or holds requests back; a write may have been done
 * all the same), store_damaged (the table is gone) and setting_invalid (rights, credentials).
 */
export abstract class ItemTable {
  /** As a message to people names it: `table reverie`. */
  abstract readonly label: string;
  /** What to do where it has lost items, as a sentence to people. */
  abstract readonly recovery: string;
  abstract readonly timeoutMs: number;
  abstract readonly limits: TransactionLimits;

  abstract get(key: Key): Promise<Item | undefined>;

  /** By the name of their keys; those that are not there are missing. */
  abstract getAll(keys: readonly Key[]): Promise<Map<string, Item>>;

  /** All that the query finds, page by page as it is asked for. */
  abstract query(query: Query): AsyncGenerator<Item, void, undefined>;

  abstract count(query: Query): Promise<number>;

  /** False, and nothing written, where the condition does not hold. */
  abstract put(item: Item, condition?: Condition): Promise<boolean>;

  abstract delete(key: Key, condition?: Condition): Promise<boolean>;

  /**
   * Adds to a number, or to a set of numbers, and gives the item as it is then. Makes the item
   * where there is none. After a fault it may have been done twice.
   */
  abstract add(key: Key, name: string, value: number | readonly number[]): Promise<Item>;

  /**
   * All or nothing, within `limits`; each key is named once. Every condition, those of checks too,
   * holds at the moment at which everything is written.
   */
  abstract transact(writes: readonly Write[]): Promise<Outcome>;

  /** In any order, and not all at once: for what nothing names yet, or any more. */
  abstract writeAll(writes: readonly PlainWrite[]): Promise<void>;

  abstract close(): Promise<void>;

  async first(query: Query): Promise<Item | undefined> {
    for await (const item of this.query({ ...query, pageSize: 1 })) return item;
    return undefined;
  }

  /** The last one in the order of the sort keys. */
  last(query: Query): Promise<Item | undefined> {
    return this.first({ ...query, order: 'desc' });
  }

  async all(query: Query): Promise<Item[]> {
    const items: Item[] = [];
    for await (const item of this.query(query)) items.push(item);
    return items;
  }
}
