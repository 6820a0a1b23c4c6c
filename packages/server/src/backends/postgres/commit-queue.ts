/**
 * Commits of one tenant. Those to one namespace would wait for each other's lock and for the disk
 * one by one; so what comes while one is under way goes together in the next transaction.
 */
import { MemoryError } from '../../domain/errors.ts';
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import type { Applied, Batch, CommitResult } from '../../ports/records.ts';
import { invariant } from '../../util/invariant.ts';
import { Blobs } from './blobs.ts';
import type { Database } from './database.ts';
import { encodeBatch } from './encode-batch.ts';
import { decodeNamespace, type SqlNamespace } from './row-codec.ts';

type SqlResult =
  | {
      readonly ok: true;
      readonly namespace: SqlNamespace;
      readonly applied: readonly (readonly [number, number, number, number, number])[];
    }
  | { readonly ok: false; readonly repeated?: true; readonly storedBytes?: number }
  | { readonly ok?: never; readonly full: 'store' | 'namespace' };

interface Waiting {
  readonly request: object;
  readonly blobs: Uint8Array;
  resolve(result: CommitResult): void;
  reject(error: unknown): void;
}

/** One transaction: what waits beyond goes with the next. */
const groupBatchesMax = 64;
const groupBytesMax = 8 * 1024 * 1024;

export const commitSql = 'SELECT reverie.apply_batches($1, $2, $3::jsonb, $4::bytea) AS results';

export class CommitQueue {
  readonly #database: Database;
  readonly #tenant: TenantId;
  /** Namespaces with a transaction under way, and who waits for its end. */
  readonly #waiting = new Map<NamespaceName, Waiting[]>();

  constructor(database: Database, tenant: TenantId) {
    this.#database = database;
    this.#tenant = tenant;
  }

  commit(name: NamespaceName, batch: Batch, now: number): Promise<CommitResult> {
    // Taken over now, since a caller may go on to use its buffers.
    const own = new Blobs();
    const request = encodeBatch(batch, now, own);
    return new Promise((resolve, reject) => {
      const blobs = own.whole();
      const one = { request, blobs, resolve, reject };
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
    while (queue.length > 0) await this.#apply(name, takeGroup(queue));
    this.#waiting.delete(name);
  }

  async #apply(name: NamespaceName, group: readonly Waiting[]): Promise<void> {
    try {
      const results = await this.#send(name, group);
      for (const [i, one] of group.entries()) settle(one, results[i]);
    } catch (error) {
      // A batch that cannot be stored must not take its neighbours with it.
      const isAlone = group.length === 1 || !isBroken(error);
      if (isAlone) for (const one of group) one.reject(error);
      else for (const one of group) await this.#apply(name, [one]);
    }
  }

  async #send(name: NamespaceName, group: readonly Waiting[]): Promise<readonly SqlResult[]> {
    const blobs = new Blobs();
    const batches = group.map(({ request, blobs: own }) => ({
      ...request,
      blobs: blobs.add(own),
    }));
    const values = [this.#tenant, name, JSON.stringify(batches), blobs.whole()];
    const [row] = await this.#database.write<{ results: SqlResult[] }>(
      undefined,
      commitSql,
      values,
    );
    return row?.results ?? [];
  }
}

const isBroken = (error: unknown): boolean =>
  MemoryError.isInstance(error) && error.code === 'internal';

function takeGroup(queue: Waiting[]): Waiting[] {
  let bytes = 0;
  const end = queue.findIndex((one, i) => {
    bytes += one.blobs.byteLength;
    return i > 0 && (i >= groupBatchesMax || bytes > groupBytesMax);
  });
  return queue.splice(0, end === -1 ? queue.length : end);
}

function settle(one: Waiting, result: SqlResult | undefined): void {
  invariant(result, 'every batch has a result');
  if ('full' in result) {
    const what = result.full === 'store' ? 'store holds as many namespaces' : undefined;
    const message = `The ${what ?? 'namespace holds as many memories'} as it can.`;
    one.reject(new MemoryError('too_many_items', message));
    return;
  }
  if (!result.ok) {
    const { repeated, storedBytes } = result;
    if (storedBytes !== undefined) one.resolve({ ok: false, storedBytes });
    else one.resolve(repeated ? { ok: false, repeated } : { ok: false });
    return;
  }
  const applied = result.applied.map(
    ([seq, ordinal, version, createdAt, updatedAt]): Applied => ({
      ...{ seq, ordinal, version, createdAt, updatedAt },
    }),
  );
  one.resolve({ ok: true, namespace: decodeNamespace(result.namespace), applied });
}
