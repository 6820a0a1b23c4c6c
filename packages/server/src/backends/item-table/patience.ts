/** Waits that grow, with chance in them, until it takes too long in all. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MemoryError } from '../../domain/errors.ts';

export class Patience {
  readonly #endsAt: number;
  #waits = 0;

  constructor(timeoutMs: number) {
    this.#endsAt = performance.now() + timeoutMs;
  }

  /** Throws store_unavailable at the end. */
  async wait(): Promise<void> {
    if (!(await this.isGranted())) throw waitedTooLong();
  }

  /** Throws store_unavailable where the time is over. */
  check(): void {
    if (performance.now() > this.#endsAt) throw waitedTooLong();
  }

  /** Waits, or says at once that there is no time left. */
  async isGranted(): Promise<boolean> {
    const most = Math.min(500, 5 * 2 ** this.#waits++);
    const waitMs = most / 2 + (Math.random() * most) / 2;
    if (performance.now() + waitMs > this.#endsAt) return false;
    await sleep(waitMs);
    return true;
  }
}

function waitedTooLong(): MemoryError {
  const message =
    'Others keep writing to the same place, or the store holds requests back. Try again soon.';
  return new MemoryError('store_unavailable', message);
}
