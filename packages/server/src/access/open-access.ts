/** Opens whatever decides about access: keys, tenants, and the log of what is done with them. */
import type { Clock } from '../ports/clock.ts';
import type { ControlPort } from '../ports/control.ts';
import { AuditLog } from './audit-log.ts';
import { KeyBook } from './key-book.ts';
import { createKeyRing, type KeyRing, openRootKey } from './key-ring.ts';
import { Keys } from './keys.ts';
import { Tenants } from './tenants.ts';

export interface AccessParts {
  readonly ring: KeyRing;
  readonly keys: Keys;
  readonly auditLog: AuditLog;
}

/** `createdRootKey`: in plain text, when this start has made it. */
export async function openAccess(
  control: ControlPort,
  clock: Clock,
  settingsKey: string | undefined,
): Promise<AccessParts & { readonly createdRootKey: string | undefined }> {
  const { digest, created } = await openRootKey(control, clock, settingsKey);
  const book = await KeyBook.open(control, clock, digest);
  const tenants = await Tenants.open(control);
  const auditLog = new AuditLog(control, clock);
  const keys = new Keys({ book, tenants, log: auditLog, clock });
  const ring = createKeyRing(digest, book, tenants);
  return { ring, keys, auditLog, createdRootKey: created };
}
