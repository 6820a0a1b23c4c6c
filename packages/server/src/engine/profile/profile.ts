/** Who the user of a namespace is, from what is stored: lines with their sources. */
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { NamespaceName } from '../../domain/memory.ts';
import type { NamespaceInfo, TenantRecords } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import { matchingOrdinals } from '../recall/matching.ts';
import type { Scope } from '../scope.ts';
import type { StandingProfile } from './standing-profiles.ts';

export interface Profile extends StandingProfile {
  readonly namespace: NamespaceName;
}

/** Throws namespace_not_found. */
export async function readProfile(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
): Promise<Profile> {
  const records = openRecords(deps, scope);
  const info = await records.namespace(namespace);
  if (!info) throw new MemoryError('namespace_not_found');
  return { namespace, ...(await standingProfile(deps, scope, records, info)) };
}

/** Of a namespace that was opened. */
export function standingProfile(
  deps: EngineDeps,
  scope: Scope,
  records: TenantRecords,
  info: NamespaceInfo,
): Promise<StandingProfile> {
  const filter = { audience: 'user', standing: true } as const;
  const page = { order: 'desc', limit: limits.contextStandingMax } as const;
  const standing = () => matchingOrdinals(deps, scope, info, filter, page);
  const { tenant } = scope;
  return deps.profiles.read({ tenant, records, info, now: deps.clock.now(), standing });
}
