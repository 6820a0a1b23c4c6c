/** Leaves somebody who does not answer alone for a while, so that nobody waits in vain. */

/** Failures in a row after which nobody waits any more. */
const failuresMax = 3;
/** How long it is left alone then; doubled by every try that fails again. */
const pauseMinMs = 1_000;
const pauseMaxMs = 30_000;

/** Times are milliseconds of any clock that goes on. */
export class LeaveAlone {
  #failures = 0;
  #pauseMs = pauseMinMs;
  #closedUntil = 0;

  /** After failures in a row, until an answer. */
  get isLeftAlone(): boolean {
    return this.#closedUntil > 0;
  }

  /** After a pause one may ask; the others go on without until that one has an answer. */
  mayAsk(now: number): boolean {
    if (now < this.#closedUntil) return false;
    if (this.#closedUntil > 0) this.#closedUntil = now + this.#pauseMs;
    return true;
  }

  answered(): void {
    this.#failures = 0;
    this.#pauseMs = pauseMinMs;
    this.#closedUntil = 0;
  }

  failed(now: number): void {
    this.#failures += 1;
    if (this.#failures < failuresMax) return;
    this.#closedUntil = now + this.#pauseMs;
    this.#pauseMs = Math.min(this.#pauseMs * 2, pauseMaxMs);
  }
}
