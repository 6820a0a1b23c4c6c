/** Systems that may still keep vectors of what was forgotten. */
import type { TenantId } from '../../domain/memory.ts';
import { type KnownPlace, keepersOf, listPlaces } from '../vectors/left-systems.ts';
import type { StoredForget } from './receipt.ts';
import type { ForgetDeps } from './rooms.ts';

type KeptDeps = Pick<ForgetDeps, 'records' | 'control'>;

/**
 * By their words, the one in use included; none for what is erased, and while it runs. `places`: as
 * they are listed, where several receipts are looked at.
 */
export async function keptIn(
  { records, control }: KeptDeps,
  tenant: TenantId,
  { state, hidden, seenSeq, namespaceNo, namespaceGone }: StoredForget,
  places?: readonly KnownPlace[],
): Promise<string[]> {
  if (state !== 'hidden') return [];
  const known = places ?? (await listPlaces(control));
  if (known.length === 0) return [];
  // Another forget may have taken the namespace with it, rows of this one included.
  const isGone = namespaceGone ?? (await records.open(tenant).nameOf(namespaceNo)) === undefined;
  const seq = Math.max(hidden?.seq ?? 0, seenSeq ?? 0);
  return keepersOf(known, namespaceNo, { seq, isGone });
}

/** Of them, those that are not in use any more: nobody takes anything out there. */
export async function leftIn(
  deps: KeptDeps & Pick<ForgetDeps, 'vectorFeed'>,
  tenant: TenantId,
  stored: StoredForget,
  places?: readonly KnownPlace[],
): Promise<string[]> {
  const systems = await keptIn(deps, tenant, stored, places);
  return systems.filter((system) => system !== deps.vectorFeed?.system);
}
