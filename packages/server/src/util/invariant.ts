/** Assertions are for bugs in our own code; faults of the world get a coded error. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`);
}
