/** Changing one memory: a merge patch that keeps what it does not name, and archiving. */
import { encodeBody } from '../../domain/body-codec.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { Memory, MemoryId, NamespaceName } from '../../domain/memory.ts';
import { encodeAnalysis } from '../../index/analysis-codec.ts';
import type { RecordRow, UpdateOp } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { findCurrent } from '../find-current.ts';
import { doneElsewhere } from '../once/once.ts';
import { openRecords } from '../open-records.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import { applyPatch, type MemoryPatch } from './apply-patch.ts';
import { replayUpdate } from './replay.ts';

export interface MemoryTarget {
  readonly memoryId: MemoryId;
  /** Absent: wherever the tenant has it. */
  readonly namespace?: NamespaceName;
  /** The version it must have. */
  readonly ifVersion?: number;
}

export interface UpdateOutcome {
  readonly status: 'updated' | 'unchanged';
  readonly memory: Memory;
}

/** Tries against others that change the same memory. */
const attemptsMax = 8;

/**
 * Throws memory_not_found (missing, foreign or expired), memory_superseded, version_conflict, and
 * what a store throws for the same fields. Without `ifVersion` no other writer's change is lost:
 * the patch is applied again to what they left.
 */
export function update(
  deps: EngineDeps,
  scope: Scope,
  target: MemoryTarget,
  patch: MemoryPatch,
): Promise<UpdateOutcome> {
  return change(deps, scope, target, async (row) => {
    refuseSuperseded(row);
    const changed = await applyPatch(deps, row, patch);
    if (changed === undefined) return undefined;
    const { body, columns } = changed;
    const occurredAt = columns.occurredAt ?? row.occurredAt;
    const facts = { occurredAt, isFact: row.kind === 'fact' };
    const [analysis, vectors] = await Promise.all([
      deps.analyzer.analyze(body, facts),
      changed.isBodyNew ? deps.embeddings.forStore(body, true) : undefined,
    ]);
    return {
      op: 'patch',
      ordinal: row.ordinal,
      expectedVersion: row.version,
      columns,
      ...(changed.isBodyNew && { body: encodeBody(body) }),
      ...(vectors && { vectors }),
      analysis: encodeAnalysis(analysis),
    };
  });
}

/**
 * An archived memory takes no part in search, list and context; it is read by its id. Archiving
 * twice changes nothing. Throws as `update`, memory_superseded only for a restore: what was
 * replaced would not come back.
 */
export function setArchived(
  deps: EngineDeps,
  scope: Scope,
  target: MemoryTarget,
  archived: boolean,
): Promise<UpdateOutcome> {
  return change(deps, scope, target, async (row) => {
    const { ordinal, version } = row;
    if (!archived) refuseSuperseded(row);
    if (row.archived === archived) return undefined;
    const op = archived ? 'archive' : 'restore';
    return { op, ordinal, expectedVersion: version, columns: { archived } };
  });
}

function refuseSuperseded({ supersededAt, supersededBy }: RecordRow): void {
  if (supersededAt === null) return;
  throw new MemoryError('memory_superseded', undefined, {
    details: { superseded_by: supersededBy },
  });
}

/** Reads, plans and commits until nobody came between. `plan` gives undefined for no change. */
async function change(
  deps: EngineDeps,
  scope: Scope,
  target: MemoryTarget,
  plan: (row: RecordRow) => Promise<UpdateOp | undefined>,
): Promise<UpdateOutcome> {
  // Writers of this process wait in line, so that tries are left for those of others.
  const lock = JSON.stringify([scope.tenant, target.memoryId]);
  return deps.keyLocks.run(lock, () => changeInLine(deps, scope, target, plan));
}

async function changeInLine(
  deps: EngineDeps,
  scope: Scope,
  { memoryId, namespace, ifVersion }: MemoryTarget,
  plan: (row: RecordRow) => Promise<UpdateOp | undefined>,
): Promise<UpdateOutcome> {
  const { once } = scope;
  const records = openRecords(deps, scope);
  const former = once?.former();
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const found = await findCurrent(deps, records, memoryId, namespace);
    const { row } = found;
    if (former) return replayUpdate(records, found, former);
    if (ifVersion !== undefined && ifVersion !== row.version) {
      throw new MemoryError('version_conflict', undefined, {
        details: { if_version: ifVersion, version: row.version },
      });
    }
    const op = await plan(row);
    if (op === undefined) {
      const receipt = once?.receipt({ version: row.version });
      if (receipt && !(await records.keepReceipts([receipt]))) throw doneElsewhere();
      return { status: 'unchanged', memory: memoryOf(found.namespace, row) };
    }
    const receipts = once ? [once.receipt({}, { op: 0 })] : [];
    const result = await records.commit(found.namespace, { ops: [op], receipts });
    if (!result.ok && result.repeated) throw doneElsewhere();
    if (!result.ok) continue;
    deps.backfill.expect([op]);
    const [written] = await records.byOrdinal(found.namespaceNo, [row.ordinal]);
    // Erased right behind the change: what was asked for did happen.
    if (written === undefined) throw new MemoryError('memory_not_found');
    return { status: 'updated', memory: memoryOf(found.namespace, written) };
  }
  throw new MemoryError('version_conflict', 'Others keep writing this memory.');
}
