/** Compares a namespace with one of its snapshots. */
import { MemoryError } from '../../domain/errors.ts';
import type { MemoryId, NamespaceName } from '../../domain/memory.ts';
import { createTurns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import type { Scope } from '../scope.ts';
import { type DifferenceKind, type differenceKinds, differences } from './differences.ts';
import { openSnapshot, type Snapshot } from './snapshots.ts';

export interface CompareRequest {
  readonly namespace: NamespaceName;
  readonly id: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** One memory that is not what it was. */
export interface ComparedMemory {
  readonly id: MemoryId;
  readonly change: Exclude<DifferenceKind, 'erased'>;
  readonly version: number;
  /** Null for one that was not there, or of which no version of that time is left. */
  readonly versionThen: number | null;
}

export type DifferenceCounts = Readonly<Record<DifferenceKind, number>>;

export interface Comparison {
  readonly snapshot: Snapshot;
  /** The newest change that took part. */
  readonly seq: number;
  /** Of everything; only with the first page. */
  readonly counts?: DifferenceCounts;
  readonly memories: readonly ComparedMemory[];
  readonly nextCursor?: string;
}

/**
 * Pages go by change, up to the change that was the newest at the first page. What has expired is
 * nowhere to be read any more, and takes no part.
 */
export async function compareSnapshot(
  deps: EngineDeps,
  scope: Scope,
  { namespace, id, limit, cursor }: CompareRequest,
): Promise<Comparison> {
  const { records, info, snapshot } = await openSnapshot(deps, scope, namespace, id);
  const sealOf = ({ after, to }: Place) =>
    deps.hashKey(scope.tenant, info.name, JSON.stringify(['compare', id, after, to]));
  const place = cursor === undefined ? { to: info.seq } : decode(cursor, sealOf);
  const counts = noCounts();
  const memories: ComparedMemory[] = [];
  let last = 0;
  let isMore = false;
  const now = deps.clock.now();
  const span = { from: snapshot.seq, ...place };
  for await (const found of differences(records, info, span, createTurns(scope.tenant))) {
    if ('row' in found && (found.row.expiresAt ?? now + 1) <= now) continue;
    counts[found.kind] += 1;
    if (found.kind === 'erased') continue;
    isMore = memories.length >= limit;
    // The first page counts everything, the others end here.
    if (isMore && cursor !== undefined) break;
    if (isMore) continue;
    const { row, kind: change, at } = found;
    const versionThen = 'former' in found ? found.former.version : null;
    memories.push({ id: row.id, change, version: row.version, versionThen });
    last = at;
  }
  return {
    snapshot,
    seq: place.to,
    ...(cursor === undefined && { counts }),
    memories,
    ...(isMore && { nextCursor: encode({ after: last, to: place.to }, sealOf) }),
  };
}

export function noCounts(): Record<DifferenceKind, number> {
  const counts = { added: 0, changed: 0, archived: 0, superseded: 0, erased: 0, unknown: 0 };
  return counts satisfies Record<(typeof differenceKinds)[number], number>;
}

/** Told up to change `after`; the newest that takes part is `to`. */
interface Place {
  readonly after: number;
  readonly to: number;
}

/** A cursor belongs to its snapshot and namespace. */
function encode(place: Place, sealOf: (place: Place) => string): string {
  const { after, to } = place;
  return Buffer.from(`compare.${after}.${to}.${sealOf(place)}`).toString('base64url');
}

function decode(text: string, sealOf: (place: Place) => string): Place {
  const plain = text.length > 128 ? '' : Buffer.from(text, 'base64url').toString('latin1');
  const match = /^compare\.(\d{1,15})\.(\d{1,15})\.([0-9a-f]{32})$/.exec(plain);
  const place = { after: Number(match?.[1]), to: Number(match?.[2]) };
  if (!match || match[3] !== sealOf(place)) throw new MemoryError('invalid_cursor');
  return place;
}
