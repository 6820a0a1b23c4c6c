/** The verb store: one memory, durable and findable when the promise resolves. */
import { MemoryError } from '../../domain/errors.ts';
import type { Memory, MemoryId, NamespaceName } from '../../domain/memory.ts';
import type { MemoryInput } from '../../domain/memory-input.ts';
import type { StoreStatus } from '../../domain/store-rules.ts';
import type { Applied, RecordRow, TenantRecords } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { withLiveLinks } from '../links/links.ts';
import { doneElsewhere } from '../once/once.ts';
import { openRecords } from '../open-records.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import { planStore, type StorePlan } from './plan.ts';
import { type PreparedStore, prepareStore } from './prepare.ts';
import { noteOf, replayStore } from './replay.ts';

export interface StoreOutcome {
  readonly status: StoreStatus;
  readonly id: MemoryId;
  readonly version: number;
  readonly createdAt: number;
  /** Null only where a repeated request finds that the memory was erased since. */
  readonly memory: Memory | null;
  /** The fact that gave way, when status is replaced. */
  readonly replaced?: MemoryId;
  readonly hint?: string;
}

/** Tries against other processes that write the same key; our own queue on the key lock. */
const attemptsMax = 8;

export async function store(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  input: MemoryInput,
): Promise<StoreOutcome> {
  const outcome = await storeOnce(deps, scope, namespace, input);
  const shown = await withLiveLinks(deps, scope, outcome.memory === null ? [] : [outcome.memory]);
  return { ...outcome, memory: shown[0] ?? null };
}

async function storeOnce(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  input: MemoryInput,
): Promise<StoreOutcome> {
  const former = scope.once?.former();
  if (former) return replayStore(openRecords(deps, scope), namespace, former);
  const prepared = await prepareStore(deps, scope, namespace, input, 'api');
  return storeInLine(deps, scope, namespace, prepared);
}

/** After every earlier store of this process under the same key. `part`: of a named request. */
export async function storeInLine(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  prepared: PreparedStore,
  part = 0,
): Promise<StoreOutcome> {
  const run = () => storePrepared(deps, scope, namespace, prepared, part);
  if (prepared.keyHash === null) return run();
  const lock = JSON.stringify([scope.tenant, namespace, prepared.keyHash]);
  return deps.keyLocks.run(lock, run);
}

async function storePrepared(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  prepared: PreparedStore,
  part: number,
): Promise<StoreOutcome> {
  const { once } = scope;
  const records = openRecords(deps, scope);
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const plan = await planStore(
      deps,
      prepared,
      await currentFact(deps, records, namespace, prepared),
    );
    const place = { part, op: plan.resultOp };
    const receipts = once ? [once.receipt(noteOf(plan, prepared), place)] : [];
    if (plan.ops.length === 0) {
      if (once && !(await records.keepReceipts(receipts))) throw doneElsewhere();
      return outcomeOf(namespace, prepared, plan, undefined);
    }
    const generation = deps.embeddings.generations.target.no;
    const batch = { generation, ops: plan.ops, expect: plan.expect, receipts };
    const result = await records.commit(namespace, batch);
    if (result.ok) {
      deps.backfill.expect(plan.ops);
      const applied = result.applied[plan.resultOp ?? 0];
      return outcomeOf(namespace, prepared, plan, applied && { applied, ...result.namespace });
    }
    if (result.repeated) throw doneElsewhere();
  }
  throw new MemoryError('version_conflict', 'Others keep writing this key; try again.');
}

/** Null when the key has no fact or the store does not ask for one. */
export async function currentFact(
  deps: EngineDeps,
  records: TenantRecords,
  namespace: NamespaceName,
  { keyHash, intent, input }: PreparedStore,
): Promise<RecordRow | null> {
  if (keyHash === null || (!intent.replaces && input.ifVersion === undefined)) return null;
  const info = await records.namespace(namespace);
  if (!info) return null;
  return (await records.byKey(info.no, keyHash, deps.clock.now())).fact;
}

/** What a commit made of an operation, and by which vectors the namespace is searched. */
export interface Written {
  readonly applied: Applied;
  readonly generation: number;
}

export function outcomeOf(
  namespace: NamespaceName,
  prepared: PreparedStore,
  plan: StorePlan,
  written: Written | undefined,
): StoreOutcome & { readonly memory: Memory } {
  const memory = memoryAfter(namespace, prepared, plan, written);
  const { id, version, createdAt } = memory;
  return {
    ...{ status: plan.status, id, version, createdAt, memory },
    ...(plan.replaced && { replaced: plan.replaced }),
    ...(plan.hint && { hint: plan.hint }),
  };
}

/** The memory as a reader would now see it, without reading it again. */
function memoryAfter(
  namespace: NamespaceName,
  prepared: PreparedStore,
  plan: StorePlan,
  written: Written | undefined,
): Memory {
  const op = plan.ops[plan.resultOp ?? 0];
  if (!written || !op || op.op === 'erase') {
    if (!plan.current) throw new Error('A plan without operations has no current row.');
    return memoryOf(namespace, plan.current);
  }
  const { ordinal, version, createdAt, updatedAt, seq } = written.applied;
  const made = op.vectors?.find(({ generation }) => generation === written.generation);
  const hasVector = made ? (made.vectors?.length ?? 0) > 0 : (plan.current?.hasVector ?? false);
  if (op.op === 'put') {
    return memoryOf(namespace, {
      ...op.columns,
      ordinal,
      version,
      createdAt,
      updatedAt,
      seq,
      supersededAt: null,
      supersededBy: null,
      body: op.body,
      hasVector,
    });
  }
  if (!plan.current) throw new Error(`A plan that updates ${prepared.put.columns.id} has no row.`);
  const body = op.body ?? plan.current.body;
  const place = { version, updatedAt, seq, body, hasVector };
  return memoryOf(namespace, { ...plan.current, ...op.columns, ...place });
}
