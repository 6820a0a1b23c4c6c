/** Small versioned documents for the server itself: keys, tenants, secrets. Never memories. */
export interface ControlDocument {
  readonly key: string;
  readonly value: string;
  /** Counts from 1. */
  readonly version: number;
}

/** The last documents of a list. */
export interface ControlPage {
  /** Only keys before this one. */
  readonly before?: string;
  readonly limit: number;
}

/**
 * What begins so is held in memory by every server of a store, so each has to hear of what the
 * others change.
 */
export const heldPrefixes = [
  'api-keys/',
  'keys/root',
  'tenants/',
  'webhooks/',
  'embeddings/generations',
] as const;

export const isHeld = (key: string): boolean =>
  heldPrefixes.some((prefix) => key.startsWith(prefix));

export interface HeldChanges {
  /** The newest change; where the next reading goes on. */
  readonly mark: number;
  /** Keys that were written or deleted, each once; undefined: too many, any of them may be. */
  readonly keys: readonly string[] | undefined;
}

export interface ControlPort {
  get(key: string): Promise<ControlDocument | undefined>;
  /**
   * Writes when the stored version is `expected` (0: must not exist yet). Returns the new version,
   * or undefined when somebody else was faster. Durable when it resolves.
   */
  putIfVersion(key: string, value: string, expected: number): Promise<number | undefined>;
  /** True when something was deleted. Durable when it resolves. */
  delete(key: string): Promise<boolean>;
  /**
   * Documents whose key starts with `prefix`, ordered by key; with a page its last ones, in the
   * opposite order.
   */
  list(prefix: string, page?: ControlPage): Promise<ControlDocument[]>;
  /**
   * Changes of held documents after a mark, whoever made them; without a mark there are none, but
   * the mark of now. What was acknowledged before the call is in. Absent where the store belongs to
   * one process alone.
   */
  readonly heldChanges?: (mark?: number) => Promise<HeldChanges>;
}
