/** Namespaces as wholes: which there are, their settings, what is wrong, and who the user is. */
import type { Calls } from './calls.ts';
import type { CallOptions } from './client-types.ts';
import { ReverieError } from './errors.ts';
import * as from from './from-wire.ts';
import type { HygieneKind } from './memory-types.ts';
import type { AuditResult, NamespaceInfo } from './namespace-types.ts';
import { pages } from './pages.ts';
import { search, segment } from './path.ts';
import { profileFrom } from './profile-from-wire.ts';
import type { ProfileResult } from './profile-types.ts';
import { objectFrom } from './read-wire.ts';

/** What a store under a key does when it names neither `mode` nor `kind`. */
export type DefaultMode = 'auto' | 'append' | 'replace';

/** What is done about a kind of finding. */
export type HygienePolicy = 'off' | 'flag' | 'quarantine' | 'redact' | 'refuse';
export type HygienePolicies = Record<HygieneKind, HygienePolicy>;

export interface NamespaceDetail extends NamespaceInfo {
  defaultMode: DefaultMode;
  /** By which it goes, those of the server included. */
  hygiene: HygienePolicies;
  /** Of the settings: 0 before the first, then one more with each change. */
  version: number;
}

export interface NamespaceUpdate {
  namespace?: string | undefined;
  defaultMode?: DefaultMode | undefined;
  /** Kinds that are not named stay; null goes by the server again. Needs `system`. */
  hygiene?: Partial<HygienePolicies> | null | undefined;
  /** Change only this version of the settings; else `version_conflict`. */
  ifVersion?: number | undefined;
}

export interface NamespaceCalls {
  /** The namespaces that this key may see. */
  namespaces(options?: CallOptions): AsyncIterable<NamespaceInfo>;
  /** One namespace with its settings; undefined when there is none of that name. */
  namespace(
    input?: { namespace?: string | undefined },
    options?: CallOptions,
  ): Promise<NamespaceDetail | undefined>;
  /** Changes the settings of a namespace, which is made if it is not there. */
  updateNamespace(input: NamespaceUpdate, options?: CallOptions): Promise<NamespaceDetail>;
  /** Memory quality in numbers: what is there twice, stale, never recalled, or a secret. */
  audit(input?: { namespace?: string | undefined }, options?: CallOptions): Promise<AuditResult>;
  /** Who the user of a namespace is: at most eight lines a section, each with its sources. */
  profile(
    input?: { namespace?: string | undefined },
    options?: CallOptions,
  ): Promise<ProfileResult>;
}

export function namespaceCalls({ call, get }: Calls, shared: string | undefined): NamespaceCalls {
  const pathOf = ({ namespace = shared ?? 'default' }: { namespace?: string | undefined }) =>
    `/v1/namespaces/${segment(namespace)}`;
  return {
    namespaces: (each) =>
      pages(undefined, async (cursor) =>
        from.namespacesFrom(await get(`/v1/namespaces${search({ cursor })}`, each)),
      ),
    async namespace(input = {}, each) {
      try {
        return detailFrom(await get(pathOf(input), each));
      } catch (error) {
        const isMissing = ReverieError.isInstance(error) && error.code === 'namespace_not_found';
        if (isMissing) return undefined;
        throw error;
      }
    },
    async updateNamespace(input, each) {
      const { defaultMode, hygiene, ifVersion } = input;
      const body = { default_mode: defaultMode, hygiene, if_version: ifVersion };
      const request = { method: 'PATCH', path: pathOf(input), body, write: true } as const;
      return detailFrom((await call(request, each)).raw);
    },
    async audit(input = {}, each) {
      return from.auditFrom(await get(`${pathOf(input)}/audit`, each));
    },
    async profile(input = {}, each) {
      return profileFrom(await get(`${pathOf(input)}/profile`, each));
    },
  };
}

function detailFrom(raw: ReturnType<typeof objectFrom>): NamespaceDetail {
  const defaultMode = (raw.default_mode ?? 'auto') as DefaultMode;
  const flagged = { secrets: 'flag', cards: 'flag', instructions: 'flag' };
  const hygiene = { ...flagged, ...objectFrom(raw.hygiene ?? {}, 'hygiene') } as HygienePolicies;
  return { ...from.namespaceFrom(raw), defaultMode, hygiene, version: Number(raw.version ?? 0) };
}
