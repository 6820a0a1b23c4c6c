/**
 * Moves a store from one backend to another, row by row, and compares both. A run that was cut
 * short goes on where it stopped: how far it is stands in the target, written with the rows.
 */
import { createHash } from 'node:crypto';
import { MemoryError } from '../../domain/errors.ts';
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import {
  type PartRows,
  type StorePage,
  type StorePart,
  type StoreRows,
  type StoreTransfer,
  storeParts,
} from '../../ports/transfer.ts';
import { isOfMigration, pageBytes } from './pages.ts';
import { type Difference, type StoreTally, tallyStore } from './store-tally.ts';

export interface MoveProgress {
  readonly step: 'copy' | 'check';
  /** Of this step, those of an earlier run included. */
  readonly rows: number;
  readonly total: number;
}

export interface NamedDifference extends Difference {
  readonly tenant?: TenantId;
  readonly namespace?: NamespaceName;
}

export interface MoveReport {
  /** Rows of each part of the source. */
  readonly counts: Readonly<Record<StorePart, number>>;
  /** An earlier run had copied some of them. */
  readonly isResumed: boolean;
  /** Empty where both stores have the same rows; else the target is not opened by any server. */
  readonly differences: readonly NamedDifference[];
}

interface MoveOptions {
  readonly source: StoreTransfer;
  readonly target: StoreTransfer;
  /** Runs when both have the same rows, before the target is whole. */
  readonly onSame?: () => Promise<void>;
  readonly tell?: (progress: MoveProgress) => void;
}

/** What the mark in the target says. */
interface Mark {
  /** Of the source when the migration began. */
  readonly stamp: string;
  /** What is copied next; absent when everything was. */
  readonly part?: StorePart;
  readonly after?: string;
  readonly rows: number;
}

/** Small, and changed by whatever a server does: they tell whether the source is as it was. */
const stamped: readonly StorePart[] = ['store', 'namespaces', 'documents', 'receipts'];

/**
 * Throws migration_refused where the target has something else, and where the source was written
 * meanwhile; and what the stores say. Then the same call goes on where this one stopped.
 */
export async function moveStore(options: MoveOptions): Promise<MoveReport> {
  const { source, target, tell = () => {} } = options;
  // A part of a store must not become a whole one on its way.
  if (await source.mark()) throw new MemoryError('migration_unfinished');
  const stamp = await stampOf(source);
  const move = await begin(target, stamp);
  const isResumed = move.mark.rows > 0;
  const total = await countRows(source);
  await copy(source, move, (rows) => tell({ step: 'copy', rows, total }));
  let checked = 0;
  const onRows = (rows: number): void => {
    checked += rows;
    tell({ step: 'check', rows: Math.min(total, Math.floor(checked / 2)), total });
  };
  const [here, there] = await Promise.all([
    tallyStore(source, storeParts, onRows),
    tallyStore(target, storeParts, onRows),
  ]);
  if (digestOf(source, here) !== stamp) throw changed();
  const differences = await named(here.differences(there), source);
  if (differences.length === 0) {
    await options.onSame?.();
    await write(move, undefined, undefined);
  }
  return { counts: countsOf(here), isResumed, differences };
}

/** What is under way into the target. */
interface Move {
  readonly target: StoreTransfer;
  mark: Mark;
  /** Of the stored mark; 0 before the first. */
  version: number;
}

/** Takes up what an earlier run has begun, or makes sure that there is nothing yet. */
async function begin(target: StoreTransfer, stamp: string): Promise<Move> {
  const stored = await target.mark();
  if (stored) {
    const mark: Mark = JSON.parse(stored.value);
    if (mark.stamp !== stamp) throw changed();
    return { target, mark, version: stored.version };
  }
  await requireEmpty(target);
  const move: Move = { target, mark: { stamp, part: 'store', rows: 0 }, version: 0 };
  await write(move, undefined, move.mark);
  return move;
}

async function requireEmpty(target: StoreTransfer): Promise<void> {
  const [facts] = (await target.read('store', undefined, pageBytes)).rows;
  const isNew = (facts?.lastNamespaceNo ?? 0) === 0 && facts?.closedGenerations.length === 0;
  const counts = await Promise.all([target.count('documents'), target.count('receipts')]);
  if (isNew && counts.every((count) => count === 0)) return;
  const message =
    'The target is not empty, and what is there was not begun by this migration; nothing was ' +
    'moved. Name an empty one.';
  throw new MemoryError('migration_refused', message);
}

async function copy(
  source: StoreTransfer,
  move: Move,
  tell: (rows: number) => void,
): Promise<void> {
  for (let { part, after } = move.mark; part !== undefined; { part, after } = move.mark) {
    await copyPart({ source, move, part, after, tell });
  }
}

interface PartCopy<Part extends StorePart> {
  readonly source: StoreTransfer;
  readonly move: Move;
  readonly part: Part;
  readonly after: string | undefined;
  readonly tell: (rows: number) => void;
}

/** Moves the mark to the next part with the last page. */
async function copyPart<Part extends StorePart>(copying: PartCopy<Part>): Promise<void> {
  const { source, move, part, after, tell } = copying;
  const nextPart = storeParts[storeParts.indexOf(part) + 1];
  let reading: Promise<StorePage<StoreRows[Part]>> | undefined;
  reading = source.read(part, after, pageBytes);
  while (reading) {
    const page: StorePage<StoreRows[Part]> = await reading;
    const { next } = page;
    // The next page is read while this one is written; its error is thrown where it is awaited.
    reading = next === undefined ? undefined : source.read(part, next, pageBytes);
    reading?.catch(() => {});
    const rows = page.rows.filter((row) => !isOfMigration(row));
    const { stamp, rows: before } = move.mark;
    const place = next === undefined ? nextPart && { part: nextPart } : { part, after: next };
    await write(move, { part, rows }, { stamp, rows: before + rows.length, ...place });
    tell(move.mark.rows);
  }
}

async function write<Part extends StorePart>(
  move: Move,
  rows: PartRows<Part> | undefined,
  mark: Mark | undefined,
): Promise<void> {
  const value = mark && JSON.stringify(mark);
  if (!(await move.target.write(rows, value, move.version))) {
    const message = 'Another migration into the same store is under way; this one has stopped.';
    throw new MemoryError('migration_refused', message);
  }
  move.version += 1;
  if (mark) move.mark = mark;
}

async function stampOf(source: StoreTransfer): Promise<string> {
  return digestOf(source, await tallyStore(source, stamped));
}

/** The places in the mark are those of one backend. */
function digestOf({ name }: StoreTransfer, tally: StoreTally): string {
  return createHash('sha256')
    .update(`${name} ${tally.stamp(stamped)}`)
    .digest('hex');
}

async function countRows(store: StoreTransfer): Promise<number> {
  let total = 0;
  for (const part of storeParts) total += await store.count(part);
  return total;
}

function countsOf(tally: StoreTally): MoveReport['counts'] {
  const count = (part: StorePart): number => tally.count(part);
  return {
    ...{ store: count('store'), namespaces: count('namespaces'), documents: count('documents') },
    ...{ receipts: count('receipts'), memories: count('memories'), versions: count('versions') },
    ...{ vectors: count('vectors'), changes: count('changes') },
  };
}

/** With the names of the namespaces, which only the source is asked for. */
async function named(
  differences: readonly Difference[],
  source: StoreTransfer,
): Promise<NamedDifference[]> {
  const wanted = new Set(differences.map(({ namespaceNo }) => namespaceNo));
  const names = new Map<number, Pick<NamedDifference, 'tenant' | 'namespace'>>();
  for (let after: string | undefined; wanted.size > 0; ) {
    const { rows, next } = await source.read('namespaces', after, pageBytes);
    for (const { no, tenant, name: namespace } of rows) {
      if (wanted.has(no)) names.set(no, { tenant, namespace });
    }
    if (next === undefined) break;
    after = next;
  }
  return differences.map((one) => ({ ...one, ...names.get(one.namespaceNo ?? 0) }));
}

function changed(): MemoryError {
  const message =
    'The source is not as it was when the migration into this target began: it is another ' +
    'store, or a server wrote to it. Stop every server on it, empty the target, and begin again.';
  return new MemoryError('migration_refused', message);
}
