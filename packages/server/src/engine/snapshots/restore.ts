/**
 * Brings a namespace back to a snapshot by new versions: rows that came later are archived, changed
 * ones are what they were again, erased ones stay erased.
 */
import { requireAudience } from '../../domain/access.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { MemoryId, NamespaceName, TenantId } from '../../domain/memory.ts';
import type { KeyExpectation, RecordRow, UpdateOp } from '../../ports/records.ts';
import { createTurns, type Turns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import { DreamStore } from '../dream/dream-store.ts';
import { withoutStandIn } from '../dream/stand-ins.ts';
import { isCurrentFact, restoreOp } from '../restore-op.ts';
import type { Scope } from '../scope.ts';
import { differences } from './differences.ts';
import { markRestoring, type OpenSnapshot, openSnapshot, putSnapshot } from './snapshots.ts';

export interface RestoreRequest {
  readonly namespace: NamespaceName;
  readonly id: string;
  readonly dryRun: boolean;
  /** Memories that the answer names. */
  readonly limit: number;
}

export interface RestoredMemory {
  readonly id: MemoryId;
  /** `kept`: somebody wrote it after the restore began, and that write stands. */
  readonly action: 'archived' | 'restored' | 'kept';
}

export interface RestoreReport {
  readonly dryRun: boolean;
  /** It goes on with a restore that had been cut short; the counts are those of the rest. */
  readonly resumed: boolean;
  readonly archived: number;
  readonly restored: number;
  /** Rows that it met with a write that came after it began; others it does not even look at. */
  readonly kept: number;
  /** Erased since: they cannot come back. */
  readonly erased: number;
  /** Without a version of that time: they stay as they are. */
  readonly unknown: number;
  /** The first of them. */
  readonly memories: readonly RestoredMemory[];
  /** The snapshot of the state before, to go back to; absent in a dry run. */
  readonly before?: string;
}

/** Rows written in one commit. */
const commitRows = 100;
/** Tries against others who write the same rows or keys. */
const attemptsMax = 8;

/**
 * Where it began is kept with the snapshot until it has ended: one that was cut short goes on when
 * it is asked for again, and does the same. Throws permission_denied, with nothing written, where
 * it would change memories for the `system` audience without leave.
 */
export async function restoreSnapshot(
  deps: EngineDeps,
  scope: Scope,
  request: RestoreRequest,
): Promise<RestoreReport> {
  const { namespace, id, dryRun } = request;
  const { tenant } = scope;
  if (dryRun) {
    const opened = await openSnapshot(deps, scope, namespace, id);
    await requireAudiences(scope, opened, opened.info.seq);
    const run = new RestoreRun({ deps, tenant }, request, opened, opened.info.seq);
    await run.archiveAdded();
    await run.restoreChanged();
    return run.report(false);
  }
  const lock = JSON.stringify(['restore', scope.tenant, namespace]);
  return deps.keyLocks.run(lock, async () => {
    const opened = await openSnapshot(deps, scope, namespace, id);
    const resumed = opened.snapshot.restoring;
    await requireAudiences(scope, opened, resumed?.seq ?? opened.info.seq);
    const { restoring, documentVersion } = resumed
      ? { restoring: resumed, documentVersion: opened.documentVersion }
      : await begin(deps, scope, opened);
    const run = new RestoreRun({ deps, tenant }, request, opened, restoring.seq);
    // First what came later gives way, so that no key has two facts in between.
    await run.archiveAdded();
    await run.restoreChanged();
    await markRestoring(deps, scope, { ...opened, documentVersion }, undefined);
    return { ...run.report(resumed !== undefined), before: restoring.before };
  });
}

/**
 * Throws permission_denied before anything is written: a restore that may not change what is said
 * to the `system` audience would end half-way.
 */
async function requireAudiences(
  { access, tenant }: Scope,
  { records, info, snapshot }: OpenSnapshot,
  to: number,
): Promise<void> {
  if (access.allowsSystem(info.name)) return;
  const span = { from: snapshot.seq, to };
  for await (const found of differences(records, info, span, createTurns(tenant))) {
    if (found.kind === 'erased' || found.kind === 'unknown') continue;
    if (found.kind === 'added' && found.row.archived) continue;
    requireAudience(access, info.name, found.row.audience);
    if ('former' in found) requireAudience(access, info.name, found.former.audience);
  }
}

async function begin(deps: EngineDeps, scope: Scope, opened: OpenSnapshot) {
  const { info, snapshot } = opened;
  const name = `before restoring ${snapshot.name}`;
  const before = await putSnapshot(deps, scope, info, name.slice(0, 200));
  const restoring = { seq: info.seq, before: before.id };
  return { restoring, documentVersion: await markRestoring(deps, scope, opened, restoring) };
}

interface Step {
  readonly row: RecordRow;
  /** Absent: the row came later. */
  readonly former?: RecordRow;
}

class RestoreRun {
  readonly #deps: EngineDeps;
  readonly #request: RestoreRequest;
  readonly #opened: OpenSnapshot;
  /** The newest change that the restore may undo. */
  readonly #to: number;
  #hidden: Promise<ReadonlySet<MemoryId>> | undefined;
  readonly #tenant: TenantId;
  readonly #turns: Turns;
  readonly #counts = { archived: 0, restored: 0, kept: 0, erased: 0, unknown: 0 };
  readonly #memories: RestoredMemory[] = [];

  constructor(
    { deps, tenant }: { readonly deps: EngineDeps; readonly tenant: TenantId },
    request: RestoreRequest,
    opened: OpenSnapshot,
    to: number,
  ) {
    this.#deps = deps;
    this.#tenant = tenant;
    this.#turns = createTurns(tenant);
    this.#request = request;
    this.#opened = opened;
    this.#to = to;
  }

  async archiveAdded(): Promise<void> {
    await this.#walk((found) =>
      found.kind === 'added' && !found.row.archived ? { row: found.row } : undefined,
    );
  }

  async restoreChanged(): Promise<void> {
    await this.#walk((found) => {
      if (found.kind === 'erased' || found.kind === 'unknown') this.#counts[found.kind] += 1;
      return 'former' in found ? { row: found.row, former: found.former } : undefined;
    });
  }

  report(resumed: boolean): RestoreReport {
    const { dryRun } = this.#request;
    return { dryRun, resumed, ...this.#counts, memories: this.#memories };
  }

  async #walk(
    stepOf: (found: AsyncYield<ReturnType<typeof differences>>) => Step | undefined,
  ): Promise<void> {
    const { records, info, snapshot } = this.#opened;
    const span = { from: snapshot.seq, to: this.#to };
    let steps: Step[] = [];
    for await (const found of differences(records, info, span, this.#turns)) {
      const step = stepOf(found);
      if (step) steps.push(step);
      if (steps.length < commitRows) continue;
      await this.#take(steps);
      steps = [];
    }
    await this.#take(steps);
  }

  async #take(steps: readonly Step[]): Promise<void> {
    if (steps.length === 0) return;
    if (this.#request.dryRun || (await this.#commit(steps))) {
      for (const { row, former } of steps) this.#tell(row, former ? 'restored' : 'archived');
      return;
    }
    for (const step of steps) await this.#takeAlone(step);
  }

  /** Somebody else is writing here: his write stands. */
  async #takeAlone({ row: { ordinal }, former }: Step): Promise<void> {
    const { records, info } = this.#opened;
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const [row] = await records.byOrdinal(info.no, [ordinal]);
      if (!row) {
        this.#counts.erased += 1;
        return;
      }
      if (row.seq > this.#to) return this.#tell(row, 'kept');
      const step = { row, ...(former && { former }) };
      if (await this.#laterFact(step)) return this.#tell(row, 'kept');
      if (await this.#commit([step])) return this.#tell(row, former ? 'restored' : 'archived');
    }
    throw new MemoryError('version_conflict', 'Others keep writing the same keys; restore again.');
  }

  /** False, and nothing done, when something has changed since the steps were made. */
  async #commit(steps: readonly Step[]): Promise<boolean> {
    const ops: UpdateOp[] = [];
    const expect = new Map<string, KeyExpectation>();
    for (const step of steps) {
      if (await this.#laterFact(step)) return false;
      ops.push(await this.#opOf(step));
      const { former } = step;
      if (!former || former.keyHash === null || !isCurrentFact(former)) continue;
      const fact = await this.#currentFact(former);
      const place = fact && { ordinal: fact.ordinal, version: fact.version };
      expect.set(former.keyHash, { keyHash: former.keyHash, fact: place });
    }
    const { records } = this.#opened;
    const batch = { ops, expect: [...expect.values()] };
    const { ok } = await records.commit(this.#request.namespace, batch);
    if (ok) this.#deps.backfill.expect(ops);
    return ok;
  }

  async #opOf({ row, former }: Step): Promise<UpdateOp> {
    const place = { ordinal: row.ordinal, expectedVersion: row.version };
    if (!former) return { op: 'archive', ...place, columns: { archived: true } };
    const op = await restoreOp(this.#deps, row, former, this.#turns);
    // What a dream archived, and nothing stands for any more, would not be found again.
    const isHidden = former.archived && (await this.#withoutStandIn()).has(row.id);
    return isHidden ? { ...op, columns: { ...op.columns, archived: row.archived } } : op;
  }

  #withoutStandIn(): Promise<ReadonlySet<MemoryId>> {
    const { records, info } = this.#opened;
    const place = { tenant: this.#tenant, namespaceNo: info.no, records };
    this.#hidden ??= withoutStandIn(new DreamStore(this.#deps.control), place);
    return this.#hidden;
  }

  /** A fact that was stored under the key after the restore began. */
  async #laterFact({ row, former }: Step): Promise<boolean> {
    if (!former || !isCurrentFact(former)) return false;
    const fact = await this.#currentFact(former);
    return fact !== null && fact.ordinal !== row.ordinal && fact.seq > this.#to;
  }

  async #currentFact({ keyHash }: RecordRow): Promise<RecordRow | null> {
    if (keyHash === null) return null;
    const { records, info } = this.#opened;
    return (await records.byKey(info.no, keyHash, this.#deps.clock.now())).fact;
  }

  #tell({ id }: RecordRow, action: RestoredMemory['action']): void {
    this.#counts[action] += 1;
    if (this.#memories.length < this.#request.limit) this.#memories.push({ id, action });
  }
}

type AsyncYield<T> = T extends AsyncGenerator<infer Item> ? Item : never;
