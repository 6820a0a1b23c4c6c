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
}
