/** API keys: made once, shown once, kept as SHA-256, checked on every request. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { MemoryError } from '../domain/errors.ts';
import type { TenantId } from '../domain/memory.ts';
import type { Clock } from '../ports/clock.ts';
import type { ControlPort } from '../ports/control.ts';

/** Who a request speaks for. */
export interface Principal {
  readonly tenant: TenantId;
}

export interface KeyRing {
  /** The principal of a presented key, or undefined. */
  authenticate(presented: string): Principal | undefined;
}

/** The tenant of the root key: everything, until more tenants are made. */
export const rootTenant = 'root' as TenantId;

/** Root keys from outside must be long enough not to be guessed. */
export const rootKeyCharsMin = 24;

const rootDocument = 'keys/root';

interface RootKeyDocument {
  readonly sha256: string;
  readonly createdAt: number;
}

/**
 * Opens the ring with a root key from the settings, or with the stored one, or with a new one,
 * which is returned in plain text this once. A key from the settings replaces the stored one for
 * as long as it is set.
 */
export async function openKeyRing(
  control: ControlPort,
  clock: Clock,
  settingsKey: string | undefined,
): Promise<{ ring: KeyRing; created?: string }> {
  if (settingsKey !== undefined) {
    if (settingsKey.length < rootKeyCharsMin) {
      const message = `REVERIE_ROOT_KEY needs at least ${rootKeyCharsMin} characters.`;
      throw new MemoryError('setting_invalid', message);
    }
    return { ring: ringOf(sha256(settingsKey)) };
  }
  const stored = await control.get(rootDocument);
  if (stored) return { ring: ringOf(Buffer.from(parseDocument(stored.value).sha256, 'hex')) };
  const created = await writeRootKey(control, clock, 0);
  return { ring: ringOf(sha256(created)), created };
}

/** Makes a new root key and forgets the former one. Returns the new key in plain text. */
export async function resetRootKey(control: ControlPort, clock: Clock): Promise<string> {
  const stored = await control.get(rootDocument);
  return writeRootKey(control, clock, stored?.version ?? 0);
}

async function writeRootKey(control: ControlPort, clock: Clock, expected: number): Promise<string> {
  const key = `sk-rev-${Buffer.from(clock.randomBytes(32)).toString('base64url')}`;
  const document: RootKeyDocument = {
    sha256: sha256(key).toString('hex'),
    createdAt: clock.now(),
  };
  const version = await control.putIfVersion(rootDocument, JSON.stringify(document), expected);
  if (version === undefined) {
    throw new MemoryError('store_unavailable', 'Another process is changing the root key.');
  }
  return key;
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

function ringOf(root: Buffer): KeyRing {
  return {
    // Comparing digests in constant time tells a guesser nothing about the key.
    authenticate: (presented) =>
      timingSafeEqual(sha256(presented), root) ? { tenant: rootTenant } : undefined,
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
