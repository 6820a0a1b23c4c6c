/** Opens whatever decides about access: keys, tenants, and the log of what is done with them. */
import { Plans } from '../domain/plans.ts';
import type { InTurn } from '../peers/peers.ts';
import type { Clock } from '../ports/clock.ts';
import type { ControlPort } from '../ports/control.ts';
import type { SharedCounters } from '../ports/shared-counters.ts';
import { AuditLog } from './audit-log.ts';
import { AuditSweeps } from './audit-sweeps.ts';
import { KeyBook } from './key-book.ts';
import { createKeyRing, type KeyRing, RootKey } from './key-ring.ts';
import { Keys } from './keys.ts';
import { Tenants } from './tenants.ts';
import { UsageMeter } from './usage-meter.ts';

export interface AccessParts {
  readonly ring: KeyRing;
  readonly keys: Keys;
  readonly auditLog: AuditLog;
  readonly auditSweeps: AuditSweeps;
  readonly usage: UsageMeter;
  /** Reads what other servers have changed: the documents that are named, or all. */
  reload(documents?: readonly string[]): Promise<void>;
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
  /** Resolves when no server answers without what was changed; this one is alone when absent. */
  readonly settle?: () => Promise<void>;
  /** Where several servers share the store: what only one of them does at a time. */
  readonly inTurn?: InTurn;
  /** Where several servers share the store: false while what they change is not known here. */
  readonly isFresh?: () => boolean;
  /** Where several servers share the store, one of them sweeps. */
  readonly isOnDuty?: () => boolean;
}

const alone = async (): Promise<void> => {};

/** `createdRootKey`: in plain text, when this start has made it. */
export async function openAccess(
  control: ControlPort,
  clock: Clock,
  settingsKey: string | undefined,
  options: AccessOptions = {},
): Promise<AccessParts & { readonly createdRootKey: string | undefined }> {
  const { plans = new Plans([]), auditKeptMs = 0, onFault, onSweepFault } = options;
  const { settle = alone, isOnDuty = () => true, inTurn = (_, task) => task() } = options;
  const { root, created } = await RootKey.open(control, clock, settingsKey);
  const book = await KeyBook.open(control, clock, () => root.digest);
  const tenants = await Tenants.open(control, plans);
  const auditLog = new AuditLog(control, clock);
  const swept = {
    log: auditLog,
    tenants,
    clock,
    keptMs: auditKeptMs,
    onFault: onSweepFault,
    isOnDuty,
  };
  const auditSweeps = new AuditSweeps(swept);
  const { isShared = false, shared } = options;
  const usage = new UsageMeter({ control, clock, isShared, shared, ...(onFault && { onFault }) });
  const keys = new Keys({ book, tenants, plans, usage, log: auditLog, clock, settle, inTurn });
  const ring = createKeyRing(root, book, tenants, options.isFresh);
  const reload = async (documents?: readonly string[]): Promise<void> => {
    await root.reload();
    await book.reload(documents);
    await tenants.reload(documents);
  };
  return { ring, keys, auditLog, auditSweeps, usage, reload, createdRootKey: created };
}
