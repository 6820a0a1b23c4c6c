/** The one table: every request of the backend goes out here, in the forms that it needs. */
import { randomUUID } from 'node:crypto';
import type {
  DynamoDBClient,
  QueryCommandInput,
  TransactWriteItem,
  WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { chunksBySize, chunksOf, inTurns } from '../item-table/chunks.ts';
import {
  type Condition,
  ItemTable,
  type Outcome,
  type PlainWrite,
  type Query,
  type Write,
} from '../item-table/item-table.ts';
import { bytesOf, type Item, keyOf } from '../item-table/items.ts';
import { type Key, nameOfKey } from '../item-table/keys.ts';
import { Patience } from '../item-table/patience.ts';
import {
  type Attributes,
  conditionInput,
  expressionInput,
  expressionOf,
  fromAttributes,
  keyAttributes,
  toAttribute,
  toAttributes,
  tokenName,
} from './attribute-values.ts';
import { isFleeting, isToWaitFor, toMemoryError } from './dynamo-errors.ts';
import type { Sdk } from './load-sdk.ts';

interface RequestLimits {
  readonly abortSignal: AbortSignal;
}

export interface TableOptions {
  readonly table: string;
  /** A request that takes longer is given up, in milliseconds. */
  readonly timeoutMs: number;
}

/** Of the service; of 4 MB, since what it counts beside the items is not known to the byte. */
const limits = { writes: 100, bytes: 3.5 * 1024 * 1024 };
const getItemsMax = 100;
const writeItemsMax = 25;
/** Of 16 MB. */
const writeBytesMax = 12 * 1024 * 1024;
/** Tries of a request whose way breaks. */
const triesMax = 4;
/** Items of one request; it has 1 MB at most in any case. */
const pageSizeMax = 10_000;

/** The item as it is comes with the refusal, in the same moment. */
const toldOfRefusal = (condition: Condition | undefined) =>
  condition === undefined ? {} : ({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const);

/** Codes of a cancelled transaction that say: try the same again. */
const busyCodes = new Set([
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
  'TransactionConflict',
]);

export class DynamoTable extends ItemTable {
  readonly name: string;
  readonly label: string;
  readonly limits = limits;
  readonly timeoutMs: number;
  readonly #sdk: Sdk;
  readonly #client: DynamoDBClient;

  constructor(sdk: Sdk, client: DynamoDBClient, options: TableOptions) {
    super();
    this.#sdk = sdk;
    this.#client = client;
    this.name = options.table;
    this.label = `table ${options.table}`;
    this.timeoutMs = options.timeoutMs;
  }

  async get(key: Key): Promise<Item | undefined> {
    const { GetItemCommand } = this.#sdk;
    const input = { ...this.#place(), Key: keyAttributes(key), ConsistentRead: true };
    const answer = await this.#asked((options) =>
      this.#client.send(new GetItemCommand(input), options),
    );
    return answer.Item && fromAttributes(answer.Item);
  }

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
    let rest: Attributes[] = keys.map(keyAttributes);
    const patience = new Patience(this.timeoutMs);
    while (rest.length > 0) {
      const request = { [this.name]: { Keys: rest, ConsistentRead: true } };
      const input = { RequestItems: request };
      const answer = await this.#asked((options) =>
        this.#client.send(new BatchGetItemCommand(input), options),
      );
      items.push(...(answer.Responses?.[this.name] ?? []).map(fromAttributes));
      const left = answer.UnprocessedKeys?.[this.name]?.Keys ?? [];
      // An answer has at most 16 MB; what did not fit is asked again without a wait.
      if (left.length === rest.length) await patience.wait();
      rest = left;
    }
    return items;
  }

  async *query(query: Query): AsyncGenerator<Item, void, undefined> {
    for await (const page of this.#pages(query)) yield* page.items;
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
    let next: Attributes | undefined;
    do {
      const place = next && { ExclusiveStartKey: next };
      const page: QueryCommandInput = { ...input, Limit: size, ...place };
      const answer = await this.#asked((options) =>
        this.#client.send(new QueryCommand(page), options),
      );
      yield { items: (answer.Items ?? []).map(fromAttributes), count: answer.Count ?? 0 };
      next = answer.LastEvaluatedKey;
      // What a filter leaves out is looked at in larger and larger steps.
      size = Math.min(2 * size, pageSizeMax);
    } while (next);
  }

  /** One whose answer was lost finds its own item when it is sent again, by the token in it. */
  async put(item: Item, condition?: Condition): Promise<boolean> {
    const { PutItemCommand } = this.#sdk;
    const token = condition === undefined ? {} : { [tokenName]: { S: randomUUID() } };
    const place = { ...this.#place(), ...conditionInput(condition), ...toldOfRefusal(condition) };
    const input = { ...place, Item: { ...toAttributes(item), ...token } };
    return this.#unlessRefused(
      async () => {
        await this.#asked((options) => this.#client.send(new PutItemCommand(input), options));
      },
      (found) => found !== undefined && found[tokenName]?.S === token[tokenName]?.S,
    );
  }

  async delete(key: Key, condition?: Condition): Promise<boolean> {
    const { DeleteItemCommand } = this.#sdk;
    const where = { ...conditionInput(condition), ...toldOfRefusal(condition) };
    const input = { ...this.#place(), Key: keyAttributes(key), ...where };
    let tries = 0;
    return this.#unlessRefused(
      async () => {
        await this.#asked((options) => {
          tries += 1;
          return this.#client.send(new DeleteItemCommand(input), options);
        });
      },
      // Of what is gone nobody can tell by whom; it was there when the first try was sent.
      (found) => found === undefined && tries > 1,
    );
  }

  async add(key: Key, name: string, value: number | readonly number[]): Promise<Item> {
    const { UpdateItemCommand } = this.#sdk;
    const added = toAttribute(typeof value === 'number' ? value : new Set(value));
    const input = {
      ...this.#place(),
      Key: keyAttributes(key),
      UpdateExpression: 'ADD #name :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': added },
      ReturnValues: 'ALL_NEW',
    } as const;
    const answer = await this.#asked((options) =>
      this.#client.send(new UpdateItemCommand(input), options),
    );
    return fromAttributes(answer.Attributes ?? {});
  }

  async transact(writes: readonly Write[]): Promise<Outcome> {
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
        ? { PutRequest: { Item: toAttributes(write.put) } }
        : { DeleteRequest: { Key: keyAttributes(write.delete) } },
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

  async close(): Promise<void> {
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

  /** `isOurs`: of the item that the condition did not hold for, if there is one. */
  async #unlessRefused(
    work: () => Promise<void>,
    isOurs: (found: Attributes | undefined) => boolean,
  ): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof this.#sdk.ConditionalCheckFailedException) return isOurs(error.Item);
      throw error;
    }
  }
}

function queryInput({ pk, prefix, from, to, order, filter }: Query) {
  const { holds, values: filtered } = expressionOf(filter ?? {});
  const values: Record<string, string> = { ':pk': pk };
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
    ExpressionAttributeValues: { ...toAttributes(values), ...filtered },
    ConsistentRead: true,
    ScanIndexForward: order !== 'desc',
    ...(holds !== '' && { FilterExpression: holds }),
  };
}

function transactItem(TableName: string, write: Write): TransactWriteItem {
  const { condition } = write;
  const place = { TableName, ...conditionInput(condition) };
  if ('put' in write) return { Put: { ...place, Item: toAttributes(write.put) } };
  if ('delete' in write) return { Delete: { ...place, Key: keyAttributes(write.delete) } };
  const held = expressionInput(write.condition);
  return { ConditionCheck: { TableName, ...held, Key: keyAttributes(write.check) } };
}
