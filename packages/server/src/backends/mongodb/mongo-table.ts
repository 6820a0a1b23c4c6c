/**
 * The one collection: every request of the backend goes out here. What a write rests on is matched
 * by the very write of that document, so nothing hangs on what a transaction has read before.
 */
import { randomUUID } from 'node:crypto';
import type {
  AnyBulkWriteOperation,
  ClientSession,
  Collection,
  Document,
  MongoClient,
} from 'mongodb';
import { KeyedMutex } from '../../util/mutex.ts';
import { chunksBySize, chunksOf, inTurns } from '../item-table/chunks.ts';
import {
  type Condition,
  ItemTable,
  type Outcome,
  type PlainWrite,
  type Query,
  type TransactionLimits,
  type Write,
} from '../item-table/item-table.ts';
import { bytesOf, type Item, keyOf } from '../item-table/items.ts';
import { type Key, nameOfKey } from '../item-table/keys.ts';
import { Patience } from '../item-table/patience.ts';
import {
  found,
  heldField,
  idOf,
  type StoredItem,
  toDocument,
  toItem,
  whileStill,
} from './documents.ts';
import {
  hasLabel,
  isBroken,
  isContended,
  isDuplicate,
  isUnsent,
  unknownCommit,
} from './mongo-errors.ts';
import { MongoLink } from './mongo-link.ts';

export interface MongoTableOptions {
  readonly database: string;
  /** A request that takes longer is given up, in milliseconds. */
  readonly timeoutMs: number;
  /** Other ones than MongoDB's own: smaller, for a test. */
  readonly limits?: TransactionLimits;
}

export const collectionName = 'items';

/** MongoDB advises against transactions of more than 1,000 documents. */
const transactionLimits: TransactionLimits = { writes: 1_000, bytes: 8 * 1024 * 1024 };
const getItemsMax = 1_000;
const writeItemsMax = 1_000;
const writeBytesMax = 12 * 1024 * 1024;
/** Of one batch of a query; MongoDB sends 16 MB at most in any case. */
const pageSizeMax = 10_000;

/** Tries of a request whose way breaks. */
const triesMax = 4;

/** An answer means that a majority has it on disk, so that no new primary comes without it. */
const written = { w: 'majority', journal: true } as const;

export class MongoTable extends ItemTable {
  readonly label: string;
  readonly timeoutMs: number;
  readonly limits: TransactionLimits;
  readonly #link: MongoLink;
  readonly #database: string;
  /** Names of keys that must not be there while something else is written. */
  readonly #absences = new KeyedMutex();

  constructor(make: () => MongoClient, { database, timeoutMs, limits }: MongoTableOptions) {
    super();
    this.#link = new MongoLink(make, timeoutMs);
    this.#database = database;
    this.label = `collection ${database}.${collectionName}`;
    this.timeoutMs = timeoutMs;
    this.limits = limits ?? transactionLimits;
  }

  get #items(): Collection<StoredItem> {
    return this.#link.client.db(this.#database).collection<StoredItem>(collectionName);
  }

  async get(key: Key): Promise<Item | undefined> {
    const found = await this.#asked(() => this.#items.findOne({ _id: idOf(key) }));
    return found ? toItem(found) : undefined;
  }

  async getAll(keys: readonly Key[]): Promise<Map<string, Item>> {
    const ids = [...new Set(keys.map(idOf))];
    const all = new Map<string, Item>();
    await inTurns(chunksOf(ids, getItemsMax), async (chunk) => {
      const filter = { _id: { $in: chunk } };
      const options = { batchSize: chunk.length };
      const documents = await this.#asked(() => this.#items.find(filter, options).toArray());
      for (const item of documents.map(toItem)) all.set(nameOfKey(keyOf(item)), item);
    });
    return all;
  }

  async *query(query: Query): AsyncGenerator<Item, void, undefined> {
    const batchSize = Math.min(query.pageSize ?? pageSizeMax, pageSizeMax);
    const open = (after?: string) =>
      this.#items.find(found(query, after), { sort: sortOf(query), batchSize });
    let cursor = open();
    let last: string | undefined;
    try {
      for (;;) {
        const next = await this.#asked(async () => {
          // One that broke has nothing more to say.
          if (cursor.closed) cursor = open(last);
          return cursor.next();
        });
        if (next === null) return;
        last = next._id;
        yield toItem(next);
      }
    } finally {
      // Nobody has to wait until the server has forgotten it.
      void cursor.close().catch(() => {});
    }
  }

  override async first(query: Query): Promise<Item | undefined> {
    const options = { sort: sortOf(query) };
    const first = await this.#asked(() => this.#items.findOne(found(query), options));
    return first ? toItem(first) : undefined;
  }

  count(query: Query): Promise<number> {
    return this.#asked(() => this.#items.countDocuments(found(query)));
  }

  put(item: Item, condition?: Condition): Promise<boolean> {
    const document = toDocument(item);
    const { _id, ...fields } = document;
    const isPlain = condition === undefined;
    return this.#asked(async () => {
      if (condition === 'new') return unlessThere(() => this.#items.insertOne(document));
      const filter = isPlain ? { _id } : whileStill(keyOf(item), condition);
      const answer = await this.#items.replaceOne(filter, fields, { upsert: isPlain });
      return isPlain || answer.matchedCount > 0;
    }, isPlain);
  }

  delete(key: Key, condition?: Condition): Promise<boolean> {
    return this.#asked(async () => {
      const { deletedCount } = await this.#items.deleteOne(deletable(key, condition));
      return condition === undefined || deletedCount > 0;
    }, condition === undefined);
  }

  /**
   * The item is made first, and by one alone: of several that make it while they add, as an upsert
   * would, DocumentDB keeps only some.
   */
  async add(key: Key, name: string, value: number | readonly number[]): Promise<Item> {
    const change: Document =
      typeof value === 'number'
        ? { $inc: { [name]: value } }
        : { $addToSet: { [name]: { $each: [...value] } } };
    const filter = { _id: idOf(key) };
    for (;;) {
      const options = { returnDocument: 'after' } as const;
      const adding = () => this.#items.findOneAndUpdate(filter, change, options);
      const added = await this.#asked(adding, false);
      if (added) return toItem(added);
      await this.put({ ...key }, 'new');
    }
  }

  transact(writes: readonly Write[]): Promise<Outcome> {
    const absent = writes.find((write) => 'check' in write && write.condition === 'new');
    if (!absent || !('check' in absent)) return this.#transact(writes);
    // Such checks write the same document; those of this process need not be in each other's way.
    return this.#absences.run(idOf(absent.check), () => this.#transact(writes));
  }

  #transact(writes: readonly Write[]): Promise<Outcome> {
    return this.#link.inTime(async (signal) => {
      const session = this.#link.client.startSession();
      try {
        session.startTransaction({ readConcern: { level: 'local' }, writeConcern: written });
        const before = await this.#write(writes, session).catch(outcomeOf);
        // Nobody waits for it any more.
        if (before === 'done' && !signal.aborted) return await this.#commit(session);
        await session.abortTransaction().catch(() => {});
        return before;
      } finally {
        await session.endSession().catch(() => {});
      }
    });
  }

  async #write(writes: readonly Write[], session: ClientSession): Promise<Outcome> {
    const { guarded, matched, deleted, plain } = operationsOf(writes);
    if (guarded.length > 0) {
      const answer = await this.#items.bulkWrite(guarded, { session, ordered: true });
      const found = answer.matchedCount + answer.upsertedCount;
      if (found !== matched || answer.deletedCount !== deleted) return 'refused';
    }
    if (plain.length > 0) await this.#items.deleteMany({ _id: { $in: plain } }, { session });
    return 'done';
  }

  /** The same commit may be asked for again: MongoDB does it once, and says what became of it. */
  async #commit(session: ClientSession): Promise<Outcome> {
    const patience = new Patience(this.timeoutMs);
    let isUnknown = false;
    for (;;) {
      try {
        await session.commitTransaction();
        return 'done';
      } catch (error) {
        if (hasLabel(error, 'UnknownTransactionCommitResult')) {
          isUnknown = true;
          if (await patience.isGranted()) continue;
          throw unknownCommit(error);
        }
        if (hasLabel(error, 'TransientTransactionError')) return 'busy';
        if (!isUnknown && isContended(error)) return 'busy';
        // What was not there the second time may have been done the first time.
        throw unknownCommit(error);
      }
    }
  }

  async writeAll(writes: readonly PlainWrite[]): Promise<void> {
    const sized = writes.map((write) => ({
      write,
      bytes: 'put' in write ? bytesOf(write.put) : 0,
    }));
    await inTurns(chunksBySize(sized, writeItemsMax, writeBytesMax), async (chunk) => {
      const operations = chunk.map(({ write }) =>
        'put' in write
          ? replaced(write.put)
          : { deleteOne: { filter: { _id: idOf(write.delete) } } },
      );
      await this.#asked(() => this.#items.bulkWrite(operations, { ordered: false }));
    });
  }

  /** Any document, ours or not. */
  async sample(): Promise<object | undefined> {
    return (await this.#asked(() => this.#items.findOne())) ?? undefined;
  }

  /** Anything else, within the same time, with the faults of MongoDB as ours. */
  ask<Answer>(send: (client: MongoClient) => Promise<Answer>): Promise<Answer> {
    return this.#asked(() => send(this.#link.client));
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  /**
   * Again while others are in the way, and some times where the way breaks. What must not be done
   * twice (`isSafe` is false) is sent again by the driver alone, which MongoDB knows again.
   */
  #asked<Answer>(send: () => Promise<Answer>, isSafe = true): Promise<Answer> {
    return this.#link.inTime(async (signal) => {
      const patience = new Patience(this.timeoutMs);
      for (let tries = 1; ; tries++) {
        try {
          return await send();
        } catch (error) {
          // Two that make the same document meet; the next try finds it.
          const isInTheWay = isContended(error) || isDuplicate(error);
          const isFleeting = isBroken(error) && (isSafe || isUnsent(error));
          const isToRepeat = isInTheWay || (isFleeting && tries < triesMax);
          if (!isToRepeat || signal.aborted || !(await patience.isGranted())) throw error;
        }
      }
    });
  }
}

const sortOf = ({ order }: Query) => ({ _id: order === 'desc' ? -1 : 1 }) as const;

function replaced(item: Item, condition?: Exclude<Condition, 'new'>) {
  const { _id, ...replacement } = toDocument(item);
  const filter = condition ? whileStill(keyOf(item), condition) : { _id };
  return { replaceOne: { filter, replacement, upsert: condition === undefined } };
}

/** A document that is there cannot be new: none is deleted. */
function deletable(key: Key, condition: Condition | undefined): Document {
  if (condition === undefined) return { _id: idOf(key) };
  return condition === 'new' ? { _id: { $in: [] } } : whileStill(key, condition);
}

type Operation = AnyBulkWriteOperation<StoredItem>;

/** What a transaction asks for, and what its answer has to count where every condition holds. */
function operationsOf(writes: readonly Write[]) {
  // In the order of the writes, the head of a namespace first: who loses waits for it alone.
  const matches: Operation[] = [];
  const inserts: Operation[] = [];
  const deletes: Operation[] = [];
  const plain: string[] = [];
  for (const write of writes) {
    const { condition } = write;
    if ('put' in write) {
      if (condition === 'new') inserts.push({ insertOne: { document: toDocument(write.put) } });
      else matches.push(replaced(write.put, condition));
    } else if ('delete' in write) {
      if (condition === undefined) plain.push(idOf(write.delete));
      else deletes.push({ deleteOne: { filter: deletable(write.delete, condition) } });
    } else if (write.condition === 'new') {
      // Made and deleted: whoever makes it at the same time is in the way of this.
      const _id = idOf(write.check);
      inserts.push({ insertOne: { document: { _id } } });
      deletes.push({ deleteOne: { filter: { _id } } });
    } else {
      // Always another value: a write that changes nothing would hold nobody off.
      const filter = whileStill(write.check, write.condition);
      const update = { $set: { [heldField]: randomUUID() } };
      matches.push({ updateOne: { filter, update } });
    }
  }
  const guarded = [...matches, ...inserts, ...deletes];
  return { guarded, matched: matches.length, deleted: deletes.length, plain };
}

/** Of a transaction that was not committed. */
function outcomeOf(error: unknown): Outcome {
  if (isDuplicate(error)) return 'refused';
  const isToRepeat = isContended(error) || hasLabel(error, 'TransientTransactionError');
  if (isToRepeat || (isBroken(error) && isUnsent(error))) return 'busy';
  throw error;
}

async function unlessThere(insert: () => Promise<unknown>): Promise<boolean> {
  try {
    await insert();
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}
