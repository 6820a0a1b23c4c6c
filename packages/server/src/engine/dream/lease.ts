/**
 * One dream at a time in a namespace, whichever process runs it. A lease names who runs it and ends
 * with that process: no clocks are compared. Whoever runs on after it was taken over writes nothing
 * any more, for the dream counts how often it was begun.
 */
import type { TenantId } from '../../domain/memory.ts';
import type { EngineDeps } from '../deps.ts';
import type { DreamPlace } from './dream-store.ts';

interface StoredLease {
  readonly tenant: TenantId;
  readonly dream: string;
  /** The process that runs it; absent where it has given it back. */
  readonly owner?: string;
}

type LeaseDeps = Pick<EngineDeps, 'control' | 'peers'>;

const prefix = 'dream-leases/';

/** Who has it. */
export interface Holder {
  readonly dream: string;
  /** No other living process runs it. */
  readonly isLeft: boolean;
}

/** Undefined when it was taken. The lease of another dream is never taken, left or not. */
export async function takeLease(deps: LeaseDeps, place: DreamPlace): Promise<Holder | undefined> {
  const key = keyOf(place);
  const document = await deps.control.get(key);
  const held: StoredLease | undefined = document && JSON.parse(document.value);
  if (held) {
    const isLeft = await isLeftBehind(deps, held);
    if (held.dream !== place.id || !isLeft) return { dream: held.dream, isLeft };
  }
  const { tenant, id: dream } = place;
  const lease: StoredLease = { tenant, dream, owner: deps.peers.id };
  const version = document?.version ?? 0;
  const written = await deps.control.putIfVersion(key, JSON.stringify(lease), version);
  // Somebody else was faster; his dream is named when this is asked again.
  return written === undefined ? takeLease(deps, place) : undefined;
}

/** False when another process has it by now. */
export async function holdsLease({ control, peers }: LeaseDeps, place: DreamPlace) {
  const document = await control.get(keyOf(place));
  const held: StoredLease | undefined = document && JSON.parse(document.value);
  return held?.owner === peers.id && held.dream === place.id;
}

/** Where the dream goes on in another process, `isOver` is false: it is free at once. */
export async function giveLease(
  deps: LeaseDeps,
  place: DreamPlace,
  isOver: boolean,
): Promise<void> {
  const key = keyOf(place);
  const document = await deps.control.get(key);
  const held: StoredLease | undefined = document && JSON.parse(document.value);
  if (!document || held?.owner !== deps.peers.id || held.dream !== place.id) return;
  const { owner: _, ...free } = held;
  if (isOver) await deps.control.delete(key);
  else await deps.control.putIfVersion(key, JSON.stringify(free), document.version);
}

/** Dreams that no other living process runs; those of this one are among them. */
export async function leftLeases(deps: LeaseDeps): Promise<DreamPlace[]> {
  const left: DreamPlace[] = [];
  for (const { key, value } of await deps.control.list(prefix)) {
    const held: StoredLease = JSON.parse(value);
    const { tenant, dream: id } = held;
    const namespaceNo = Number(key.slice(prefix.length));
    if (await isLeftBehind(deps, held)) left.push({ tenant, id, namespaceNo });
  }
  return left;
}

async function isLeftBehind({ peers }: LeaseDeps, { owner }: StoredLease): Promise<boolean> {
  return owner === undefined || owner === peers.id || peers.isGone(owner);
}

const keyOf = ({ namespaceNo }: Pick<DreamPlace, 'namespaceNo'>): string =>
  `${prefix}${namespaceNo}`;
