/** What is to be published of one namespace next, and what is to be written down after that. */
import { fullAccess } from '../../domain/access.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { NamespaceInfo } from '../../ports/records.ts';
import { eventId } from '../events/event-id.ts';
import { readEvents } from '../events/read-events.ts';
import { openRecords } from '../open-records.ts';
import type { PublishDeps, PublishedEvent } from './deps.ts';
import { publishKeys, type StoredCursor } from './publish-keys.ts';
import type { Waiting } from './tenant-queue.ts';

/** Changes that are read in one turn of the thread. */
export const changesPerTurn = 50;

export interface Part {
  readonly tenant: TenantId;
  readonly events: readonly PublishedEvent[];
  /** Writes down that they were published, and tells what is left there, as far as is known. */
  done(): Promise<Waiting | undefined>;
}

type Deps = Pick<PublishDeps, 'records' | 'control' | 'clock' | 'turn'>;

/** About as many changes as are asked for. */
export async function readPart(deps: Deps, waiting: Waiting, changes: number): Promise<Part> {
  const { tenant, namespaceNo } = waiting;
  await deps.turn(tenant);
  const { control } = deps;
  const key = publishKeys.cursor(namespaceNo);
  const [info, stored] = await Promise.all([namespaceAt(deps, namespaceNo), control.get(key)]);
  if (info === undefined) return goodbye(deps, waiting, stored !== undefined);
  const from = cursorOf(stored?.value)?.seq ?? 0;
  const records = openRecords(deps, { tenant, access: fullAccess });
  const source = { records, access: fullAccess, tenant, namespace: info.name, namespaceNo };
  const events: PublishedEvent[] = [];
  let through = from;
  while (through < info.seq && through - from < changes) {
    if (through > from) await deps.turn(tenant);
    const read = await readEvents(source, through, changesPerTurn);
    // It was removed meanwhile.
    if (read.through === through) break;
    events.push(...read.events.map(({ namespace: _, ...event }) => event));
    through = read.through;
  }
  const behind = info.seq - through;
  return {
    tenant,
    events,
    async done() {
      if (through === from) return undefined;
      const value = JSON.stringify({ tenant, seq: through } satisfies StoredCursor);
      const moved = await control.putIfVersion(key, value, stored?.version ?? 0);
      // Somebody else has published there, and may be less far.
      if (moved === undefined) return waiting;
      const since = events.at(-1)?.at ?? waiting.since;
      return behind > 0 ? { ...waiting, behind, since } : undefined;
    },
  };
}

/** Of a namespace that is gone; nothing where that was told. */
function goodbye(
  { control, clock }: Deps,
  { tenant, namespaceNo }: Waiting,
  isUntold: boolean,
): Part {
  // A time would make another event of it each time that it is found.
  const id = eventId(tenant, { namespaceNo, seq: 0, at: 0 });
  const event = { id, type: 'namespace.deleted' as const, namespaceNo, at: clock.now() };
  const done = async (): Promise<undefined> => {
    if (!isUntold) return;
    for (const { key } of await control.list(publishKeys.toldOf(namespaceNo))) {
      await control.delete(key);
    }
    await control.delete(publishKeys.cursor(namespaceNo));
  };
  return { tenant, events: isUntold ? [event] : [], done };
}

/** What dreams have left to be told, of all namespaces. */
export async function readTold({ control }: Pick<Deps, 'control'>, limit: number): Promise<Part[]> {
  const found = await control.list(publishKeys.allTold, { limit });
  return found.reverse().map(({ key, value }) => {
    const { tenant, ...event }: ToldDocument = JSON.parse(value);
    const done = async (): Promise<undefined> => void (await control.delete(key));
    return { tenant, events: [event], done };
  });
}

export type ToldDocument = PublishedEvent & { readonly tenant: TenantId };

/** When the first change behind a cursor was written; of a row that is gone no time is known. */
export async function writtenAfter(
  deps: Pick<Deps, 'records'>,
  info: NamespaceInfo & { readonly tenant: TenantId },
  seq: number,
): Promise<number> {
  if (info.seq - seq <= 1) return info.changedAt;
  const { tenant, no: namespaceNo, name: namespace } = info;
  const records = openRecords(deps, { tenant, access: fullAccess });
  const source = { records, access: fullAccess, tenant, namespace, namespaceNo };
  const { events } = await readEvents(source, seq, 1);
  return events[0]?.at ?? info.changedAt;
}

async function namespaceAt(
  { records }: Pick<Deps, 'records'>,
  namespaceNo: number,
): Promise<NamespaceInfo | undefined> {
  const [info] = await records.namespaces(namespaceNo - 1, 1);
  return info?.no === namespaceNo ? info : undefined;
}

export function cursorOf(value: string | undefined): StoredCursor | undefined {
  return value === undefined ? undefined : JSON.parse(value);
}
