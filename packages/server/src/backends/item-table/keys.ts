/**
 * Where everything lies in the one table. A namespace is one partition key, with its tenant in it:
 * whoever speaks for another tenant has no name for its rows. Numbers are padded, so that the
 * order of the texts, which is that of their bytes, is the order of the numbers.
 */
import type { KeyHash, MemoryId, NamespaceName, TenantId } from '../../domain/memory.ts';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** One namespace of one tenant. */
export interface Space {
  readonly tenant: TenantId;
  readonly no: number;
}

const padded = (value: number, digits: number): string => `${value}`.padStart(digits, '0');
const ordinalDigits = 10;
const countDigits = 16;

export const padOrdinal = (ordinal: number): string => padded(ordinal, ordinalDigits);
export const padCount = (count: number): string => padded(count, countDigits);
export const padNo = (no: number): string => padded(no, 7);
/** Times lie within 8.64e15 ms of 1970, before it too. */
export const padTime = (ms: number): string => padded(ms + 9e15, 17);

/** The number at the end of a sort key. */
export const numberAtEnd = (sk: string): number => Number(sk.slice(sk.lastIndexOf('#') + 1));

export const partitionOf = ({ tenant, no }: Space): string => `r#${no}#${tenant}`;

/** Of what lies in the partition of a namespace. */
export const sortKeys = {
  head: 'HEAD',
  row: (ordinal: number) => `R#${padOrdinal(ordinal)}`,
  rows: 'R#',
  version: (ordinal: number, version: number) =>
    `${sortKeys.versions(ordinal)}${padOrdinal(version)}`,
  versions: (ordinal: number) => `${sortKeys.allVersions}${padOrdinal(ordinal)}#`,
  allVersions: 'V#',
  /** A part of the log, by its last change. */
  log: (seq: number) => `C#${padCount(seq)}`,
  logs: 'C#',
  ofKey: (hash: KeyHash, ordinal: number) => `${sortKeys.allOfKey(hash)}${padOrdinal(ordinal)}`,
  allOfKey: (hash: KeyHash) => `K#${hash}#`,
  fact: (hash: KeyHash, ordinal: number) => `${sortKeys.facts(hash)}${padOrdinal(ordinal)}`,
  facts: (hash: KeyHash) => `F#${hash}#`,
  thread: (hash: KeyHash) => `T#${hash}`,
  expiring: (hash: KeyHash, at: number, ordinal: number) =>
    `${sortKeys.allExpiring(hash)}${padTime(at)}#${padOrdinal(ordinal)}`,
  allExpiring: (hash: KeyHash) => `X#${hash}#`,
  ofKind: (kind: number, ordinal: number) => `${sortKeys.allOfKind(kind)}${padOrdinal(ordinal)}`,
  allOfKind: (kind: number) => `D#${kind}#`,
  waiting: (generation: number, ordinal: number) =>
    `${sortKeys.allWaiting(generation)}${padOrdinal(ordinal)}`,
  allWaiting: (generation: number) => `W#${generation}#`,
  arrival: (generation: number, arrival: number) =>
    `${sortKeys.arrivals(generation)}${padCount(arrival)}`,
  arrivals: (generation: number) => `A#${generation}#`,
  manifest: (generation: number) => `I#${generation}`,
  segment: (generation: number, no: number) =>
    `${sortKeys.segmentsOf(generation)}${padOrdinal(no)}`,
  segmentsOf: (generation: number) => `S#${generation}#`,
  segments: 'S#',
} as const;

/** Where an id is, in every namespace of its tenant. */
export const idPartition = (tenant: TenantId, id: MemoryId): string => `i#${id}#${tenant}`;
export const idKey = ({ tenant, no }: Space, id: MemoryId): Key => ({
  pk: idPartition(tenant, id),
  sk: padNo(no),
});

export const tenantPartition = (tenant: TenantId): string => `t#${tenant}`;
export const nameKey = (tenant: TenantId, name: NamespaceName): Key => ({
  pk: tenantPartition(tenant),
  sk: `N#${name}`,
});
/** Raised by every batch that may fill the tenant's last bytes, so that they come one by one. */
export const bytesGuardKey = (tenant: TenantId): Key => ({
  pk: tenantPartition(tenant),
  sk: 'BYTES',
});

export const receiptsPrefix = 'q#';
export const receiptsPartition = (tenant: TenantId, id: KeyHash): string =>
  `${receiptsPrefix}${id}#${tenant}`;
/** In each partition of receipts once: how often something was kept there. */
export const receiptsCountKey = 'COUNT';

export const controlPartition = 'control';
export const registryPartition = 'registry';
export const registryKey = (no: number): Key => ({ pk: registryPartition, sk: padNo(no) });
/** Namespaces that are searched by a generation. */
export const usersPartition = (generation: number): string => `generation#${generation}`;
/** Namespaces with rows that wait for vectors of a generation, or whose vectors are empty. */
export const tallyPartition = (tally: string): string => `tally#${tally}`;

export const storePartition = 'store';
export const schemaKey: Key = { pk: storePartition, sk: 'schema' };
/** The last number of a namespace, and the generations that some namespace was made for. */
export const countersKey: Key = { pk: storePartition, sk: 'counters' };
/** Says that the store is moved out. */
export const outgoingKey: Key = { pk: storePartition, sk: 'outgoing' };
/** Generations that nobody uses any more. */
export const closedPrefix = 'closed#';
export const closedKey = (generation: number): Key => ({
  pk: storePartition,
  sk: `${closedPrefix}${generation}`,
});

export const blobPartition = (id: string): string => `b#${id}`;
/** What is to be deleted, by time: blobs that nothing names, and partitions that are gone. */
export const garbagePartition = 'garbage';

export const nameOfKey = ({ pk, sk }: Key): string => `${pk}\n${sk}`;
