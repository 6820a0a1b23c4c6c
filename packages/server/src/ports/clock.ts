/** Time and randomness come from outside, so that tests decide both. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  /** Fills the array with random bytes and returns it. */
  randomBytes(length: number): Uint8Array;
}
