/**
 * One dream at a time in a namespace, whichever process runs it. A lease names who runs it and ends
 * with that process: no clocks are compared. Whoever runs on after it was taken over writes nothing
 * any more, for the dream counts how often it was begun.
 */
import { fullAccess } from '../../domain/access.ts';
import type { TenantId } from '../../domain/memory.ts';
import { controlPages } from '../control-pages.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import type { DreamPlace } from './dream-store.ts';

/**
 * It stays as long as its namespace: what was written late, by whoever held it before, is told by
 * the version of its document, which must not begin anew.
 */
interface StoredLease {
  readonly tenant: TenantId;
  /** Absent where no dream runs. */
  readonly dream?: string;
  /** The process that runs it; absent where it has given it back. */
  readonly owner?: string;
  /** Of a server before signs of life: while it renews this, it lives. Milliseconds since 1970. */
  readonly until?: number;
}

type LeaseDeps = Pick<EngineDeps, 'control' | 'peers' | 'clock'>;

const prefix = 'dream-leases/';

/** Who has it. */
export interface Holder {
  readonly dream: string;
  /** No other living process runs it. */
  readonly isLeft: boolean;
}

/** Undefined when it was taken. The lease of another dream is never taken, left or not. */
export async function takeLease(deps: LeaseDeps, place: DreamPlace): Promise<Holder | undefined> {
  const { held, version } = await readLease(deps, place);
  if (held?.dream !== undefined) {
    const isLeft = await isLeftBehind(deps, held);
    if (held.dream !== place.id || !isLeft) return { dream: held.dream, isLeft };
  }
  const { tenant, id: dream } = place;
  const lease: StoredLease = { tenant, dream, owner: deps.peers.id };
  const written = await deps.control.putIfVersion(keyOf(place), JSON.stringify(lease), version);
  // Somebody else was faster; his dream is named when this is asked again.
  return written === undefined ? takeLease(deps, place) : undefined;
}

/** False when another process has it by now. */
export async function holdsLease(deps: LeaseDeps, place: DreamPlace): Promise<boolean> {
  return isOwn(deps, place, (await readLease(deps, place)).held);
}

/** The dream goes on in another process: it is free for that at once. */
export async function leaveLease(deps: LeaseDeps, place: DreamPlace): Promise<void> {
  await giveLease(deps, place, { tenant: place.tenant, dream: place.id });
}

/** The dream is over. */
export async function endLease(
  deps: LeaseDeps & Pick<EngineDeps, 'records'>,
  place: DreamPlace,
): Promise<void> {
  const { tenant, namespaceNo } = place;
  await giveLease(deps, place, { tenant });
  const records = openRecords(deps, { tenant, access: fullAccess });
  if ((await records.nameOf(namespaceNo)) === undefined) await dropLease(deps, place);
}

/** Of a namespace that is gone. What still runs there drops it with its end. */
export async function dropLease(
  { control }: Pick<LeaseDeps, 'control'>,
  place: Pick<DreamPlace, 'namespaceNo'>,
): Promise<void> {
  const { held } = await readLease({ control }, place);
  if (held && held.dream === undefined) await control.delete(keyOf(place));
}

/** Dreams that no other living process runs; those of this one are among them. */
export async function leftLeases(deps: LeaseDeps): Promise<DreamPlace[]> {
  const left: DreamPlace[] = [];
  for await (const page of controlPages(deps.control, prefix, prefix)) {
    for (const { key, value } of page) {
      const held: StoredLease = JSON.parse(value);
      const { tenant, dream: id } = held;
      const namespaceNo = Number(key.slice(prefix.length));
      if (id !== undefined && (await isLeftBehind(deps, held))) {
        left.push({ tenant, id, namespaceNo });
      }
    }
  }
  return left;
}

/** Where another process has it by now, nothing is written. */
async function giveLease(deps: LeaseDeps, place: DreamPlace, free: StoredLease): Promise<void> {
  const { held, version } = await readLease(deps, place);
  if (!isOwn(deps, place, held)) return;
  await deps.control.putIfVersion(keyOf(place), JSON.stringify(free), version);
}

async function readLease(
  { control }: Pick<LeaseDeps, 'control'>,
  place: Pick<DreamPlace, 'namespaceNo'>,
): Promise<{ readonly held: StoredLease | undefined; readonly version: number }> {
  const document = await control.get(keyOf(place));
  const held: StoredLease | undefined = document && JSON.parse(document.value);
  return { held, version: document?.version ?? 0 };
}

const isOwn = ({ peers }: LeaseDeps, { id }: DreamPlace, held: StoredLease | undefined): boolean =>
  held?.owner === peers.id && held.dream === id;

async function isLeftBehind(deps: LeaseDeps, { owner, until = 0 }: StoredLease): Promise<boolean> {
  const { peers, clock } = deps;
  if (until > clock.now()) return false;
  return owner === undefined || owner === peers.id || peers.isGone(owner);
}

const keyOf = ({ namespaceNo }: Pick<DreamPlace, 'namespaceNo'>): string =>
  `${prefix}${namespaceNo}`;
