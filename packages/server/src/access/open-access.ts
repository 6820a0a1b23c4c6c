/** Opens whatever decides about access: keys, tenants, and the log of what is done with them. */
import { Plans } from '../domain/plans.ts';
import type { Clock } from '../ports/clock.ts';
import type { ControlPort } from '../ports/control.ts';
import type { SharedCounters } from '../ports/shared-counters.ts';
import { AuditLog } from './audit-log.ts';
import { AuditSweeps } from './audit-sweeps.ts';
import { KeyBook } from './key-book.ts';
import { createKeyRing, type KeyRing, openRootKey } from './key-ring.ts';
import { Keys } from './keys.ts';
import { Tenants } from './tenants.ts';
import { UsageMeter } from './usage-meter.ts';

export interface AccessParts {
  readonly ring: KeyRing;
  readonly keys: Keys;
  readonly auditLog: AuditLog;
  readonly auditSweeps: AuditSweeps;
  readonly usage: UsageMeter;
}

export interface AccessOptions {
  readonly plans?: Plans;
  /** How long an event of the audit log is kept; 0 for ever, which is the default. */
  readonly auditKeptMs?: number;
  /** Several servers may run on the store. */
  readonly isShared?: boolean;
  /** In which they count together. */
  readonly shared?: SharedCounters | undefined;
  /** Usage could not be written. */
  readonly onFault?: (error: unknown) => void;
  /** Old events could not be removed. */
  readonly onSweepFault?: (error: unknown) => void;
}

/** `createdRootKey`: in plain text, when this start has made it. */
export async function openAccess(
  control: ControlPort,
  clock: Clock,
  settingsKey: string | undefined,
  options: AccessOptions = {},
): Promise<AccessParts & { readonly createdRootKey: string | undefined }> {
  const { plans = new Plans([]), auditKeptMs = 0, onFault, onSweepFault } = options;
  const { digest, created } = await openRootKey(control, clock, settingsKey);
  const book = await KeyBook.open(control, clock, digest);
  const tenants = await Tenants.open(control, plans);
  const auditLog = new AuditLog(control, clock);
  const swept = { log: auditLog, tenants, clock, keptMs: auditKeptMs, onFault: onSweepFault };
  const auditSweeps = new AuditSweeps(swept);
  const { isShared = false, shared } = options;
  const usage = new UsageMeter({ control, clock, isShared, shared, ...(onFault && { onFault }) });
  const keys = new Keys({ book, tenants, plans, usage, log: auditLog, clock });
  const ring = createKeyRing(digest, book, tenants);
  return { ring, keys, auditLog, auditSweeps, usage, createdRootKey: created };
}
