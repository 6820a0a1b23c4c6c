/** The head of a namespace: the one item that every write of it rests on; and its log. */
import {
  audiences,
  type MemoryId,
  type NamespaceName,
  type TenantId,
} from '../../domain/memory.ts';
import { type Change, changeOps, type NamespaceInfo } from '../../ports/records.ts';
import { encodeItem, type Item, numberIn, numberOrNull, textIn, textOrNull } from './items.ts';
import { partitionOf, sortKeys } from './keys.ts';
import { type BlobRef, labelOf, refOf, refText } from './row-codec.ts';

export interface Head {
  readonly tenant: TenantId;
  readonly no: number;
  readonly name: NamespaceName;
  readonly epoch: number;
  readonly seq: number;
  readonly eraseSeq: number;
  readonly memories: number;
  readonly generation: number;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly nextOrdinal: number;
  readonly arrivals: number;
  /** Bytes of all bodies, former ones included. */
  readonly storedBytes: number;
  /** Rows that wait for vectors, `w` and the generation, or whose vectors are empty, `e`. */
  readonly tallies: Readonly<Record<string, number>>;
  /** Raised by every write to the namespace, changes or not. */
  readonly revision: number;
  /** What is committed and still to be carried out, before anything else is. */
  readonly journal: BlobRef | null;
  /** Chunks of the journal that are carried out. */
  readonly journalDone: number;
}

export function newHead(
  place: Pick<Head, 'tenant' | 'no' | 'name' | 'generation'>,
  at: number,
): Head {
  return {
    ...place,
    epoch: 1,
    seq: 0,
    eraseSeq: 0,
    memories: 0,
    createdAt: at,
    changedAt: at,
    nextOrdinal: 1,
    arrivals: 0,
    storedBytes: 0,
    tallies: {},
    revision: 0,
    journal: null,
    journalDone: 0,
  };
}

export function encodeHead(head: Head): Item {
  const key = { pk: partitionOf(head), sk: sortKeys.head };
  return encodeItem(key, {
    tn: head.tenant,
    no: head.no,
    nm: head.name,
    ep: head.epoch,
    q: head.seq,
    eq: head.eraseSeq,
    m: head.memories,
    g: head.generation,
    c: head.createdAt,
    e: head.changedAt,
    o: head.nextOrdinal,
    av: head.arrivals,
    z: head.storedBytes,
    ta: Object.keys(head.tallies).length > 0 ? JSON.stringify(head.tallies) : null,
    r: head.revision,
    j: head.journal && refText(head.journal),
    jd: head.journal && head.journalDone,
  });
}

export function decodeHead(item: Item): Head {
  const journal = textOrNull(item, 'j');
  return {
    tenant: textIn(item, 'tn') as TenantId,
    no: numberIn(item, 'no'),
    name: textIn(item, 'nm') as NamespaceName,
    epoch: numberIn(item, 'ep'),
    seq: numberIn(item, 'q'),
    eraseSeq: numberIn(item, 'eq'),
    memories: numberIn(item, 'm'),
    generation: numberIn(item, 'g'),
    createdAt: numberIn(item, 'c'),
    changedAt: numberIn(item, 'e'),
    nextOrdinal: numberIn(item, 'o'),
    arrivals: numberIn(item, 'av'),
    storedBytes: numberIn(item, 'z'),
    tallies: JSON.parse(textOrNull(item, 'ta') ?? '{}'),
    revision: numberIn(item, 'r'),
    journal: journal === null ? null : refOf(journal),
    journalDone: numberOrNull(item, 'jd') ?? 0,
  };
}

export function infoOf(head: Head): NamespaceInfo {
  const { no, name, epoch, seq, eraseSeq, arrivals, memories, generation } = head;
  const { createdAt, changedAt } = head;
  return { no, name, epoch, seq, eraseSeq, arrivals, memories, generation, createdAt, changedAt };
}

/** Changes of one item: some hundred bytes each where they tell of an erased row. */
const changesPerItem = 1_000;

type PackedChange = readonly [number, number, number, string?, number?, number?];

/** Changes without a gap between them. */
export function encodeLog(pk: string, changes: readonly Change[]): Item[] {
  const items: Item[] = [];
  for (let at = 0; at < changes.length; at += changesPerItem) {
    const part = changes.slice(at, at + changesPerItem);
    const last = part.at(-1)?.seq ?? 0;
    const packed = part.map(({ op, ordinal, version, erased }): PackedChange => {
      const plain = [changeOps.indexOf(op), ordinal, version] as const;
      if (!erased) return plain;
      return [...plain, erased.id, audiences.indexOf(erased.audience), erased.at];
    });
    const key = { pk, sk: sortKeys.log(last) };
    items.push(encodeItem(key, { q: last - part.length + 1, d: JSON.stringify(packed) }));
  }
  return items;
}

export function decodeLog(item: Item): Change[] {
  const first = numberIn(item, 'q');
  const packed: PackedChange[] = JSON.parse(textIn(item, 'd'));
  return packed.map(([op, ordinal, version, id, audience, at], i) => {
    const change = { seq: first + i, op: labelOf(changeOps, op), ordinal, version };
    if (id === undefined || audience === undefined || at === undefined) return change;
    const erased = { id: id as MemoryId, audience: labelOf(audiences, audience), at };
    return { ...change, erased };
  });
}
