/** What the memories of a namespace add to its profile: all of them, or those that have changed. */
import { limits } from '../../domain/limits.ts';
import type { Kind, TenantId } from '../../domain/memory.ts';
import type { NamespaceInfo, RecordRow, TenantRecords } from '../../ports/records.ts';
import { createTurns, type Turns } from '../../util/turns.ts';
import { memoryOf } from '../rows.ts';
import { type Trace, traceOf } from './trace.ts';

export interface TraceSource {
  readonly tenant: TenantId;
  /** With the rights of who asks. */
  readonly records: TenantRecords;
  readonly info: NamespaceInfo;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** Rows of pinned and important memories, the newest first. */
  readonly standing: () => Promise<readonly number[]>;
}

export interface Traces {
  readonly byOrdinal: Map<number, Trace>;
  /** Up to this change, and perhaps with later ones. */
  readonly seq: number;
  /** False where only the newest and the standing ones were read. */
  readonly isComplete: boolean;
}

const rowsPerPage = 64;
const changesPerPage = 500;

/** So much more or less than the most that is read may be kept before all is read again. */
const slack = 0.05;

/** Facts and what dreams made of them before turns: they are fewer and tell more. */
export async function readTraces(source: TraceSource): Promise<Traces> {
  const byOrdinal = new Map<number, Trace>();
  const max = limits.profileMemoriesMax;
  let isComplete = true;
  for (const [kind, share] of [
    ['fact', 0.5],
    ['derived', 0.2],
    ['episode', 1],
  ] as const) {
    const room = Math.min(share * max, max - byOrdinal.size);
    isComplete = (await readKind(source, kind, room, byOrdinal)) && isComplete;
  }
  if (!isComplete) await readRows(source, await source.standing(), byOrdinal);
  return { byOrdinal, seq: source.info.seq, isComplete };
}

/** Adds at most `max` of them, the newest; true when there are no more. */
async function readKind(
  { tenant, records, info, now }: TraceSource,
  kind: Kind,
  max: number,
  into: Map<number, Trace>,
): Promise<boolean> {
  const turns = createTurns(tenant);
  let read = 0;
  let after: number | undefined;
  while (read < max) {
    const limit = Math.min(rowsPerPage, max - read);
    const place = after === undefined ? {} : { after };
    const rows = await records.page(info.no, { order: 'desc', limit, kind, ...place }, now);
    await addRows(info, rows, now, into, turns);
    read += rows.length;
    after = rows.at(-1)?.ordinal;
    if (rows.length < limit) return true;
  }
  return false;
}

/**
 * The same with the changes since, in the same map: what breaks off here is read again next time.
 * Undefined where it is better to read all again: when the log is longer than that, or when too
 * much has come, or gone where not all was read.
 */
export async function followChanges(
  source: TraceSource,
  former: Traces,
): Promise<Traces | undefined> {
  const { records, info } = source;
  const index = records.index(info.no, info.generation);
  const changed = new Set<number>();
  let { seq } = former;
  while (seq < info.seq) {
    const changes = await index.changes(seq, changesPerPage);
    if (changes.length === 0) return undefined;
    for (const { ordinal } of changes) changed.add(ordinal);
    seq = changes.at(-1)?.seq ?? seq;
    if (changed.size > limits.profileMemoriesMax / 2) return undefined;
  }
  const { byOrdinal } = former;
  for (const ordinal of changed) byOrdinal.delete(ordinal);
  await readRows(source, [...changed], byOrdinal);
  const share = byOrdinal.size / limits.profileMemoriesMax;
  const isLess = !former.isComplete && share < 1 - slack;
  if (isLess || share > 1 + slack) return undefined;
  return { byOrdinal, seq, isComplete: former.isComplete };
}

async function readRows(
  { tenant, records, info, now }: TraceSource,
  ordinals: readonly number[],
  into: Map<number, Trace>,
): Promise<void> {
  const turns = createTurns(tenant);
  const ascending = [...ordinals].sort((a, b) => a - b);
  for (let at = 0; at < ascending.length; at += rowsPerPage) {
    const rows = await records.byOrdinal(info.no, ascending.slice(at, at + rowsPerPage));
    await addRows(info, rows, now, into, turns);
  }
}

async function addRows(
  { name }: NamespaceInfo,
  rows: readonly RecordRow[],
  now: number,
  into: Map<number, Trace>,
  turns: Turns,
): Promise<void> {
  for (const row of rows) {
    if (isTold(row, now)) into.set(row.ordinal, traceOf(memoryOf(name, row)));
    if (turns.due()) await turns.next();
  }
  if (turns.due()) await turns.next();
}

/** What the application says of itself is no part of who the user is. */
export function isTold(row: RecordRow, now: number): boolean {
  const { audience, trust, archived, supersededAt, expiresAt } = row;
  const isHidden = trust === 'quarantined' || archived || supersededAt !== null;
  return audience === 'user' && !isHidden && (expiresAt === null || expiresAt > now);
}
