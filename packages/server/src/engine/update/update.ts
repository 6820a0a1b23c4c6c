/** Changing one memory: a merge patch that keeps what it does not name, and archiving. */
import { decodeBody } from '../../domain/body-codec.ts';
import { MemoryError } from '../../domain/errors.ts';
import { checkLinks } from '../../domain/links.ts';
import type { Memory, MemoryId, NamespaceName } from '../../domain/memory.ts';
import type { KeyExpectation, RecordRow, UpdateOp } from '../../ports/records.ts';
import { createTurns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import { findCurrent } from '../find-current.ts';
import { judgePatch } from '../hygiene/judge.ts';
import { checkTargets, withLiveLinks, withLiveTargets } from '../links/links.ts';
import { doneElsewhere } from '../once/once.ts';
import { openRecords } from '../open-records.ts';
import { patchOp } from '../patch-op.ts';
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
  return change(deps, scope, target, async (row, { namespace }) => {
    refuseSuperseded(row);
    if (patch.expiresAt != null) refuseVanishing(row);
    const links = patch.links && checkLinks(patch.links);
    await checkTargets(deps, scope, namespace, links ?? [], row.id);
    const said = applyPatch(row, patch, deps.valueBytesMax);
    const place = { row, patch, content: said };
    const content = await judgePatch(deps, scope, namespace, place);
    if (content === undefined) return undefined;
    // A body that is written anyway is written without links that lead nowhere any more.
    const body = content.body && (await withLiveTargets(deps, scope, namespace, content.body));
    const work = { waits: true, turns: createTurns(scope.tenant) };
    return { op: await patchOp(deps, row, { ...content, ...(body && { body }) }, work) };
  });
}

/**
 * An archived memory takes no part in search, list and context; it is read by its id. Archiving
 * twice changes nothing. Throws as `update`, memory_superseded only for a restore: what was
 * replaced would not come back, and a key has one current fact.
 */
export function setArchived(
  deps: EngineDeps,
  scope: Scope,
  target: MemoryTarget,
  archived: boolean,
): Promise<UpdateOutcome> {
  return change(deps, scope, target, async (row, { namespaceNo }) => {
    const { ordinal, version } = row;
    if (!archived) refuseSuperseded(row);
    if (row.archived === archived) return undefined;
    const place = { ordinal, expectedVersion: version, columns: { archived } };
    if (archived) return { op: { op: 'archive', ...place } };
    const expect = await expectNoOther(deps, scope, namespaceNo, row);
    return { op: { op: 'restore', ...place }, expect };
  });
}

/** While a fact was archived, another one may have been stored under its key. */
async function expectNoOther(
  deps: EngineDeps,
  scope: Scope,
  namespaceNo: number,
  { kind, keyHash }: RecordRow,
): Promise<KeyExpectation[]> {
  if (kind !== 'fact' || keyHash === null) return [];
  const records = openRecords(deps, scope);
  const { fact } = await records.byKey(namespaceNo, keyHash, deps.clock.now());
  if (fact === null) return [{ keyHash, fact: null }];
  throw new MemoryError('memory_superseded', 'Another fact holds under this key by now.', {
    details: { superseded_by: fact.id },
  });
}

function refuseSuperseded({ supersededAt, supersededBy }: RecordRow): void {
  if (supersededAt === null) return;
  throw new MemoryError('memory_superseded', undefined, {
    details: { superseded_by: supersededBy },
  });
}

/** What it stands for would be out of sight with nothing that leads to it. */
function refuseVanishing({ kind, body }: RecordRow): void {
  if (kind !== 'derived' || !decodeBody(body).made?.archived?.length) return;
  const message = 'It stands for archived memories and cannot expire; forget it: they come back.';
  throw new MemoryError('invalid_request', message, { details: { field: 'expires_at' } });
}

interface Plan {
  readonly op: UpdateOp;
  readonly expect?: readonly KeyExpectation[];
}

interface Place {
  readonly namespace: NamespaceName;
  readonly namespaceNo: number;
}

/** Undefined for no change. */
type MakePlan = (row: RecordRow, place: Place) => Promise<Plan | undefined>;

/** Reads, plans and commits until nobody came between. */
async function change(
  deps: EngineDeps,
  scope: Scope,
  target: MemoryTarget,
  makePlan: MakePlan,
): Promise<UpdateOutcome> {
  // Writers of this process wait in line, so that tries are left for those of others.
  const lock = JSON.stringify([scope.tenant, target.memoryId]);
  const { status, memory } = await deps.keyLocks.run(lock, () =>
    changeInLine(deps, scope, target, makePlan),
  );
  const [shown = memory] = await withLiveLinks(deps, scope, [memory]);
  return { status, memory: shown };
}

async function changeInLine(
  deps: EngineDeps,
  scope: Scope,
  { memoryId, namespace, ifVersion }: MemoryTarget,
  makePlan: MakePlan,
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
    const plan = await makePlan(row, found);
    if (plan === undefined) {
      const receipt = once?.receipt({ version: row.version });
      if (receipt && !(await records.keepReceipts([receipt]))) throw doneElsewhere();
      return { status: 'unchanged', memory: memoryOf(found.namespace, row) };
    }
    const receipts = once ? [once.receipt({}, { op: 0 })] : [];
    const { op, expect = [] } = plan;
    const result = await records.commit(found.namespace, { ops: [op], expect, receipts });
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
