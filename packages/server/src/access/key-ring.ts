/** Tells who presents a key: the root key, or one of a tenant. */
import { timingSafeEqual } from 'node:crypto';
import { fullGrants } from '../domain/access.ts';
import { MemoryError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { TenantId } from '../domain/memory.ts';
import { Plans, unlimitedPlan } from '../domain/plans.ts';
import type { Clock } from '../ports/clock.ts';
import type { ControlPort } from '../ports/control.ts';
import { type ApiKey, makeSecret, sha256 } from './api-key.ts';
import type { KeyBook } from './key-book.ts';
import { type Principal, rootKeyId } from './principal.ts';
import { rootTenant, type Tenants } from './tenants.ts';

export interface KeyRing {
  /** The principal of a presented key, or undefined. Throws tenant_suspended. */
  authenticate(presented: string): Principal | undefined;
  /**
   * Throws invalid_api_key or tenant_suspended when a request that was let in must not go on: its
   * key is revoked or has expired since, or is a root key from before a reset. A rotated one stays
   * the same key. Throws store_unavailable where other servers may have revoked it unheard.
   */
  requireStill(principal: Pick<Principal, 'tenant' | 'keyId' | 'rootDigest'>): void;
  /**
   * What a key may do now, for work that goes on in its name; undefined when it is revoked or
   * expired, or its tenant suspended.
   */
  principalOf(tenant: TenantId, keyId: string): Principal | undefined;
  /** False for a secret of which this server has never heard; another one may have made it. */
  knows(presented: string): boolean;
}

/** Who has the root key. */
export const rootPrincipal: Principal = {
  ...{ tenant: rootTenant, keyId: rootKeyId, grants: fullGrants },
  ...{ isAdmin: true, isOperator: true },
  plan: new Plans([]).need(unlimitedPlan),
};

const blind = 'The store does not answer, so whether the key still works is not known.';
const rootDocument = 'keys/root';

interface RootKeyDocument {
  readonly sha256: string;
  readonly createdAt: number;
}

export function createKeyRing(
  root: Pick<RootKey, 'digest'>,
  book: Pick<KeyBook, 'find' | 'isOpen' | 'get' | 'knows'>,
  tenants: Pick<Tenants, 'isSuspended' | 'planOf'>,
  isFresh: () => boolean = () => true,
): KeyRing {
  const isRoot = (presented: string): boolean =>
    // Comparing digests in constant time tells a guesser nothing about the key.
    timingSafeEqual(Buffer.from(sha256(presented), 'hex'), Buffer.from(root.digest, 'hex'));
  const principal = ({ tenant, id: keyId, grants, isAdmin, isOperator }: ApiKey): Principal => ({
    ...{ tenant, keyId, grants, isAdmin, isOperator },
    plan: tenants.planOf(tenant),
  });
  return {
    authenticate(presented) {
      if (isRoot(presented)) return { ...rootPrincipal, rootDigest: root.digest };
      const key = book.find(presented);
      if (key === undefined) return undefined;
      if (tenants.isSuspended(key.tenant)) throw new MemoryError('tenant_suspended');
      return principal(key);
    },
    principalOf(tenant, keyId) {
      if (keyId === rootKeyId) return tenant === rootTenant ? rootPrincipal : undefined;
      if (tenants.isSuspended(tenant) || !book.isOpen(tenant, keyId)) return undefined;
      return principal(book.get(tenant, keyId));
    },
    knows: (presented) => isRoot(presented) || book.knows(presented),
    requireStill({ tenant, keyId, rootDigest = root.digest }) {
      if (!isFresh()) throw new MemoryError('store_unavailable', blind);
      if (rootDigest !== root.digest) throw new MemoryError('invalid_api_key');
      if (keyId === rootKeyId) return;
      if (tenants.isSuspended(tenant)) throw new MemoryError('tenant_suspended');
      if (!book.isOpen(tenant, keyId)) throw new MemoryError('invalid_api_key');
    },
  };
}

/**
 * The root key of the settings, or the stored one, or a new one, which is told in plain text this
 * once. A key from the settings replaces the stored one for as long as it is set.
 */
export class RootKey {
  readonly #control: ControlPort;
  readonly #isStored: boolean;
  /** SHA-256, as hex. */
  #digest: string;

  private constructor(control: ControlPort, digest: string, isStored: boolean) {
    this.#control = control;
    this.#digest = digest;
    this.#isStored = isStored;
  }

  static async open(
    control: ControlPort,
    clock: Clock,
    settingsKey: string | undefined,
  ): Promise<{ readonly root: RootKey; readonly created?: string }> {
    if (settingsKey !== undefined) {
      if (settingsKey.length < limits.keyCharsMin) {
        const message = `REVERIE_ROOT_KEY needs at least ${limits.keyCharsMin} characters.`;
        throw new MemoryError('setting_invalid', message);
      }
      return { root: new RootKey(control, sha256(settingsKey), false) };
    }
    const stored = await control.get(rootDocument);
    if (stored) return { root: new RootKey(control, parseDocument(stored.value).sha256, true) };
    const created = makeSecret(clock);
    if ((await putRootKey(control, clock, created, 0)) === undefined) {
      // Another server made it just now.
      return RootKey.open(control, clock, undefined);
    }
    return { root: new RootKey(control, sha256(created), true), created };
  }

  get digest(): string {
    return this.#digest;
  }

  /** It was made anew by `reverie keys reset`. */
  async reload(): Promise<void> {
    const stored = this.#isStored && (await this.#control.get(rootDocument));
    if (stored) this.#digest = parseDocument(stored.value).sha256;
  }
}

/** Makes a new root key and forgets the former one. Returns the new key in plain text. */
export async function resetRootKey(control: ControlPort, clock: Clock): Promise<string> {
  const stored = await control.get(rootDocument);
  return writeRootKey(control, clock, stored?.version ?? 0);
}

async function writeRootKey(control: ControlPort, clock: Clock, expected: number): Promise<string> {
  const key = makeSecret(clock);
  const version = await putRootKey(control, clock, key, expected);
  if (version === undefined) {
    throw new MemoryError('store_unavailable', 'Another process is changing the root key.');
  }
  return key;
}

function putRootKey(control: ControlPort, clock: Clock, key: string, expected: number) {
  const document: RootKeyDocument = { sha256: sha256(key), createdAt: clock.now() };
  return control.putIfVersion(rootDocument, JSON.stringify(document), expected);
}

function parseDocument(json: string): Pick<RootKeyDocument, 'sha256'> {
  const document: unknown = JSON.parse(json);
  if (typeof document === 'object' && document !== null && 'sha256' in document) {
    const { sha256: digest } = document;
    if (typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest)) {
      return { sha256: digest };
    }
  }
  throw new MemoryError('store_damaged', 'The stored root key cannot be read.');
}
