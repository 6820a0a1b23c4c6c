/** One dream at a time in a namespace, whichever process runs it. */

import { limits } from '../../domain/limits.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { DreamPlace } from './dream-store.ts';

interface StoredLease {
  readonly tenant: TenantId;
  readonly dream: string;
  /** The process that runs it. */
  readonly owner: string;
  readonly until: number;
}

type LeaseDeps = {
  readonly control: ControlPort;
  readonly clock: Clock;
};

const prefix = 'dream-leases/';

/** Who has it. */
export interface Holder {
  readonly dream: string;
  /** Its process has been silent for too long: another one may take it over. */
  readonly isLapsed: boolean;
}

/** Undefined when it was taken. The lease of another dream is never taken, lapsed or not. */
export async function takeLease(
  { control, clock }: LeaseDeps,
  place: DreamPlace,
  owner: string,
): Promise<Holder | undefined> {
  const key = keyOf(place);
  const now = clock.now();
  const document = await control.get(key);
  const held: StoredLease | undefined = document && JSON.parse(document.value);
  if (held && (held.dream !== place.id || (held.owner !== owner && !isLapsed(held, now)))) {
    return { dream: held.dream, isLapsed: isLapsed(held, now) };
  }
  const { tenant, id: dream } = place;
  const lease: StoredLease = { tenant, dream, owner, until: now + limits.dreamLeaseMs };
  const version = document?.version ?? 0;
  const written = await control.putIfVersion(key, JSON.stringify(lease), version);
  // Somebody else was faster; his dream is named when this is asked again.
  return written === undefined ? takeLease({ control, clock }, place, owner) : undefined;
}

/** False when it was lost: another process may run the dream by now. */
export async function renewLease(
  deps: LeaseDeps,
  place: DreamPlace,
  owner: string,
): Promise<boolean> {
  const document = await deps.control.get(keyOf(place));
  const held: StoredLease | undefined = document && JSON.parse(document.value);
  if (held?.owner !== owner || held.dream !== place.id) return false;
  return (await takeLease(deps, place, owner)) === undefined;
}

/** Where the dream goes on in another process, `isOver` is false: it is free at once. */
export async function giveLease(
  { control }: LeaseDeps,
  place: DreamPlace,
  owner: string,
  isOver: boolean,
): Promise<void> {
  const key = keyOf(place);
  const document = await control.get(key);
  const held: StoredLease | undefined = document && JSON.parse(document.value);
  if (!document || held?.owner !== owner || held.dream !== place.id) return;
  if (isOver) await control.delete(key);
  else await control.putIfVersion(key, JSON.stringify({ ...held, until: 0 }), document.version);
}

/** Dreams whose process has been silent for too long. */
export async function lapsedLeases({ control, clock }: LeaseDeps): Promise<DreamPlace[]> {
  const now = clock.now();
  return (await control.list(prefix)).flatMap(({ key, value }) => {
    const held: StoredLease = JSON.parse(value);
    const { tenant, dream: id } = held;
    return isLapsed(held, now)
      ? [{ tenant, id, namespaceNo: Number(key.slice(prefix.length)) }]
      : [];
  });
}

/** One that ends later than any can was taken before the clock went back. */
function isLapsed({ until }: StoredLease, now: number): boolean {
  return until <= now || until > now + limits.dreamLeaseMs;
}

export async function dropLease(
  { control }: Pick<LeaseDeps, 'control'>,
  place: Pick<DreamPlace, 'namespaceNo'>,
): Promise<void> {
  await control.delete(keyOf(place));
}

const keyOf = ({ namespaceNo }: Pick<DreamPlace, 'namespaceNo'>): string =>
  `${prefix}${namespaceNo}`;
