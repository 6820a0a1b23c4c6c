/** Takes what is older than its time out of the audit logs, now and then. */
import type { TenantId } from '../domain/memory.ts';
import type { Clock } from '../ports/clock.ts';
import type { AuditLog } from './audit-log.ts';
import { rootTenant, type Tenants } from './tenants.ts';

export interface AuditSweepParts {
  readonly log: Pick<AuditLog, 'removeSomeBefore'>;
  readonly tenants: Pick<Tenants, 'list'>;
  readonly clock: Pick<Clock, 'now'>;
  /** How long an event is kept; 0 for ever. */
  readonly keptMs: number;
  /** Of several servers of one store one sweeps. */
  readonly isOnDuty: () => boolean;
  /** The store could not be written: the next sweep tries again. */
  readonly onFault?: ((error: unknown) => void) | undefined;
}

const everyMs = 3_600_000;

export class AuditSweeps {
  readonly #parts: AuditSweepParts;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(parts: AuditSweepParts) {
    this.#parts = parts;
  }

  /** One at once, and one every hour; none where events are kept for ever. */
  start(): void {
    if (this.#parts.keptMs === 0) return;
    const run = (): void => {
      if (!this.#parts.isOnDuty()) return;
      this.#running ??= this.#sweepOrTell().finally(() => {
        this.#running = undefined;
      });
    };
    this.#timer = setInterval(run, everyMs).unref();
    run();
  }

  /** Tells how many events went. */
  async sweep(): Promise<number> {
    const { log, tenants, clock, keptMs } = this.#parts;
    const before = clock.now() - keptMs;
    const ids: TenantId[] = [rootTenant, ...tenants.list().map(({ id }) => id)];
    let removed = 0;
    for (const id of ids) {
      for (let some = 1; some > 0 && !this.#isClosed; removed += some) {
        some = await log.removeSomeBefore(id, before);
      }
    }
    return removed;
  }

  async #sweepOrTell(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.#parts.onFault?.(error);
    }
  }

  /** The store may be closed when it resolves. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#running;
  }
}
