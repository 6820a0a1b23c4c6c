/** Undoes a dream in one commit: what it changed is as it was, what it added is gone. */
import { decodeBody } from '../../domain/body-codec.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { MemoryId } from '../../domain/memory.ts';
import type { KeyExpectation, RecordRow, UpdateOp } from '../../ports/records.ts';
import { createTurns, type Turns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import { broughtBack } from '../forget/bring-back.ts';
import { silenceNaming } from '../forget/silence-dreams.ts';
import { isCurrentFact, restoreOp, sameRow } from '../restore-op.ts';
import { eraseOp } from '../rows.ts';
import { newsOf, toJson } from './apply.ts';
import { commitLocked } from './dream-lock.ts';
import { dreamKey } from './dream-store.ts';
import { type OpenDream, rowsById } from './open-dream.ts';
import {
  type DreamAction,
  type StoredDream,
  type TouchedRow,
  withoutWords,
} from './stored-dream.ts';

export interface UndoConflict {
  readonly id: MemoryId;
  readonly reason: 'changed_since' | 'another_fact_holds' | 'built_upon' | 'version_gone';
}

export interface UndoOutcome {
  readonly restored: number;
  readonly removed: number;
  /** Forgotten since: they do not come back. */
  readonly forgotten: number;
  /** Left as they are; only where the undo was partial. */
  readonly conflicts: readonly UndoConflict[];
}

const rowsPerPage = 64;
/** Conflicts that an error names. */
const conflictsShown = 100;

/** Throws dream_state, and dream_conflict unless it may be partial. */
export function undoDream(
  deps: EngineDeps,
  opened: OpenDream,
  isPartial: boolean,
): Promise<UndoOutcome> {
  return commitLocked(deps, opened.place, () => undoOnce(deps, opened, isPartial));
}

async function undoOnce(
  deps: EngineDeps,
  opened: OpenDream,
  isPartial: boolean,
): Promise<UndoOutcome | undefined> {
  const { store, place, records, info } = opened;
  const { dream, version } = await store.need(place);
  if (dream.state !== 'applied') {
    const message = `The dream is ${dream.state}; there is nothing to undo.`;
    throw new MemoryError('dream_state', message, { details: { state: dream.state } });
  }
  const run = new UndoRun(deps, opened, dream);
  await run.look();
  const { conflicts, removed, restored, expect } = run;
  if (conflicts.length > 0 && !isPartial) {
    const shown = conflicts.slice(0, conflictsShown);
    const details = { conflicts: shown, count: conflicts.length };
    throw new MemoryError('dream_conflict', undefined, { details });
  }
  const next: StoredDream = { ...dream, state: 'undone', undoneAt: deps.clock.now() };
  const files = await store.actions(place);
  const documents = [
    { key: dreamKey(place), value: toJson(next), expected: version },
    newsOf(deps, opened, { type: 'dream.undone', step: version }),
    ...files.map(({ key, version: expected, actions }) => ({
      ...{ key, expected },
      value: toJson({ actions: actions.map(undone) }),
    })),
  ];
  const ops = [...removed.map(eraseOp), ...restored, ...run.broughtBack];
  const result = await records.commit(info.name, { ops, expect, documents });
  if (!result.ok) return undefined;
  deps.backfill.expect(ops);
  await silenceNaming(
    deps,
    place.tenant,
    info.no,
    removed.map(({ id }) => id),
  );
  return {
    ...{ restored: restored.length, removed: removed.length },
    ...{ forgotten: run.forgotten, conflicts },
  };
}

function undone(action: DreamAction): DreamAction {
  if (action.state === 'applied') return { ...action, state: 'undone' };
  return action.state === 'pending' ? { ...withoutWords(action), state: 'discarded' } : action;
}

class UndoRun {
  readonly conflicts: UndoConflict[] = [];
  /** What it added. */
  readonly removed: RecordRow[] = [];
  readonly restored: UpdateOp[] = [];
  readonly broughtBack: UpdateOp[] = [];
  readonly expect: KeyExpectation[] = [];
  forgotten = 0;
  readonly #deps: EngineDeps;
  readonly #opened: OpenDream;
  readonly #dream: StoredDream;

  constructor(deps: EngineDeps, opened: OpenDream, dream: StoredDream) {
    this.#deps = deps;
    this.#opened = opened;
    this.#dream = dream;
  }

  async look(): Promise<void> {
    const { added, touched } = this.#dream;
    const rows = await rowsById(this.#opened, [...added, ...touched.map(({ id }) => id)]);
    const builtUpon = await this.#builtUpon();
    const turns = createTurns(this.#opened.place.tenant);
    for (const id of added) {
      const row = rows.get(id);
      if (!row) this.forgotten += 1;
      else if (row.version !== 1) this.conflicts.push({ id, reason: 'changed_since' });
      else if (builtUpon.has(id)) this.conflicts.push({ id, reason: 'built_upon' });
      else this.removed.push(row);
    }
    for (const place of touched) {
      const row = rows.get(place.id);
      if (row) await this.#restore(place, row, turns);
      else this.forgotten += 1;
      if (turns.due()) await turns.next();
    }
    await this.#bringBack();
  }

  /** What stays as somebody has written it is in sight again, when what stood for it goes. */
  async #bringBack(): Promise<void> {
    const { records, info } = this.#opened;
    const done = new Set(this.restored.map(({ ordinal }) => ordinal));
    this.broughtBack.push(
      ...(await broughtBack(records, info.no, this.removed, (ordinal) => done.has(ordinal))),
    );
  }

  async #restore(
    { id, ordinal, before, after }: TouchedRow,
    row: RecordRow,
    turns: Turns,
  ): Promise<void> {
    const { records, info } = this.#opened;
    const query = { below: before + 1, limit: 1 };
    const [former] = await records.versions(info.no, ordinal, query);
    if (former?.version !== before) {
      this.conflicts.push({ id, reason: 'version_gone' });
      return;
    }
    // Somebody has brought it back already.
    if (sameRow(row, former)) return;
    if (row.version !== after) {
      this.conflicts.push({ id, reason: 'changed_since' });
      return;
    }
    if (isCurrentFact(former) && former.keyHash !== null) {
      const { fact } = await records.byKey(info.no, former.keyHash, this.#deps.clock.now());
      if (fact && fact.ordinal !== ordinal) {
        this.conflicts.push({ id, reason: 'another_fact_holds' });
        return;
      }
      const holds = fact && { ordinal: fact.ordinal, version: fact.version };
      this.expect.push({ keyHash: former.keyHash, fact: holds });
    }
    this.restored.push(await restoreOp(this.#deps, row, former, turns));
  }

  /** What the dream added, and something else was made of since. */
  async #builtUpon(): Promise<Set<MemoryId>> {
    const added = new Set(this.#dream.added);
    const found = new Set<MemoryId>();
    if (added.size === 0) return found;
    const { records, info } = this.#opened;
    const turns = createTurns(this.#opened.place.tenant);
    let after = 0;
    for (;;) {
      if (turns.due()) await turns.next();
      const query = {
        kind: 'derived',
        all: true,
        order: 'asc',
        after,
        limit: rowsPerPage,
      } as const;
      const rows = await records.page(info.no, query, this.#deps.clock.now());
      for (const { id, body } of rows) {
        if (added.has(id)) continue;
        for (const source of decodeBody(body).derivedFrom) if (added.has(source)) found.add(source);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < rowsPerPage) return found;
      after = last.ordinal;
    }
  }
}
