/** An API key as it is kept: what it may do, and never the key itself. */
import { createHash } from 'node:crypto';
import type { Grant } from '../domain/access.ts';
import type { TenantId } from '../domain/memory.ts';
import type { Clock } from '../ports/clock.ts';

/** Times are milliseconds since 1970 UTC. */
export interface ApiKey {
  readonly id: string;
  readonly tenant: TenantId;
  readonly label: string;
  readonly grants: readonly Grant[];
  /** May make and revoke keys of its tenant, and read its log. */
  readonly isAdmin: boolean;
  /** May look after the server and its tenants. */
  readonly isOperator: boolean;
  /** The first characters, to know it by. */
  readonly hint: string;
  /** SHA-256 as hex. */
  readonly sha256: string;
  /** Of the key before the last rotation, while both work. */
  readonly former?: { readonly sha256: string; readonly until: number };
  readonly createdAt: number;
  /** Of the key that made it; absent for one that nobody made. */
  readonly createdBy?: string;
  readonly rotatedAt?: number;
  readonly expiresAt?: number;
}

/** A new key: `sk-rev-` and 32 random bytes. */
export function makeSecret(clock: Pick<Clock, 'randomBytes'>): string {
  return `sk-rev-${Buffer.from(clock.randomBytes(32)).toString('base64url')}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Enough to tell keys apart in a list, and far too little to guess one. */
export function hintOf(secret: string): string {
  return `${secret.slice(0, 10)}...`;
}
