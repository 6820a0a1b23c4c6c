/** Store in bulk: each item has its own outcome, and items travel in few commits. */
import { requireAudience } from '../../domain/access.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { NamespaceName } from '../../domain/memory.ts';
import type { MemoryInput } from '../../domain/memory-input.ts';
import type { Batch, KeptReceipt, TenantRecords } from '../../ports/records.ts';
import { createTurns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import { doneElsewhere, type Once } from '../once/once.ts';
import { openRecords } from '../open-records.ts';
import type { Scope } from '../scope.ts';
import { planStore, type StorePlan } from './plan.ts';
import { type PreparedStore, prepareStore } from './prepare.ts';
import { noteOf, replayStore } from './replay.ts';
import { currentFact, outcomeOf, type StoreOutcome, storeInLine } from './store.ts';

export type ItemOutcome =
  | ({ readonly ok: true } & StoreOutcome)
  | { readonly ok: false; readonly error: MemoryError };

export interface BulkItem {
  readonly namespace: NamespaceName;
  readonly input: MemoryInput;
}

/** One commit holds at most this many items, so that single writers wait little behind it. */
const commitItemsMax = 200;

/**
 * Items are stored in order. An item that is refused has its error and does not stop the others;
 * a failure of the store itself (disk full) is the error of every item it touched.
 */
export async function storeMany(
  deps: EngineDeps,
  scope: Scope,
  items: readonly (BulkItem | MemoryError)[],
): Promise<ItemOutcome[]> {
  const outcomes: ItemOutcome[] = [];
  const group = new CommitGroup(deps, scope, outcomes);
  const turns = createTurns(scope.tenant);
  for (const [index, item] of items.entries()) {
    if (turns.due()) await turns.next();
    try {
      if (MemoryError.isInstance(item)) throw item;
      const former = scope.once?.former(index);
      if (former) {
        outcomes[index] = await replayItem(group.records, item.namespace, former);
        continue;
      }
      const prepared = await prepareStore(deps, scope, item.namespace, item.input, 'bulk');
      if (group.mustFlushBefore(item.namespace, prepared)) await group.flush();
      await group.add(index, item.namespace, prepared);
    } catch (error) {
      if (!MemoryError.isInstance(error)) throw error;
      outcomes[index] = { ok: false, error };
    }
  }
  await group.flush();
  if (scope.once) await keepConflicts(scope.once, group.records, outcomes);
  return outcomes;
}

/**
 * A condition that did not hold may hold later: the repetition of the request must not do then
 * what it was refused first. What was refused for its own sake is refused again.
 */
async function keepConflicts(
  once: Once,
  records: TenantRecords,
  outcomes: readonly ItemOutcome[],
): Promise<void> {
  const receipts = outcomes.flatMap((outcome, part) => {
    if (outcome.ok || outcome.error.code !== 'version_conflict') return [];
    const { details } = outcome.error;
    const isNew = details !== undefined && once.former(part) === undefined;
    return isNew ? [once.receipt({ conflict: JSON.parse(JSON.stringify(details)) }, { part })] : [];
  });
  if (receipts.length > 0) await records.keepReceipts(receipts);
}

async function replayItem(
  records: TenantRecords,
  namespace: NamespaceName,
  receipt: KeptReceipt,
): Promise<ItemOutcome> {
  const { conflict } = JSON.parse(receipt.note) as { conflict?: Record<string, unknown> };
  if (conflict === undefined) {
    return { ok: true, ...(await replayStore(records, namespace, receipt)) };
  }
  return {
    ok: false,
    error: new MemoryError('version_conflict', undefined, { details: conflict }),
  };
}

interface PlannedItem {
  readonly index: number;
  readonly prepared: PreparedStore;
  readonly plan: StorePlan;
  /** Where this item's ops begin in the batch. */
  readonly firstOp: number;
}

/** Planned items of one namespace that will be committed together. */
class CommitGroup {
  readonly #deps: EngineDeps;
  readonly #scope: Scope;
  readonly records: TenantRecords;
  readonly #outcomes: ItemOutcome[];
  #namespace: NamespaceName | undefined;
  #items: PlannedItem[] = [];
  #keys = new Set<string>();
  #ops = 0;

  constructor(deps: EngineDeps, scope: Scope, outcomes: ItemOutcome[]) {
    this.#deps = deps;
    this.#scope = scope;
    this.records = openRecords(deps, scope);
    this.#outcomes = outcomes;
  }

  /** A key that the group already writes must be committed before it is read again. */
  mustFlushBefore(namespace: NamespaceName, { keyHash, intent }: PreparedStore): boolean {
    if (this.#items.length === 0) return false;
    if (namespace !== this.#namespace || this.#items.length >= commitItemsMax) return true;
    return intent.replaces && keyHash !== null && this.#keys.has(keyHash);
  }

  async add(index: number, namespace: NamespaceName, prepared: PreparedStore): Promise<void> {
    const current = await currentFact(this.#deps, this.records, namespace, prepared);
    const plan = await planStore(this.#deps, prepared, current);
    // Refused by itself: the guard would refuse the commit, with all that travels in it.
    const isChanged = current !== null && plan.ops.some((op) => op.op !== 'put');
    if (isChanged) requireAudience(this.#scope.access, namespace, current.audience);
    this.#namespace = namespace;
    this.#items.push({ index, prepared, plan, firstOp: this.#ops });
    this.#ops += plan.ops.length;
    if (prepared.intent.replaces && prepared.keyHash) this.#keys.add(prepared.keyHash);
  }

  async flush(): Promise<void> {
    const items = this.#items;
    const namespace = this.#namespace;
    this.#items = [];
    this.#keys = new Set();
    this.#ops = 0;
    if (items.length === 0 || namespace === undefined) return;
    try {
      await this.#commit(namespace, items);
    } catch (error) {
      if (!MemoryError.isInstance(error)) throw error;
      for (const { index } of items) this.#outcomes[index] ??= { ok: false, error };
    }
  }

  async #commit(namespace: NamespaceName, items: readonly PlannedItem[]): Promise<void> {
    const { once } = this.#scope;
    const receipts = once
      ? items.map(({ index, prepared, plan, firstOp }) => {
          const op = plan.ops.length === 0 ? undefined : firstOp + (plan.resultOp ?? 0);
          return once.receipt(noteOf(plan, prepared), { part: index, op });
        })
      : [];
    const batch: Batch = {
      generation: this.#deps.embeddings.generations.target.no,
      ops: items.flatMap((item) => item.plan.ops),
      expect: items.flatMap((item) => item.plan.expect),
      receipts,
    };
    const isEmpty = batch.ops.length === 0;
    if (isEmpty && once && !(await this.records.keepReceipts(receipts))) throw doneElsewhere();
    const result = isEmpty ? undefined : await this.records.commit(namespace, batch);
    if (result?.ok === false && result.repeated) throw doneElsewhere();
    // Somebody else changed one of the keys meanwhile: each item then finds its own way.
    if (result?.ok === false) return this.#storeEach(namespace, items);
    this.#deps.backfill.expect(batch.ops);
    for (const { index, prepared, plan, firstOp } of items) {
      const applied = result?.applied[firstOp + (plan.resultOp ?? 0)];
      const written = applied && result && { applied, ...result.namespace };
      this.#outcomes[index] = { ok: true, ...outcomeOf(namespace, prepared, plan, written) };
    }
  }

  /** One after another, each in the line of its key, so that nobody overtakes it for ever. */
  async #storeEach(namespace: NamespaceName, items: readonly PlannedItem[]): Promise<void> {
    for (const { index, prepared } of items) {
      try {
        const outcome = await storeInLine(this.#deps, this.#scope, namespace, prepared, index);
        this.#outcomes[index] = { ok: true, ...outcome };
      } catch (error) {
        if (!MemoryError.isInstance(error)) throw error;
        this.#outcomes[index] = { ok: false, error };
      }
    }
  }
}
