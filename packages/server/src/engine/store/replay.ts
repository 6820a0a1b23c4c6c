/** Answers a store that was carried out before, from its receipt and the memory as it was then. */
import type { JsonObject, MemoryId, NamespaceName } from '../../domain/memory.ts';
import type { StoreStatus } from '../../domain/store-rules.ts';
import type { KeptReceipt, TenantRecords } from '../../ports/records.ts';
import { memoryOf, rowAt } from '../rows.ts';
import { differsHint, type StorePlan } from './plan.ts';
import type { PreparedStore } from './prepare.ts';
import type { StoreOutcome } from './store.ts';

interface StoreNote {
  readonly status: StoreStatus;
  readonly id: MemoryId;
  /** Of a store that wrote nothing; else the receipt's outcome tells them. */
  readonly version: number;
  readonly createdAt: number;
  readonly replaced: MemoryId | null;
  readonly isHinted: boolean;
}

/** What the receipt of a plan says: nothing of the memory but its id. */
export function noteOf(plan: StorePlan, prepared: PreparedStore): JsonObject {
  const { current } = plan;
  const op = plan.ops[plan.resultOp ?? 0];
  const note: StoreNote = {
    status: plan.status,
    id: op?.op === 'put' || !current ? prepared.put.columns.id : current.id,
    version: current?.version ?? 1,
    createdAt: current?.createdAt ?? 0,
    replaced: plan.replaced ?? null,
    isHinted: plan.hint !== undefined,
  };
  return { ...note };
}

/** `memory` is null when it was erased since. */
export async function replayStore(
  records: TenantRecords,
  namespace: NamespaceName,
  receipt: KeptReceipt,
): Promise<StoreOutcome> {
  const note = JSON.parse(receipt.note) as StoreNote;
  const { status, id, replaced, isHinted } = note;
  const { version, createdAt } = receipt.applied ?? note;
  const found = await records.byId([id]);
  const place = found.find((one) => one.namespace === namespace);
  const row = place && (await rowAt(records, place, version));
  return {
    ...{ status, id, version, createdAt },
    memory: row ? memoryOf(namespace, row) : null,
    ...(replaced !== null && { replaced }),
    ...(isHinted && { hint: differsHint }),
  };
}
