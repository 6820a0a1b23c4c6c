/** Keeps API keys in control documents, and finds the one that a request presents. */
import { timingSafeEqual } from 'node:crypto';
import { MemoryError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { TenantId } from '../domain/memory.ts';
import { readHeld } from '../peers/read-held.ts';
import type { Clock } from '../ports/clock.ts';
import type { ControlPort } from '../ports/control.ts';
import { type ApiKey, sha256 } from './api-key.ts';

const prefix = 'api-keys/';
const documentOf = ({ tenant, id }: Pick<ApiKey, 'tenant' | 'id'>) => `${prefix}${tenant}/${id}`;

interface Kept {
  readonly key: ApiKey;
  /** Of its document. */
  readonly version: number;
}

/**
 * Every key is held in memory: a request is answered without a read, and what this process revokes
 * is refused from the next request on. What other servers change comes by {@link KeyBook.reload}.
 */
export class KeyBook {
  readonly #control: ControlPort;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #byId = new Map<string, Kept>();
  /** By the digest of the key, those of former keys included. */
  readonly #byDigest = new Map<string, string>();
  /** Digests of more than one key: two servers took in the same one, and one takes it back. */
  readonly #doubles = new Set<string>();
  readonly #idsOf = new Map<TenantId, Set<string>>();
  /** Digests of keys that are being made. */
  readonly #claims = new Map<string, TenantId>();
  readonly #rootDigest: () => string;

  private constructor(control: ControlPort, clock: Pick<Clock, 'now'>, rootDigest: () => string) {
    this.#control = control;
    this.#clock = clock;
    this.#rootDigest = rootDigest;
  }

  /** `rootDigest`: of the root key, which no other may be. */
  static async open(
    control: ControlPort,
    clock: Pick<Clock, 'now'>,
    rootDigest: () => string,
  ): Promise<KeyBook> {
    const book = new KeyBook(control, clock, rootDigest);
    await book.reload();
    return book;
  }

  /** Reads what other servers have changed: the documents that are named, or all. */
  async reload(documents?: readonly string[]): Promise<void> {
    const found = await readHeld(this.#control, prefix, documents);
    for (const [document, stored] of found) {
      const id = document.slice(document.lastIndexOf('/') + 1);
      const held = this.#byId.get(id);
      if (!stored) this.#drop(id);
      // A write of this server may have come in between.
      else if (held === undefined || held.version < stored.version) {
        if (held) this.#close(held.key);
        this.#hold({ key: parseKey(stored.value), version: stored.version });
      }
    }
    if (documents !== undefined) return;
    for (const { key } of [...this.#byId.values()]) {
      const document = documentOf(key);
      // One that was made while the list was read is not in it.
      if (!found.has(document) && !(await this.#control.get(document))) this.#drop(key.id);
    }
  }

  /** Whether some key has this secret, whatever it opens. */
  knows(presented: string): boolean {
    return this.#byDigest.has(sha256(presented));
  }

  /** The key that works now, or undefined. */
  find(presented: string): ApiKey | undefined {
    const digest = sha256(presented);
    const id = this.#byDigest.get(digest);
    const key = id === undefined ? undefined : this.#byId.get(id)?.key;
    if (key === undefined) return undefined;
    const now = this.#clock.now();
    if (isExpired(key, now)) return undefined;
    if (isSame(key.sha256, digest)) return key;
    const { former } = key;
    return former && former.until > now && isSame(former.sha256, digest) ? key : undefined;
  }

  /** Whether the tenant has such a key, that has not expired and is not being revoked. */
  isOpen(tenant: TenantId, id: string): boolean {
    const key = this.#byId.get(id)?.key;
    const isHeld = key?.tenant === tenant && this.#byDigest.has(key.sha256);
    return isHeld && !isExpired(key, this.#clock.now());
  }

  /**
   * Makes a key while nobody else can make the same one, or one too many. Throws invalid_request
   * for a key that is in use, and too_many_keys.
   */
  async claim<Made>(
    tenant: TenantId,
    digest: string,
    make: () => Promise<Made>,
    most: number = limits.keysPerTenantMax,
  ): Promise<Made> {
    const isTaken = this.#byDigest.has(digest) || this.#claims.has(digest);
    if (isTaken || digest === this.#rootDigest()) {
      const details = { field: 'key' };
      throw new MemoryError('invalid_request', 'The key is in use already.', { details });
    }
    const claims = [...this.#claims.values()].filter((one) => one === tenant).length;
    if ((this.#idsOf.get(tenant)?.size ?? 0) + claims >= most) {
      throw new MemoryError('too_many_keys', undefined, { details: { limit: most } });
    }
    this.#claims.set(digest, tenant);
    try {
      return await make();
    } finally {
      this.#claims.delete(digest);
    }
  }

  /** The tenant's key. Throws key_not_found. */
  get(tenant: TenantId, id: string): ApiKey {
    return this.#kept(tenant, id).key;
  }

  /** In the order of being made. */
  list(tenant: TenantId): ApiKey[] {
    const keys = [...(this.#idsOf.get(tenant) ?? [])].map((id) => this.#kept(tenant, id).key);
    return keys.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Durable when it resolves. */
  async add(key: ApiKey): Promise<void> {
    await this.#write(key, 0);
  }

  /** Throws version_conflict where `before` is not what it is by now. */
  async replace(before: ApiKey, key: ApiKey): Promise<void> {
    const kept = this.#kept(key.tenant, key.id);
    if (kept.key !== before) throw changedMeanwhile();
    await this.#write(key, kept.version);
  }

  /**
   * It opens nothing from now on, also when the store cannot write it down: then this rejects, and
   * the key is still listed, to be removed again.
   */
  async remove(tenant: TenantId, id: string): Promise<void> {
    const { key } = this.#kept(tenant, id);
    this.#close(key);
    await this.#control.delete(documentOf(key));
    // It may have got another secret just before.
    this.#drop(id);
  }

  #drop(id: string): void {
    const key = this.#byId.get(id)?.key;
    if (key === undefined) return;
    this.#close(key);
    this.#byId.delete(id);
    this.#idsOf.get(key.tenant)?.delete(id);
    if (!this.#doubles.has(key.sha256)) return;
    const other = [...this.#byId.values()].find((kept) => kept.key.sha256 === key.sha256);
    if (other) this.#hold(other);
  }

  #kept(tenant: TenantId, id: string): Kept {
    const kept = this.#byId.get(id);
    if (kept?.key.tenant !== tenant) throw new MemoryError('key_not_found');
    return kept;
  }

  async #write(key: ApiKey, expected: number): Promise<void> {
    const value = JSON.stringify(key);
    const version = await this.#control.putIfVersion(documentOf(key), value, expected);
    if (version === undefined) throw changedMeanwhile();
    const before = this.#byId.get(key.id);
    if (before) this.#close(before.key);
    this.#hold({ key, version });
  }

  #hold(kept: Kept): void {
    const { key } = kept;
    this.#byId.set(key.id, kept);
    const ids = this.#idsOf.get(key.tenant) ?? new Set();
    this.#idsOf.set(key.tenant, ids.add(key.id));
    if ((this.#byDigest.get(key.sha256) ?? key.id) !== key.id) this.#doubles.add(key.sha256);
    this.#byDigest.set(key.sha256, key.id);
    if (key.former) this.#byDigest.set(key.former.sha256, key.id);
  }

  #close(key: ApiKey): void {
    this.#byDigest.delete(key.sha256);
    if (key.former) this.#byDigest.delete(key.former.sha256);
  }
}

function isExpired({ expiresAt }: ApiKey, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

function changedMeanwhile(): MemoryError {
  return new MemoryError('version_conflict', 'Somebody else has changed this key meanwhile.');
}

/** Comparing digests in constant time tells a guesser nothing about the key. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one, 'hex'), Buffer.from(other, 'hex'));
}

/** Throws store_damaged: a key that cannot be read must not turn into one that may do more. */
function parseKey(json: string): ApiKey {
  try {
    const key: ApiKey = JSON.parse(json);
    const isWhole = /^[0-9a-f]{64}$/.test(key.sha256) && Array.isArray(key.grants);
    if (isWhole && typeof key.id === 'string' && typeof key.tenant === 'string') return key;
  } catch (cause) {
    throw new MemoryError('store_damaged', 'A stored key cannot be read.', { cause });
  }
  throw new MemoryError('store_damaged', 'A stored key cannot be read.');
}
