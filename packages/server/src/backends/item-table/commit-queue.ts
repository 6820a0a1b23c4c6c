/**
 * Commits of one tenant. Two to one namespace would take each other's place and have to be planned
 * anew; so what comes while one is under way goes together in the next write.
 */
import { MemoryError } from '../../domain/errors.ts';
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import type { Batch, CommitResult, RecordOp } from '../../ports/records.ts';
import { bodyBytesOf } from '../../ports/stored-bytes.ts';
import { invariant } from '../../util/invariant.ts';
import { type CommitParts, commitGroup } from './commit-group.ts';
import type { TransactionLimits } from './item-table.ts';

export interface Waiting {
  readonly batch: Batch;
  /** When it was asked for. */
  readonly now: number;
}

interface Asked extends Waiting {
  resolve(result: CommitResult): void;
  reject(error: unknown): void;
}

/** Room in the one transaction of a group for head, log and notes. */
const ownItems = 8;
const ownBytes = 512 * 1024;

export class CommitQueue {
  readonly #parts: CommitParts;
  readonly #tenant: TenantId;
  /** Namespaces with a write under way, and who waits for its end. */
  readonly #waiting = new Map<NamespaceName, Asked[]>();

  constructor(parts: CommitParts, tenant: TenantId) {
    this.#parts = parts;
    this.#tenant = tenant;
  }

  commit(name: NamespaceName, batch: Batch, now: number): Promise<CommitResult> {
    // Taken over now, since a caller may go on to use its buffers.
    const own = { ...batch, ops: batch.ops.map(ownOp) };
    return new Promise((resolve, reject) => {
      const one = { batch: own, now, resolve, reject };
      const queue = this.#waiting.get(name);
      if (queue) {
        queue.push(one);
        return;
      }
      this.#waiting.set(name, [one]);
      void this.#run(name);
    });
  }

  async #run(name: NamespaceName): Promise<void> {
    const queue = this.#waiting.get(name) ?? [];
    const { limits } = this.#parts.table;
    while (queue.length > 0) await this.#apply(name, takeGroup(queue, limits));
    this.#waiting.delete(name);
  }

  async #apply(name: NamespaceName, group: readonly Asked[]): Promise<void> {
    try {
      const results = await commitGroup(this.#parts, { tenant: this.#tenant, name }, group);
      for (const [i, one] of group.entries()) settle(one, results[i]);
    } catch (error) {
      // A batch that cannot be stored must not take its neighbours with it.
      const isBroken = MemoryError.isInstance(error) && error.code === 'internal';
      if (group.length === 1 || !isBroken) for (const one of group) one.reject(error);
      else for (const one of group) await this.#apply(name, [one]);
    }
  }
}

function settle(one: Asked, result: CommitResult | MemoryError | undefined): void {
  invariant(result, 'every batch has a result');
  if (result instanceof MemoryError) one.reject(result);
  else one.resolve(result);
}

/** As many as fit one transaction: what waits beyond goes with the next. */
function takeGroup(queue: Asked[], limits: TransactionLimits): Asked[] {
  let bytes = 0;
  let items = 0;
  const end = queue.findIndex(({ batch }, i) => {
    bytes += bodyBytesOf(batch.ops);
    items += itemsOf(batch);
    return i > 0 && (bytes > limits.bytes - ownBytes || items > limits.writes - ownItems);
  });
  return queue.splice(0, end === -1 ? queue.length : end);
}

/** About as many as a batch writes. */
function itemsOf({ ops, receipts = [], documents = [] }: Batch): number {
  const conditions = 2 * new Set(receipts.map(({ id }) => id)).size + documents.length;
  return ops.reduce((sum, op) => sum + itemsOfOp(op), conditions);
}

/** Row and id; for a key and a kind what it is found by; for an update the former version. */
function itemsOfOp(op: RecordOp): number {
  if (op.op !== 'put') return 5;
  const { keyHash, kind } = op.columns;
  const waiting = op.vectors.filter(({ vectors }) => vectors === null).length;
  return 2 + (keyHash === null ? 0 : 2) + (kind === 'episode' ? 0 : 2) + waiting;
}

function ownOp(op: RecordOp): RecordOp {
  if (op.op === 'erase') return op;
  const { body, analysis } = op;
  const vectors = op.vectors?.map((one) => ({ ...one, vectors: one.vectors && copy(one.vectors) }));
  const derived = {
    ...(analysis !== undefined && { analysis: analysis && copy(analysis) }),
    ...(vectors && { vectors }),
  };
  if (op.op === 'put') return { ...op, ...derived, body: copy(op.body) };
  return { ...op, ...derived, ...(body && { body: copy(body) }) };
}

const copy = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes);
