/** Rooms that keep something of memories beside their rows, and how each forgets it. */
import type { MemoryId, NamespaceName, TenantId } from '../../domain/memory.ts';
import type { EngineDeps } from '../deps.ts';
import { dropNews } from '../dream/dream-news.ts';
import { DreamStore } from '../dream/dream-store.ts';
import { dropLease } from '../dream/lease.ts';
import { removeSchedules } from '../dream/schedules.ts';
import { settingsKey } from '../namespaces/settings.ts';
import { snapshotPrefix } from '../snapshots/snapshots.ts';
import { silenceForgotten } from './silence-dreams.ts';

/** What erasing needs: no model, no index. */
export type ForgetDeps = Pick<
  EngineDeps,
  | 'records'
  | 'control'
  | 'clock'
  | 'erasures'
  | 'handedOut'
  | 'unmet'
  | 'profiles'
  | 'recallCounts'
  | 'releaseIndex'
  | 'feed'
  | 'vectorFeed'
  | 'followers'
  | 'peers'
>;

export interface ForgottenPlace {
  readonly tenant: TenantId;
  /** Undefined where the namespace is gone and nobody knows its name any more. */
  readonly namespace: NamespaceName | undefined;
  readonly namespaceNo: number;
  /** Which vectors its index holds; undefined where the namespace was gone before. */
  readonly generation: number | undefined;
  /** Absent where rows are gone that nobody knows. */
  readonly erased?: readonly MemoryId[];
}

/** A room that keeps content, or numbers about it, where an erasure of rows does not reach. */
interface Room {
  readonly name: string;
  /** After rows of the namespace are gone. */
  afterRows?(place: ForgottenPlace): Promise<void> | void;
  /** Before the namespace is removed, which may still fail. Twice is as good as once. */
  beforeNamespace?(place: ForgottenPlace): Promise<void> | void;
  /** After the namespace is gone. Twice is as good as once. */
  afterNamespace?(place: ForgottenPlace): Promise<void> | void;
}

/** What this process holds, whether rows go or all of a namespace. */
function roomsInMemory({ handedOut, unmet, profiles }: ForgetDeps): Room[] {
  const clearHandedOut = ({ tenant, namespace }: ForgottenPlace): void => {
    if (namespace !== undefined) handedOut.clear(tenant, namespace);
  };
  const clearUnmet = ({ tenant, namespace }: ForgottenPlace): void => {
    if (namespace !== undefined) unmet.clear(tenant, namespace);
  };
  const clearProfile = ({ tenant, namespaceNo }: ForgottenPlace): void =>
    profiles.clear(tenant, namespaceNo);
  return [
    { name: 'handed out', afterRows: clearHandedOut, afterNamespace: clearHandedOut },
    { name: 'unmet questions', afterRows: clearUnmet, afterNamespace: clearUnmet },
    { name: 'profile', afterRows: clearProfile, afterNamespace: clearProfile },
  ];
}

/**
 * Rows, versions, analyses, vectors, threads, changes, segments and manifests go with the erasure
 * itself, in the store; receipts of requests hold ids and codes. This is the rest.
 */
function roomsOf(deps: ForgetDeps): readonly Room[] {
  const { records, control, recallCounts, releaseIndex, feed, followers } = deps;
  return [
    ...roomsInMemory(deps),
    {
      name: 'index in memory',
      async afterNamespace({ tenant, namespaceNo: no, generation }) {
        if (generation !== undefined) await releaseIndex(tenant, { no, generation });
      },
    },
    vectorsRoom(deps),
    {
      name: 'recall counts',
      afterNamespace: ({ tenant, namespace, namespaceNo }) =>
        recallCounts.forgetNamespace(tenant, namespace, namespaceNo),
    },
    {
      name: 'dreams',
      afterRows: ({ tenant, namespaceNo, erased }) =>
        silenceForgotten({ records, control }, tenant, namespaceNo, erased),
      async afterNamespace({ tenant, namespaceNo }) {
        await new DreamStore(control).removeAll(tenant, namespaceNo);
        await dropNews(control, tenant, namespaceNo);
        await dropLease({ control }, { namespaceNo });
      },
    },
    {
      name: 'dream schedules',
      afterNamespace: ({ tenant, namespaceNo }) =>
        removeSchedules({ control }, tenant, namespaceNo),
    },
    {
      name: 'settings',
      async afterNamespace({ tenant, namespaceNo }) {
        await control.delete(settingsKey(tenant, namespaceNo));
      },
    },
    {
      // Deliveries on their way hold ids, and read content when they are sent.
      name: 'webhooks',
      afterRows({ tenant, namespace, namespaceNo, erased }) {
        const changes = erased?.length ?? 0;
        if (namespace !== undefined) feed?.tell(tenant, { namespace, namespaceNo, changes });
      },
      async beforeNamespace({ tenant, namespace, namespaceNo }) {
        if (namespace === undefined) return;
        await followers?.beforeNamespace(tenant, namespaceNo, namespace);
      },
      async afterNamespace({ tenant, namespace, namespaceNo }) {
        await followers?.afterNamespace(tenant, namespaceNo);
        if (namespace !== undefined) feed?.tell(tenant, { namespace, namespaceNo, changes: 0 });
      },
    },
    {
      // Its name is what a user wrote.
      name: 'snapshots',
      async afterNamespace({ tenant, namespaceNo }) {
        const marks = await control.list(snapshotPrefix(tenant, namespaceNo));
        for (const { key } of marks) await control.delete(key);
      },
    },
  ];
}

/**
 * What is to go is in the log, or in what the feed keeps of a namespace: so it goes even where the
 * system is away now.
 */
const vectorsRoom = ({ vectorFeed }: ForgetDeps): Room => ({
  name: 'vectors elsewhere',
  afterRows: () => vectorFeed?.wake(),
  afterNamespace: () => vectorFeed?.wake(true),
});

export async function forgetInRooms(
  deps: ForgetDeps,
  what: 'afterRows' | 'beforeNamespace' | 'afterNamespace',
  place: ForgottenPlace,
): Promise<void> {
  for (const room of roomsOf(deps)) await room[what]?.(place);
}
