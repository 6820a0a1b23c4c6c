/** Items that are there to find a row by: made of the row alone, so they are never told apart. */
import { type KeyHash, kinds, type MemoryColumns } from '../../domain/memory.ts';
import type { PlainWrite } from './item-table.ts';
import { encodeItem, type Item, type Plain } from './items.ts';
import { idKey, type Key, nameOfKey, partitionOf, type Space, sortKeys } from './keys.ts';
import { lengthOf, type StoredRow } from './row-codec.ts';

interface Lookup {
  readonly key: Key;
  readonly values: Plain;
}

/** The key of the thread of which a row is a turn, expired or not. */
export function threadOf({ keyHash, kind, archived, supersededAt }: MemoryColumns): KeyHash | null {
  return kind === 'episode' && !archived && supersededAt === null ? keyHash : null;
}

/** The key of which a row is a fact that was not replaced, expired or not. */
export function factKeyOf({
  keyHash,
  kind,
  archived,
  supersededAt,
}: MemoryColumns): KeyHash | null {
  return kind === 'fact' && !archived && supersededAt === null ? keyHash : null;
}

/** Names under which a row is counted: it waits for a vector, or its vectors are empty. */
export function talliesOf(row: StoredRow | null): string[] {
  return [...(row?.vectors ?? [])].flatMap(([generation, { vectors }]) => {
    if (vectors === null) return [`w${generation}`];
    return lengthOf(vectors) === 0 ? [`e${generation}`] : [];
  });
}

/** What is to be written so that a row that was `before` is found as it is `after`. */
export function lookupWrites(
  space: Space,
  before: StoredRow | null,
  after: StoredRow | null,
): PlainWrite[] {
  const old = new Map((before ? lookupsOf(space, before) : []).map((one) => [nameOf(one), one]));
  const writes: PlainWrite[] = [];
  for (const one of after ? lookupsOf(space, after) : []) {
    const known = old.get(nameOf(one));
    old.delete(nameOf(one));
    const isSame = known && JSON.stringify(known.values) === JSON.stringify(one.values);
    if (!isSame) writes.push({ put: encode(one) });
  }
  return [...writes, ...[...old.values()].map(({ key }) => ({ delete: key }))];
}

const nameOf = ({ key }: Lookup): string => nameOfKey(key);
const encode = ({ key, values }: Lookup): Item => encodeItem(key, values);

function lookupsOf(space: Space, { columns, ordinal, vectors }: StoredRow): Lookup[] {
  const { id, keyHash, kind, version, expiresAt } = columns;
  const pk = partitionOf(space);
  const at = (sk: string, values: Plain = {}): Lookup => ({ key: { pk, sk }, values });
  const found: Lookup[] = [{ key: idKey(space, id), values: { o: ordinal } }];
  const { archived, supersededAt: s, trust } = columns;
  const life = { x: expiresAt, a: archived || null, s, t: trust === 'quarantined' ? 1 : null };
  if (kind !== 'episode') found.push(at(sortKeys.ofKind(kinds.indexOf(kind), ordinal), life));
  if (keyHash !== null) {
    const values = { v: version, k: kinds.indexOf(kind), ...life };
    found.push(at(sortKeys.ofKey(keyHash, ordinal), values));
  }
  const factKey = factKeyOf(columns);
  if (factKey !== null) {
    found.push(at(sortKeys.fact(factKey, ordinal), { v: version, x: expiresAt }));
  }
  const thread = threadOf(columns);
  if (thread !== null && expiresAt !== null) {
    found.push(at(sortKeys.expiring(thread, expiresAt, ordinal)));
  }
  for (const [generation, { vectors: made, arrival }] of vectors) {
    if (made === null) found.push(at(sortKeys.waiting(generation, ordinal)));
    if (arrival !== null) found.push(at(sortKeys.arrival(generation, arrival), { o: ordinal }));
  }
  return found;
}
