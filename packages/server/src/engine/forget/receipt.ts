/** Receipts of forgetting: what was done, in counts and times, without a word of what it was. */
import { makeId } from '../../domain/ids.ts';
import type { JsonObject, KeyHash, NamespaceName, TenantId } from '../../domain/memory.ts';
import type { Clock } from '../../ports/clock.ts';

export const selectors = ['id', 'key', 'filter', 'namespace'] as const;
/** What the memories were named by. */
export type Selector = (typeof selectors)[number];

/**
 * `running`: not all of it is gone yet. `hidden`: no answer shows it any more. `erased`: its bytes
 * have left the files as well.
 */
export const forgetStates = ['running', 'hidden', 'erased'] as const;
export type ForgetState = (typeof forgetStates)[number];

export interface ForgetCounts {
  /** Rows that are gone, those made of them included. */
  readonly memories: number;
  /** Of them, memories that had been made of others of them. */
  readonly derived: number;
  /** Former versions. */
  readonly versions: number;
  /** Sets of vectors, one per memory and model. */
  readonly vectors: number;
  readonly attachments: number;
  /** Memories for the `system` audience that stay: the key had no permission for them. */
  readonly kept: number;
}

export const noCounts: ForgetCounts = {
  ...{ memories: 0, derived: 0, versions: 0, vectors: 0, attachments: 0, kept: 0 },
};

/** As it lies in control. Times are milliseconds since 1970 UTC. */
export interface StoredForget {
  readonly state: ForgetState;
  readonly selector: Selector;
  readonly namespaceNo: number;
  /** Keyed hash of the name: finds receipts of a namespace that is gone. */
  readonly namespaceHash: KeyHash;
  readonly askedAt: number;
  readonly counts: ForgetCounts;
  /**
   * The newest change that took part, written by the store with that change; null where there was
   * no row left to erase.
   */
  readonly hidden?: { readonly seq: number | null; readonly at: number };
  /**
   * The newest erasure in the namespace at the end: others may have taken some of it meanwhile,
   * with changes up to this one.
   */
  readonly seenSeq?: number;
  /** Memories for the `system` audience stay, also one that has become so meanwhile. */
  readonly sparesSystem?: true;
  /** Something in the named namespace is not to go, so that it stays itself. */
  readonly keepsNamespace?: true;
  /** The namespace itself is gone, with its name. */
  readonly namespaceGone?: true;
  readonly erasedAt?: number;
}

export interface ForgetReceipt extends StoredForget {
  readonly id: string;
  /** Undefined when the namespace is gone. */
  readonly namespace: NamespaceName | undefined;
  /** Systems for vectors that the store has left, and that may still keep some of it. */
  readonly leftIn: readonly string[];
}

/** What no server can take back, by name and in words. */
export const outOfReach = {
  backups: 'Backups made before. Restoring one forgets again; the file itself still holds it.',
  exports: 'Exports, and copies of the data folder.',
  answers: 'What searches and contexts have handed out, to applications and their models.',
  services: 'What was sent to an embedding or reranking service, where one is set.',
  repetitions: 'Other memories that say the same in a text of their own.',
} as const;

export const makeForgetId = (clock: Clock): string =>
  makeId('fgt', clock.now(), clock.randomBytes(10));

/** Of the receipts of all tenants. */
export const receiptsPrefix = 'forgets/';

/** Keys of the control documents of one forget. */
export const forgetKeys = {
  receipts: (tenant: TenantId) => `${receiptsPrefix}${encodeURIComponent(tenant)}/`,
  receipt: (tenant: TenantId, id: string) => forgetKeys.receipts(tenant) + id,
  /** There until the bytes are erased, so that nobody has to look through all receipts. */
  waiting: (tenant: TenantId, id: string) => `forgets-waiting/${encodeURIComponent(tenant)}/${id}`,
  /** There while it runs. */
  journal: (tenant: TenantId, id: string) => `forgets-journal/${encodeURIComponent(tenant)}/${id}`,
};

export const waitingPrefix = 'forgets-waiting/';

/** `owner`: the server that carries it out; unknown in a store of an earlier release. */
interface WaitingDocument {
  readonly owner?: string;
}

export const ownedBy = (owner: string): JsonObject => ({ owner });

export function ownerOf(value: string): string | undefined {
  const { owner }: WaitingDocument = JSON.parse(value);
  return owner;
}

/** Of a key under {@link waitingPrefix}. */
export function readWaitingKey(key: string): { tenant: TenantId; id: string } {
  const [tenant = '', id = ''] = key.slice(waitingPrefix.length).split('/');
  return { tenant: decodeURIComponent(tenant) as TenantId, id };
}

/** Absent fields stay absent. */
export function writeForget(stored: StoredForget): JsonObject {
  return JSON.parse(JSON.stringify(stored));
}

export function parseForget(value: string): StoredForget {
  return JSON.parse(value);
}
