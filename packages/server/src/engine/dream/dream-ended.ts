/** Why a dream runs no further in this process. */

/** `cancelled` by somebody, `stopped` with the process or taken over by another, out of `time`. */
export type EndReason = 'cancelled' | 'stopped' | 'time';

export class DreamEnded extends Error {
  readonly reason: EndReason;

  constructor(reason: EndReason) {
    super(`The dream was ended: ${reason}.`);
    this.reason = reason;
  }
}
