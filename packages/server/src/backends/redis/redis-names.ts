/** The keys in Redis: a prefix, and a keyed hash of what is meant, so that none can be read. */
import { createHmac } from 'node:crypto';

export class RedisNames {
  readonly prefix: string;
  #secret: Uint8Array | undefined;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** With the secret of the store: servers over one store have the same names, others have not. */
  unlock(secret: Uint8Array): void {
    // Derived, so that what stands in Redis tells nothing of other hashes with the secret.
    this.#secret = createHmac('sha256', secret).update('reverie redis names').digest();
  }

  /** Nothing can be named before. */
  get isUnlocked(): boolean {
    return this.#secret !== undefined;
  }

  /** `kind` is readable. Throws before {@link unlock}. */
  of(kind: string, name: string): string {
    if (!this.#secret) throw new Error('The names in Redis have no secret yet.');
    const hash = createHmac('sha256', this.#secret).update(`${kind}\n${name}`).digest('base64url');
    // 132 of 256 bits: no two of any number that fits into Redis are the same.
    return `${this.prefix}${kind}:${hash.slice(0, 22)}`;
  }
}
