/** Decides, for one prepared store and the current state of its key, which operations happen. */
import { decodeBody } from '../../domain/body-codec.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { MemoryBody, MemoryId } from '../../domain/memory.ts';
import { checkMemoryInput } from '../../domain/memory-input.ts';
import { indexedText, mergeBody, type StoreStatus, sameText } from '../../domain/store-rules.ts';
import type { KeyExpectation, RecordOp, RecordRow } from '../../ports/records.ts';
import { analyzeDocument } from '../../text/analyze.ts';
import type { EngineDeps } from '../deps.ts';
import { flagsField, mergedFlags } from '../hygiene/judge.ts';
import { patchOp } from '../patch-op.ts';
import type { PreparedStore } from './prepare.ts';

export interface StorePlan {
  readonly status: StoreStatus;
  readonly ops: readonly RecordOp[];
  readonly expect: readonly KeyExpectation[];
  /** Which op's outcome is the stored memory; absent: nothing is written, `current` stands. */
  readonly resultOp?: number;
  readonly current?: RecordRow;
  readonly replaced?: MemoryId;
  readonly hint?: string;
}

/** Said when old and new fact share no content word. */
export const differsHint =
  'The new value shares no word with the one it replaced. To keep both, use another key, ' +
  'mode "append", or the tag "conversation".';

/** Throws version_conflict when `ifVersion` does not hold, and what a merge makes too large. */
export async function planStore(
  deps: EngineDeps,
  prepared: PreparedStore,
  current: RecordRow | null,
): Promise<StorePlan> {
  const { input, intent, keyHash, put } = prepared;
  checkVersion(input.ifVersion, current);
  const fact = current && { ordinal: current.ordinal, version: current.version };
  const expect = keyHash === null ? [] : [{ keyHash, fact }];
  if (!intent.replaces || keyHash === null) {
    const status = keyHash === null || intent.kind === 'fact' ? 'stored' : 'appended';
    // An append takes no notice of the fact under its key, unless it was told which one to expect.
    return { status, ops: [put], expect: input.ifVersion === undefined ? [] : expect, resultOp: 0 };
  }
  if (!current) return { status: 'stored', ops: [put], expect, resultOp: 0 };
  const before = decodeBody(current.body);
  if (sameText(before.value, input.value)) return planMerge(deps, prepared, current, expect);
  const now = deps.clock.now();
  const retire: RecordOp = {
    op: 'supersede',
    ordinal: current.ordinal,
    expectedVersion: current.version,
    columns: { supersededAt: now, supersededBy: put.columns.id },
  };
  return {
    status: 'replaced',
    ops: [
      { ...put, version: current.version + 1, columns: { ...put.columns, supersedes: current.id } },
      retire,
    ],
    expect,
    resultOp: 0,
    replaced: current.id,
    ...(!shareWord(indexedText(before), indexedText(prepared.body)) && { hint: differsHint }),
  };
}

/** Same text again: the current fact takes up the fields that are new, or nothing happens. */
async function planMerge(
  deps: EngineDeps,
  { input, waits, turns, body: { flags: found = [] } }: PreparedStore,
  current: RecordRow,
  expect: readonly KeyExpectation[],
): Promise<StorePlan> {
  const changed = changedColumns(input, current);
  const before = decodeBody(current.body);
  const merged = mergeBody(before, input);
  const { flags, trust } = mergedFlags(before, found, current.trust);
  const columns = { ...changed, ...(trust !== current.trust && { trust }) };
  const isFlagged = flags.length > (before.flags?.length ?? 0);
  const body = merged || isFlagged ? { ...(merged ?? before), ...flagsField(flags) } : undefined;
  if (!body && Object.keys(columns).length === 0) {
    return { status: 'unchanged', ops: [], expect: [], current };
  }
  checkMerged(body ?? before, { ...current, ...columns });
  const content = { ...(body && { body }), columns };
  const patch = await patchOp(deps, current, content, { waits, turns });
  return { status: 'merged', ops: [patch], expect, resultOp: 0, current };
}

/** What is within bounds on both sides may not be when it comes together. */
function checkMerged(
  { value, tags, metadata }: MemoryBody,
  { validFrom, validTo }: Pick<RecordRow, 'validFrom' | 'validTo'>,
): void {
  const times = { ...(validFrom !== null && { validFrom }), ...(validTo !== null && { validTo }) };
  checkMemoryInput({ value, tags, metadata, ...times }, Number.POSITIVE_INFINITY);
}

type MergeableColumns = Partial<
  Pick<
    RecordRow,
    | 'audience'
    | 'occurredAt'
    | 'validFrom'
    | 'validTo'
    | 'expiresAt'
    | 'pinned'
    | 'importance'
    | 'confidence'
  >
>;

/** Columns that the input names with another value than the row has. */
function changedColumns(input: PreparedStore['input'], row: RecordRow): MergeableColumns {
  const named: MergeableColumns = {
    ...(input.audience !== undefined && { audience: input.audience }),
    ...(input.occurredAt !== undefined && { occurredAt: input.occurredAt }),
    ...(input.validFrom !== undefined && { validFrom: input.validFrom }),
    ...(input.validTo !== undefined && { validTo: input.validTo }),
    ...(input.expiresAt !== undefined && { expiresAt: input.expiresAt }),
    ...(input.pinned !== undefined && { pinned: input.pinned }),
    ...(input.importance !== undefined && { importance: input.importance }),
    ...(input.confidence !== undefined && { confidence: input.confidence }),
  };
  const entries = Object.entries(named);
  const isNew = ([name, value]: [string, unknown]) => row[name as keyof MergeableColumns] !== value;
  return Object.fromEntries(entries.filter(isNew));
}

function checkVersion(ifVersion: number | undefined, current: RecordRow | null): void {
  if (ifVersion === undefined || ifVersion === (current?.version ?? 0)) return;
  throw new MemoryError('version_conflict', undefined, {
    details: { if_version: ifVersion, version: current?.version ?? 0 },
  });
}

function shareWord(a: string, b: string): boolean {
  const words = new Set(analyzeDocument(a).terms.map(({ term }) => term));
  return analyzeDocument(b).terms.some(({ term }) => words.has(term));
}
