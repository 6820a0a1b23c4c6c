/** Thrown where an expectation does not hold; the group takes this batch back alone. */
export class ExpectationFailed extends Error {}
