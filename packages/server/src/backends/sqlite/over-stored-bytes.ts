/** Thrown where a batch would keep more than it may; the group takes this batch back alone. */
export class OverStoredBytes extends Error {
  readonly storedBytes: number;

  constructor(storedBytes: number) {
    super();
    this.storedBytes = storedBytes;
  }
}
