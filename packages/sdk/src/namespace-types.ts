/** What is told of a namespace as a whole, and what an audit of it counts. */

export interface NamespaceInfo {
  name: string;
  memories: number;
  createdAt: string;
  changedAt: string;
}

/** What an audit counts. */
export type AuditClass =
  | 'duplicates'
  | 'nearDuplicates'
  | 'stale'
  | 'superseded'
  | 'neverRecalled'
  | 'echoes'
  | 'secrets';

export interface AuditFinding {
  /** Memories in the class, each once. */
  count: number;
  /** `count` over the memories that were looked at. */
  rate: number;
  /** How many for which reason, where the class has several. */
  reasons: Record<string, number>;
  /** At most 20; `of` is the memory that says the same. */
  examples: { id: string; of?: string; reason?: string }[];
}

export interface AuditResult {
  namespace: string;
  memories: number;
  /** The newest so many were looked at. */
  lookedAt: number;
  /** Whether that is all of them. */
  complete: boolean;
  /** When the server began to count recalls. */
  countingSince: string;
  classes: Record<AuditClass, AuditFinding>;
  queryTimeMs: number;
}
