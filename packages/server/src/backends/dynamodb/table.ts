/** The one table: every request of the backend goes out here, in the forms that it needs. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  DynamoDBClient,
  QueryCommandInput,
  TransactWriteItem,
  WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { isFleeting, isToWaitFor, toMemoryError, waitedTooLong } from './dynamo-errors.ts';
import { bytesOf, encodeKey, encodeValue, type Item, keyOf } from './items.ts';
import { type Key, nameOfKey } from './keys.ts';
import type { Sdk } from './load-sdk.ts';

/** What a write rests on, in DynamoDB's own words; names with a colon stand for `values`. */
export interface Condition {
  readonly holds: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

export type Write =
  | { readonly put: Item; readonly condition?: Condition }
  | { readonly delete: Key; readonly condition?: Condition }
  | { readonly check: Key; readonly condition: Condition };

/** One that rests on nothing. */
export type PlainWrite = { readonly put: Item } | { readonly delete: Key };

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
  /** What is left out is read, and paid, all the same. */
  readonly filter?: Condition;
}

interface RequestLimits {
  readonly abortSignal: AbortSignal;
}

export interface TableOptions {
  readonly table: string;
  /** A request that takes longer is given up, in milliseconds. */
  readonly timeoutMs: number;
}

/** Of the service, per request. */
export const transactItemsMax = 100;
/** Of 4 MB: what DynamoDB counts beside the items is not known to the byte. */
export const transactBytesMax = 3.5 * 1024 * 1024;
const getItemsMax = 100;
const writeItemsMax = 25;
/** Of 16 MB. */
const writeBytesMax = 12 * 1024 * 1024;
/** Tries of a request whose way breaks. */
const triesMax = 4;
/** Items of one request; it has 1 MB at most in any case. */
const pageSizeMax = 10_000;
/** Requests of one call that are under way at one time. */
const togetherMax = 16;

/** Codes of a cancelled transaction that say: try the same again. */
const busyCodes = new Set([
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
  'TransactionConflict',
]);

export class Table {
  readonly name: string;
  readonly timeoutMs: number;
  readonly #sdk: Sdk;
  readonly #client: DynamoDBClient;

  constructor(sdk: Sdk, client: DynamoDBClient, options: TableOptions) {
    this.#sdk = sdk;
    this.#client = client;
    this.name = options.table;
    this.timeoutMs = options.timeoutMs;
  }

  async get(key: Key): Promise<Item | undefined> {
    const { GetItemCommand } = this.#sdk;
    const input = { ...this.#place(), Key: encodeKey(key), ConsistentRead: true };
    const answer = await this.#asked((options) =>
      this.#client.send(new GetItemCommand(input), options),
    );
    return answer.Item;
  }

  /** By the name of their keys; those that are not there are missing. */
  async getAll(keys: readonly Key[]): Promise<Map<string, Item>> {
    const unique = [...new Map(keys.map((key) => [nameOfKey(key), key])).values()];
    const found = new Map<string, Item>();
    await inTurns(chunksOf(unique, getItemsMax), async (chunk) => {
      for (const item of await this.#getChunk(chunk)) found.set(nameOfKey(keyOf(item)), item);
    });
    return found;
  }

  async #getChunk(keys: readonly Key[]): Promise<Item[]> {
    const { BatchGetItemCommand } = this.#sdk;
    const items: Item[] = [];
    let rest: Item[] = keys.map(encodeKey);
    const patience = new Patience(this.timeoutMs);
    while (rest.length > 0) {
      const request = { [this.name]: { Keys: rest, ConsistentRead: true } };
      const input = { RequestItems: request };
      const answer = await this.#asked((options) =>
        this.#client.send(new BatchGetItemCommand(input), options),
      );
      items.push(...(answer.Responses?.[this.name] ?? []));
      const left = answer.UnprocessedKeys?.[this.name]?.Keys ?? [];
      // An answer has at most 16 MB; what did not fit is asked again without a wait.
      if (left.length === rest.length) await patience.wait();
      rest = left;
    }
    return items;
  }

  /** All that the query finds, page by page as it is asked for. */
  async *query(query: Query): AsyncGenerator<Item, void, undefined> {
    for await (const page of this.#pages(query)) yield* page.items;
  }

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

  async count(query: Query): Promise<number> {
    let total = 0;
    for await (const { count } of this.#pages(query, { Select: 'COUNT' })) total += count;
    return total;
  }

  async *#pages(
    query: Query,
    extra: Pick<QueryCommandInput, 'Select'> = {},
  ): AsyncGenerator<{ items: Item[]; count: number }, void, undefined> {
    const { QueryCommand } = this.#sdk;
    const input = { ...this.#place(), ...queryInput(query), ...extra };
    let size = Math.min(query.pageSize ?? pageSizeMax, pageSizeMax);
    let next: Item | undefined;
    do {
      const place = next && { ExclusiveStartKey: next };
      const page: QueryCommandInput = { ...input, Limit: size, ...place };
      const answer = await this.#asked((options) =>
        this.#client.send(new QueryCommand(page), options),
      );
      yield { items: answer.Items ?? [], count: answer.Count ?? 0 };
      next = answer.LastEvaluatedKey;
      // What a filter leaves out is looked at in larger and larger steps.
      size = Math.min(2 * size, pageSizeMax);
    } while (next);
  }

  /** False, and nothing written, where the condition does not hold. */
  async put(item: Item, condition?: Condition): Promise<boolean> {
    const { PutItemCommand } = this.#sdk;
    const input = { ...this.#place(), Item: item, ...(condition && conditionInput(condition)) };
    return this.#unlessRefused(async () => {
      await this.#asked((options) => this.#client.send(new PutItemCommand(input), options));
    });
  }

  async delete(key: Key, condition?: Condition): Promise<boolean> {
    const { DeleteItemCommand } = this.#sdk;
    const where = condition && conditionInput(condition);
    const input = { ...this.#place(), Key: encodeKey(key), ...where };
    return this.#unlessRefused(async () => {
      await this.#asked((options) => this.#client.send(new DeleteItemCommand(input), options));
    });
  }

  /** Adds to a number, or to a set of numbers, and gives the item as it is then. */
  async add(key: Key, name: string, value: number | readonly number[]): Promise<Item> {
    const { UpdateItemCommand } = this.#sdk;
    const added =
      typeof value === 'number' ? { N: `${value}` } : { NS: value.map((each) => `${each}`) };
    const input = {
      ...this.#place(),
      Key: encodeKey(key),
      UpdateExpression: 'ADD #name :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': added },
      ReturnValues: 'ALL_NEW',
    } as const;
    const answer = await this.#asked((options) =>
      this.#client.send(new UpdateItemCommand(input), options),
    );
    return answer.Attributes ?? {};
  }

  /**
   * All or nothing, at most 100 items and 4 MB. `refused`: a condition did not hold; `busy`: others
   * write the same items, or requests are held back.
   */
  async transact(writes: readonly Write[]): Promise<'done' | 'refused' | 'busy'> {
    const { TransactWriteItemsCommand } = this.#sdk;
    const { name: TableName } = this;
    const items = writes.map((write) => transactItem(TableName, write));
    const input = {
      TransactItems: items,
      // One that is sent again, because its answer was lost, is not done again.
      ClientRequestToken: randomUUID(),
    };
    try {
      await this.#sent((options) =>
        this.#client.send(new TransactWriteItemsCommand(input), options),
      );
      return 'done';
    } catch (error) {
      if (error instanceof this.#sdk.TransactionCanceledException) {
        const codes = (error.CancellationReasons ?? []).map(({ Code: code }) => code ?? 'None');
        if (codes.includes('ConditionalCheckFailed')) return 'refused';
        if (codes.some((code) => busyCodes.has(code))) return 'busy';
      }
      throw toMemoryError(error);
    }
  }

  /** In any order, and not all at once: for what nothing names yet, or any more. */
  async writeAll(writes: readonly PlainWrite[]) {
    const sized = writes.map((write) => ({
      write,
      bytes: 'put' in write ? bytesOf(write.put) : 0,
    }));
    await inTurns(chunksBySize(sized, writeItemsMax, writeBytesMax), async (chunk) => {
      await this.#writeChunk(chunk.map(({ write }) => write));
    });
  }

  async #writeChunk(writes: readonly PlainWrite[]) {
    const { BatchWriteItemCommand } = this.#sdk;
    let rest: WriteRequest[] = writes.map((write) =>
      'put' in write
        ? { PutRequest: { Item: write.put } }
        : { DeleteRequest: { Key: encodeKey(write.delete) } },
    );
    const patience = new Patience(this.timeoutMs);
    while (rest.length > 0) {
      const input = {
        RequestItems: { [this.name]: rest },
      };
      const answer = await this.#asked((options) =>
        this.#client.send(new BatchWriteItemCommand(input), options),
      );
      rest = answer.UnprocessedItems?.[this.name] ?? [];
      if (rest.length > 0) await patience.wait();
    }
  }

  /** Anything else, within the same time, with the faults of AWS. */
  ask<Answer>(
    send: (client: DynamoDBClient, options: RequestLimits) => Promise<Answer>,
  ): Promise<Answer> {
    return this.#sent((options) => send(this.#client, options));
  }

  close(): void {
    this.#client.destroy();
  }

  #place() {
    return { TableName: this.name };
  }

  async #asked<Answer>(send: (options: RequestLimits) => Promise<Answer>): Promise<Answer> {
    try {
      return await this.#sent(send);
    } catch (error) {
      if (error instanceof this.#sdk.ConditionalCheckFailedException) throw error;
      throw toMemoryError(error);
    }
  }

  /** Again and again while requests are held back, and some times where the way breaks. */
  async #sent<Answer>(send: (options: RequestLimits) => Promise<Answer>): Promise<Answer> {
    const patience = new Patience(this.timeoutMs);
    const limits = { abortSignal: AbortSignal.timeout(this.timeoutMs) };
    let heldBack: unknown;
    for (let tries = 1; ; tries++) {
      try {
        return await send(limits);
      } catch (error) {
        if (isToWaitFor(error)) heldBack = error;
        const isToRepeat = isToWaitFor(error) || (isFleeting(error) && tries < triesMax);
        if (isToRepeat && (await patience.isGranted())) continue;
        // Why it took so long says more than that it did.
        throw limits.abortSignal.aborted ? (heldBack ?? error) : error;
      }
    }
  }

  async #unlessRefused(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof this.#sdk.ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

/** Waits that grow, with chance in them, until it takes too long in all. */
export class Patience {
  readonly #endsAt: number;
  #waits = 0;

  constructor(timeoutMs: number) {
    this.#endsAt = performance.now() + timeoutMs;
  }

  /** Throws store_unavailable at the end. */
  async wait(): Promise<void> {
    if (!(await this.isGranted())) throw waitedTooLong();
  }

  /** Waits, or says at once that there is no time left. */
  async isGranted(): Promise<boolean> {
    const most = Math.min(500, 5 * 2 ** this.#waits++);
    const waitMs = most / 2 + (Math.random() * most) / 2;
    if (performance.now() + waitMs > this.#endsAt) return false;
    await sleep(waitMs);
    return true;
  }
}

function queryInput({ pk, prefix, from, to, order, filter }: Query) {
  const values: Record<string, string | number> = { ':pk': pk, ...filter?.values };
  let where = 'pk = :pk';
  if (prefix !== undefined) {
    where += ' AND begins_with(sk, :prefix)';
    values[':prefix'] = prefix;
  } else if (from !== undefined) {
    where += to === undefined ? ' AND sk >= :from' : ' AND sk BETWEEN :from AND :to';
    values[':from'] = from;
    if (to !== undefined) values[':to'] = to;
  }
  return {
    KeyConditionExpression: where,
    ExpressionAttributeValues: encodeValues(values),
    ConsistentRead: true,
    ScanIndexForward: order !== 'desc',
    ...(filter && { FilterExpression: filter.holds }),
  };
}

function conditionInput({ holds, values }: Condition) {
  return {
    ConditionExpression: holds,
    ...(values && { ExpressionAttributeValues: encodeValues(values) }),
  };
}

function encodeValues(values: Readonly<Record<string, string | number>>) {
  const entries = Object.entries(values).map(([name, value]) => [name, encodeValue(value)]);
  return Object.fromEntries(entries);
}

function transactItem(TableName: string, write: Write): TransactWriteItem {
  const { condition } = write;
  const place = { TableName, ...(condition && conditionInput(condition)) };
  if ('put' in write) return { Put: { ...place, Item: write.put } };
  if ('delete' in write) return { Delete: { ...place, Key: encodeKey(write.delete) } };
  const held = conditionInput(write.condition);
  return { ConditionCheck: { TableName, ...held, Key: encodeKey(write.check) } };
}

export function chunksOf<T>(all: readonly T[], size: number): T[][] {
  return chunksBySize(
    all.map((one) => ({ one, bytes: 0 })),
    size,
    1,
  ).map((chunk) => chunk.map(({ one }) => one));
}

/** Chunks of so many and of so many bytes; one that is larger by itself is alone. */
export function chunksBySize<T extends { readonly bytes: number }>(
  all: readonly T[],
  countMax: number,
  bytesMax: number,
): T[][] {
  const chunks: T[][] = [];
  let current: T[] = [];
  let bytes = 0;
  for (const one of all) {
    bytes += one.bytes;
    if (current.length > 0 && (current.length === countMax || bytes > bytesMax)) {
      chunks.push(current);
      current = [];
      bytes = one.bytes;
    }
    current.push(one);
  }
  return current.length > 0 ? [...chunks, current] : chunks;
}

/** A bounded number of them at a time. */
export async function inTurns<T>(
  all: readonly T[],
  work: (one: T) => Promise<unknown>,
): Promise<void> {
  const rest = [...all].reverse();
  const worker = async (): Promise<void> => {
    for (let one = rest.pop(); one !== undefined; one = rest.pop()) await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(togetherMax, all.length) }, worker));
}
