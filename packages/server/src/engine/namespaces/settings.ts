/** What is settled for a namespace as a whole, beside its memories. */
import { requireAudience } from '../../domain/access.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { HygienePolicies } from '../../domain/hygiene.ts';
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import type { DefaultMode, MemoryInput } from '../../domain/memory-input.ts';
import { sameJson } from '../../domain/store-rules.ts';
import type { NamespaceInfo } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import type { Scope } from '../scope.ts';

export interface NamespaceSettings {
  readonly defaultMode: DefaultMode;
  /** Kinds for which it does not go by the server's policy. */
  readonly hygiene: Partial<HygienePolicies>;
}

export interface NamespaceDetail extends NamespaceInfo {
  readonly settings: NamespaceSettings;
  /** By which it goes, the server's included. */
  readonly hygiene: HygienePolicies;
  /** Of the settings: 0 while nothing was ever set, then one more with each change. */
  readonly settingsVersion: number;
}

export interface NamespacePatch {
  readonly defaultMode?: DefaultMode;
  /** Kinds that are not named stay as they are; null goes by the server's policies again. */
  readonly hygiene?: Partial<HygienePolicies> | null;
  /** The version that the settings must have. */
  readonly ifVersion?: number;
}

const usual: NamespaceSettings = { defaultMode: 'auto', hygiene: {} };

/** Tries against others that change the same settings. */
const attemptsMax = 8;

/** Throws namespace_not_found. */
export async function getNamespace(
  deps: EngineDeps,
  scope: Scope,
  name: NamespaceName,
): Promise<NamespaceDetail> {
  const info = await openRecords(deps, scope).namespace(name);
  if (!info) throw new MemoryError('namespace_not_found');
  const { settings, version } = await read(deps, scope.tenant, info.no);
  const hygiene = { ...deps.hygiene, ...settings.hygiene };
  return { ...info, settings, hygiene, settingsVersion: version };
}

/**
 * What is not named stays. A namespace that does not exist yet is made, so that it can be settled
 * before the first memory comes. Stores that begin after this has answered go by it. Throws
 * version_conflict where `ifVersion` does not hold, and permission_denied for `hygiene` without the
 * `system` permission: who may speak for the application decides what is trusted.
 */
export async function updateNamespace(
  deps: EngineDeps,
  scope: Scope,
  name: NamespaceName,
  { ifVersion, ...patch }: NamespacePatch,
): Promise<NamespaceDetail> {
  if (patch.hygiene !== undefined) requireAudience(scope.access, name, 'system');
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const no = await numberOf(deps, scope, name, ifVersion);
    const { settings, version } = await read(deps, scope.tenant, no);
    if (ifVersion !== undefined && ifVersion !== version) throw conflict(ifVersion, version);
    const next: NamespaceSettings = {
      defaultMode: patch.defaultMode ?? settings.defaultMode,
      hygiene: patch.hygiene === null ? {} : { ...settings.hygiene, ...patch.hygiene },
    };
    const isSame =
      next.defaultMode === settings.defaultMode && sameJson(next.hygiene, settings.hygiene);
    const key = settingsKey(scope.tenant, no);
    const isDone =
      isSame || (await deps.control.putIfVersion(key, JSON.stringify(next), version)) !== undefined;
    if (isDone) return getNamespace(deps, scope, name);
  }
  throw new MemoryError('version_conflict', 'Others keep changing this namespace; try again.');
}

/** Only a condition of 0 holds for what does not exist. */
async function numberOf(
  deps: EngineDeps,
  scope: Scope,
  name: NamespaceName,
  ifVersion: number | undefined,
): Promise<number> {
  const records = openRecords(deps, scope);
  const info = await records.namespace(name);
  if (info) return info.no;
  if (ifVersion !== undefined && ifVersion > 0) throw conflict(ifVersion, 0);
  const generation = deps.embeddings.generations.target.no;
  const made = await records.commit(name, { generation, ops: [] });
  if (!made.ok) throw new MemoryError('version_conflict');
  return made.namespace.no;
}

function conflict(ifVersion: number, version: number): MemoryError {
  const message = 'The settings of the namespace have changed since they were read.';
  return new MemoryError('version_conflict', message, {
    details: { if_version: ifVersion, version },
  });
}

/** By what a store goes that names a key, and neither mode nor kind. */
export async function defaultModeFor(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  { key, mode, kind }: MemoryInput,
): Promise<DefaultMode> {
  if (key === undefined || mode !== undefined || kind !== undefined) return usual.defaultMode;
  const info = await openRecords(deps, scope).namespace(namespace);
  if (!info) return usual.defaultMode;
  return (await read(deps, scope.tenant, info.no)).settings.defaultMode;
}

/** By which a namespace goes; one that does not exist yet goes by the server's. */
export async function hygieneOf(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
): Promise<HygienePolicies> {
  const info = await openRecords(deps, scope).namespace(namespace);
  if (!info) return deps.hygiene;
  const { settings } = await read(deps, scope.tenant, info.no);
  return { ...deps.hygiene, ...settings.hygiene };
}

async function read(
  { control }: EngineDeps,
  tenant: TenantId,
  namespaceNo: number,
): Promise<{ settings: NamespaceSettings; version: number }> {
  const document = await control.get(settingsKey(tenant, namespaceNo));
  if (!document) return { settings: usual, version: 0 };
  const stored: Partial<NamespaceSettings> = JSON.parse(document.value);
  return { settings: { ...usual, ...stored }, version: document.version };
}

/** A number is never used again, so a namespace that is made anew has nothing settled. */
export function settingsKey(tenant: TenantId, namespaceNo: number): string {
  return `namespaces/${encodeURIComponent(tenant)}/${namespaceNo}`;
}
