/** Changes of a namespace as events: the change log is the outbox, so none is lost or made up. */
import type { Access } from '../../domain/access.ts';
import type { EventType, MemoryEvent } from '../../domain/events.ts';
import type { Memory, NamespaceName, TenantId } from '../../domain/memory.ts';
import type { Change, ChangeOp, RecordRow, TenantRecords } from '../../ports/records.ts';
import { memoryOf, rowAt } from '../rows.ts';
import { eventId } from './event-id.ts';

const typeOf: Readonly<Record<ChangeOp, EventType>> = {
  put: 'memory.created',
  patch: 'memory.updated',
  restore: 'memory.updated',
  expire: 'memory.updated',
  supersede: 'memory.superseded',
  archive: 'memory.archived',
  erase: 'memory.deleted',
};

export interface EventSource {
  /** As whoever listens may see them; the namespace was opened by its name. */
  readonly records: TenantRecords;
  readonly access: Access;
  readonly tenant: TenantId;
  readonly namespace: NamespaceName;
  readonly namespaceNo: number;
}

export interface EventPage {
  readonly events: readonly MemoryEvent[];
  /** The last change that was looked at; changes after it were not. */
  readonly through: number;
}

/**
 * Events of the changes after one, at most `limit` changes. Left out is what was forgotten since,
 * except for the forgetting itself, and memories for the `system` audience without leave.
 */
export async function readEvents(
  source: EventSource,
  afterSeq: number,
  limit: number,
): Promise<EventPage> {
  const { records, namespaceNo } = source;
  const changes = await records.index(namespaceNo, 0).changes(afterSeq, limit);
  const ordinals = changes.flatMap(({ op, ordinal }) => (op === 'erase' ? [] : [ordinal]));
  const rows = await records.byOrdinal(namespaceNo, [...new Set(ordinals)]);
  const byOrdinal = new Map(rows.map((row) => [row.ordinal, row]));
  const events: MemoryEvent[] = [];
  for (const change of changes) {
    const told = await toldOf(source, change, byOrdinal.get(change.ordinal));
    if (told) events.push(told);
  }
  return { events, through: changes.at(-1)?.seq ?? afterSeq };
}

async function toldOf(
  source: EventSource,
  change: Change,
  row: RecordRow | undefined,
): Promise<MemoryEvent | undefined> {
  const { records, access, tenant, namespace, namespaceNo } = source;
  const { op, seq, ordinal, version, erased } = change;
  const place = { type: typeOf[op], namespace, namespaceNo, seq, ordinal, version };
  const mayBeTold = access.allowsSystem(namespace);
  if (op === 'erase') {
    if (!erased || (erased.audience === 'system' && !mayBeTold)) return undefined;
    const { id: memoryId, audience, at } = erased;
    return { id: eventId(tenant, { namespaceNo, seq, at }), ...place, memoryId, audience, at };
  }
  if (!row) return undefined;
  const then = await rowAt(records, { namespaceNo, row }, version);
  const isSystem = row.audience === 'system' || then.audience === 'system';
  if (isSystem && !mayBeTold) return undefined;
  const { id: memoryId, audience, updatedAt: at } = then;
  return { id: eventId(tenant, { namespaceNo, seq, at }), ...place, memoryId, audience, at };
}

/** The memory of an event in the version that it tells of; undefined where it was forgotten. */
export async function memoryOfEvent(
  records: TenantRecords,
  { namespace, namespaceNo, ordinal, version }: MemoryEvent,
): Promise<Memory | undefined> {
  const [row] = await records.byOrdinal(namespaceNo, [ordinal]);
  if (!row) return undefined;
  return memoryOf(namespace, await rowAt(records, { namespaceNo, row }, version));
}

const changesPerRead = 100;

/**
 * The change after which everything was written at a time or later. It walks back from the newest
 * one, so it reads about as much as there is to be told.
 */
export async function seqBefore(
  { records, namespaceNo }: Pick<EventSource, 'records' | 'namespaceNo'>,
  newestSeq: number,
  at: number,
): Promise<number> {
  for (let end = newestSeq; end > 0; ) {
    const start = Math.max(0, end - changesPerRead);
    const changes = await records.index(namespaceNo, 0).changes(start, end - start);
    const ordinals = changes.flatMap(({ op, ordinal }) => (op === 'erase' ? [] : [ordinal]));
    const rows = await records.byOrdinal(namespaceNo, [...new Set(ordinals)]);
    const byOrdinal = new Map(rows.map((row) => [row.ordinal, row]));
    for (const change of [...changes].reverse()) {
      const row = byOrdinal.get(change.ordinal);
      const then = row && (await rowAt(records, { namespaceNo, row }, change.version));
      // Of a row that is gone no time is known: its neighbours tell.
      const writtenAt = change.erased?.at ?? then?.updatedAt;
      if (writtenAt !== undefined && writtenAt < at) return change.seq;
    }
    end = start;
  }
  return 0;
}
