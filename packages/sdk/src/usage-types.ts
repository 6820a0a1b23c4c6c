/** What the calls about usage and sign-up tell. */
import type { ApiKey } from './key-types.ts';

/** Of a calendar month, UTC. A limit of null: as much as the server can. */
export interface Usage {
  tenant: string;
  plan: string;
  /** `2026-11`. */
  month: string;
  /** When the next month begins. */
  resetsAt: string;
  operations: {
    used: number;
    limit: number | null;
    remaining: number | null;
    /** `store`, `search`, ...; `interrupted`: set aside when the server was killed. */
    byKind: Record<string, number>;
  };
  storedBytes: { used: number; limit: number | null };
  /** Of the tenant with all its keys. */
  requestsPerMinute: number | null;
  /** Past months in which something was used, newest first; none unless `months` were asked for. */
  history: PastUsage[];
}

export interface PastUsage {
  /** `2026-10`. */
  month: string;
  operations: { used: number; byKind: Record<string, number> };
}

/** `key` is the key itself, told this once. */
export interface SignedUp {
  key: string;
  apiKey: ApiKey;
  tenant: string;
  plan: string;
}
