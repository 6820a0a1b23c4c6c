/** Applies actions of a dream: all of them in one commit, with the word that it was done. */
import type { MemoryRef, StrategyId } from '../../domain/dream.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { DreamEvent } from '../../domain/events.ts';
import type { JsonObject, KeyHash, MemoryId } from '../../domain/memory.ts';
import type { BatchDocument, PutOp, RecordRow, UpdateOp } from '../../ports/records.ts';
import { createTurns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import type { Scope } from '../scope.ts';
import { derivedOp } from './derived-op.ts';
import { commitLocked } from './dream-lock.ts';
import { newsDocument } from './dream-news.ts';
import { dreamKey, type KeptActions, type KeptDream } from './dream-store.ts';
import { type OpenDream, rowsById } from './open-dream.ts';
import { changeOp, changesOf } from './row-changes.ts';
import {
  type DreamAction,
  refsOf,
  type StoredDream,
  type TouchedRow,
  withoutValue,
  withoutWords,
} from './stored-dream.ts';

export interface ApplyOutcome {
  readonly applied: number;
  /** What it rests on was changed or forgotten since. */
  readonly dropped: number;
}

/**
 * Of the actions that wait those that are `chosen`. One whose memories have changed is dropped,
 * and says so. Throws dream_state.
 */
export function applyActions(
  deps: EngineDeps,
  scope: Scope,
  opened: OpenDream,
  chosen: (action: DreamAction) => boolean,
): Promise<ApplyOutcome> {
  return commitLocked(deps, opened.place, () => applyOnce(deps, scope, opened, chosen));
}

async function applyOnce(
  deps: EngineDeps,
  scope: Scope,
  opened: OpenDream,
  chosen: (action: DreamAction) => boolean,
): Promise<ApplyOutcome | undefined> {
  const { store, place, records, info } = opened;
  const kept = await store.need(place);
  requireApplicable(kept.dream);
  const files = await store.actions(place);
  const waiting = files.flatMap(({ actions }) => actions).filter(isPending);
  const run = new ApplyRun(deps, scope, opened, kept.dream);
  await run.take(waiting.filter(chosen));
  const { puts, updates, outcomes } = run;
  if (outcomes.size === 0) return { applied: 0, dropped: 0 };
  const applied = [...outcomes.values()].filter(({ state }) => state === 'applied').length;
  const isLeft = waiting.length > outcomes.size;
  const next = afterApply(deps, kept.dream, run, { applied, isLeft });
  const batch = {
    generation: info.generation,
    ops: [...puts, ...updates],
    // What it says is gone with what it was made of, also when that goes in this very moment.
    unchanged: run.sources(),
    documents: [
      ...documentsOf(opened, kept, next, files, outcomes),
      ...newsOfApply(deps, opened, kept, { applied, next }),
    ],
  };
  const result = await records.commit(info.name, batch);
  if (!result.ok) return undefined;
  deps.backfill.expect(batch.ops);
  return { applied, dropped: outcomes.size - applied };
}

const isPending = ({ state }: DreamAction): boolean => state === 'pending';

function requireApplicable({ state, dryRun }: StoredDream): void {
  if (dryRun) throw new MemoryError('dream_state', 'A dry run is read, and never applied.');
  if (state === 'planned' || state === 'applied') return;
  throw new MemoryError('dream_state', `The dream is ${state}; nothing of it can be applied.`, {
    details: { state },
  });
}

class ApplyRun {
  readonly puts: PutOp[] = [];
  updates: UpdateOp[] = [];
  touched: TouchedRow[] = [];
  /** What became of each chosen action, by its id. */
  readonly outcomes = new Map<string, DreamAction>();
  readonly #deps: EngineDeps;
  readonly #scope: Scope;
  readonly #opened: OpenDream;
  /** The version in which an earlier part of the dream left a memory. */
  readonly #left: ReadonlyMap<MemoryId, number>;
  #rows: ReadonlyMap<MemoryId, RecordRow> = new Map();

  constructor(deps: EngineDeps, scope: Scope, opened: OpenDream, { touched }: StoredDream) {
    this.#deps = deps;
    this.#scope = scope;
    this.#opened = opened;
    this.#left = new Map(touched.map(({ id, after }) => [id, after]));
  }

  async take(actions: readonly DreamAction[]): Promise<void> {
    this.#rows = await rowsById(
      this.#opened,
      actions.flatMap(refsOf).map(({ id }) => id),
    );
    const turns = createTurns(this.#opened.place.tenant);
    const taken: DreamAction[] = [];
    for (const action of actions) {
      const done = await this.#outcomeOf(action);
      this.outcomes.set(action.id, done);
      if (done.state === 'applied') taken.push(done);
      if (turns.due()) await turns.next();
    }
    const addedIds = new Map(taken.flatMap(({ id, addedId }) => (addedId ? [[id, addedId]] : [])));
    for (const [id, change] of changesOf(taken, addedIds)) {
      const row = this.#rows.get(id);
      const op = row && (await changeOp(this.#deps, row, change, turns));
      if (turns.due()) await turns.next();
      if (!row || !op) continue;
      this.updates.push(op);
      const { ordinal, version: before } = row;
      this.touched.push({ id, ordinal, before, after: before + 1 });
    }
  }

  /** Of what is added. */
  sources(): { readonly ordinal: number; readonly version: number }[] {
    const added = [...this.outcomes.values()].filter(({ addedId }) => addedId !== undefined);
    const ids = new Set(added.flatMap(({ sources }) => sources.map(({ id }) => id)));
    const rows = [...ids].flatMap((id) => this.#rows.get(id) ?? []);
    return rows.map(({ ordinal, version }) => ({ ordinal, version }));
  }

  async #outcomeOf(action: DreamAction): Promise<DreamAction> {
    const why = this.#faultOf(refsOf(action));
    if (why !== undefined) return { ...withoutWords(action), state: 'dropped', why };
    if (!action.add) return { ...action, state: 'applied' };
    try {
      const put = await derivedOp(this.#deps, action, this.#derivedPlace(action));
      this.puts.push(put);
      return { ...withoutValue(action), state: 'applied', addedId: put.columns.id };
    } catch (error) {
      if (!MemoryError.isInstance(error)) throw error;
      return { ...withoutWords(action), state: 'dropped', why: error.message };
    }
  }

  #derivedPlace({ strategy, sources, add }: DreamAction) {
    const { info, place } = this.#opened;
    const rows = sources.flatMap(({ id }) => this.#rows.get(id) ?? []);
    const subject = hashSubject(this.#deps, this.#opened)(strategy, add?.subject ?? '');
    const scope = this.#scope;
    return { scope, namespace: info.name, dream: place.id, subject, sources: rows };
  }

  #faultOf(refs: readonly MemoryRef[]): string | undefined {
    const now = this.#deps.clock.now();
    for (const { id, version } of refs) {
      const row = this.#rows.get(id);
      if (!row || (row.expiresAt ?? now + 1) <= now) return 'A memory was forgotten since.';
      const isAsRead = row.version === version || row.version === this.#left.get(id);
      if (!isAsRead) return 'A memory has changed since.';
    }
    return undefined;
  }
}

function newsOfApply(
  deps: Pick<EngineDeps, 'clock'>,
  opened: OpenDream,
  { version: step }: KeptDream,
  { applied, next }: { readonly applied: number; readonly next: StoredDream },
): BatchDocument[] {
  if (applied > 0) return [newsOf(deps, opened, { type: 'dream.applied', step })];
  // Nothing is left of it, and nothing came of it.
  return next.state === 'discarded'
    ? [newsOf(deps, opened, { type: 'dream.discarded', step })]
    : [];
}

/** The word that goes out, in the commit that it tells of; `step`: the version that it changes. */
export function newsOf(
  { clock }: Pick<EngineDeps, 'clock'>,
  { place, info }: Pick<OpenDream, 'place' | 'info'>,
  told: { readonly type: DreamEvent['type']; readonly step: number },
): BatchDocument {
  return newsDocument({ ...place, namespace: info.name, ...told, at: clock.now() });
}

/** Names of what a strategy found are words of users: they are kept as a keyed hash. */
export function hashSubject(
  { hashKey }: Pick<EngineDeps, 'hashKey'>,
  { place, info }: Pick<OpenDream, 'place' | 'info'>,
): (strategy: StrategyId, subject: string) => KeyHash {
  return (strategy, subject) =>
    hashKey(place.tenant, info.name, JSON.stringify(['dream', strategy, subject]));
}

function afterApply(
  { clock }: Pick<EngineDeps, 'clock'>,
  dream: StoredDream,
  { puts, touched }: ApplyRun,
  { applied, isLeft }: { readonly applied: number; readonly isLeft: boolean },
): StoredDream {
  const isApplied = applied > 0 || dream.state === 'applied';
  const rows = new Map(dream.touched.map((row) => [row.id, row]));
  for (const row of touched) {
    rows.set(row.id, { ...row, before: rows.get(row.id)?.before ?? row.before });
  }
  return {
    ...dream,
    // Where everything was dropped there is nothing to undo.
    state: isApplied ? 'applied' : isLeft ? 'planned' : 'discarded',
    ...(isApplied && { appliedAt: dream.appliedAt ?? clock.now() }),
    touched: [...rows.values()],
    added: [...dream.added, ...puts.map(({ columns }) => columns.id)],
  };
}

function documentsOf(
  { place }: OpenDream,
  kept: KeptDream,
  next: StoredDream,
  files: readonly KeptActions[],
  outcomes: ReadonlyMap<string, DreamAction>,
): BatchDocument[] {
  const changed = files.filter(({ actions }) => actions.some(({ id }) => outcomes.has(id)));
  return [
    { key: dreamKey(place), value: toJson(next), expected: kept.version },
    ...changed.map(({ key, version, actions }) => ({
      key,
      value: toJson({ actions: actions.map((action) => outcomes.get(action.id) ?? action) }),
      expected: version,
    })),
  ];
}

export function toJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value));
}
