/** Items as documents, and what finds them: the only place that knows how they lie there. */
import type { Document } from 'mongodb';
import type { Filter, Query, Still } from '../item-table/item-table.ts';
import type { Item, Value } from '../item-table/items.ts';
import type { Key } from '../item-table/keys.ts';

/** Partition and sort key are one text, the `_id`: so the one index that there is finds all. */
export interface StoredItem {
  readonly _id: string;
  readonly [name: string]: unknown;
}

/** What a check writes, so that nobody else changes the document; no part of the item. */
export const heldField = '_held';
/** MongoDB deletes by a date. */
export const ttlField = 'ttl';

export function idOf({ pk, sk }: Key): string {
  return `${partitionText(pk)}\n${sk}`;
}

/** A caller may ask for any text; one with a line break names no partition, and must hit none. */
const partitionText = (pk: string): string => (pk.includes('\n') ? JSON.stringify(pk) : pk);

export function toDocument(item: Item): StoredItem {
  const document: Record<string, unknown> & { _id: string } = { _id: '' };
  let key: Key = { pk: '', sk: '' };
  for (const [name, value] of Object.entries(item)) {
    if (name === 'pk' || name === 'sk') key = { ...key, [name]: value };
    else document[name] = toStored(name, value);
  }
  document._id = idOf(key);
  return document;
}

function toStored(name: string, value: Value): unknown {
  if (value instanceof Set) return [...value];
  return name === ttlField && typeof value === 'number' ? new Date(value * 1000) : value;
}

export function toItem({ _id, ...fields }: StoredItem): Item {
  const at = _id.indexOf('\n');
  const item: Record<string, Value> = { pk: _id.slice(0, at), sk: _id.slice(at + 1) };
  for (const [name, stored] of Object.entries(fields)) {
    const value = fromStored(stored);
    if (value !== undefined && name !== heldField) item[name] = value;
  }
  return item;
}

function fromStored(stored: unknown): Value | undefined {
  if (typeof stored === 'string' || typeof stored === 'number') return stored;
  if (typeof stored === 'boolean' || stored instanceof Uint8Array) return stored;
  if (stored instanceof Date) return Math.round(stored.getTime() / 1000);
  if (Array.isArray(stored)) return new Set(stored.map(Number));
  return undefined;
}

/** The document of a key, as long as it is so. */
export function whileStill(key: Key, { equals, lacks = [] }: Still): StoredItem {
  return { ...matching({ equals, lacks }), _id: idOf(key) };
}

/** Several words about one field are all to hold. */
export function matching(filter: Filter): Document {
  const { equals = {}, differs = {}, has = [], lacks = [], aboveOrNone = {} } = filter;
  const asked: Record<string, Document> = {};
  const ask = (name: string, words: Document) => {
    asked[name] = { ...asked[name], ...words };
  };
  for (const [name, value] of Object.entries(equals)) ask(name, { $eq: value });
  for (const [name, value] of Object.entries(differs)) ask(name, { $ne: value });
  for (const [name, value] of Object.entries(aboveOrNone)) ask(name, { $not: { $lte: value } });
  for (const name of has) ask(name, { $exists: true });
  for (const name of lacks) ask(name, { $exists: false });
  return asked;
}

/** All that a query is about, behind one `_id`. Texts are compared by their bytes, in UTF-8. */
export function found(query: Query, after?: string): Document {
  const { pk, prefix, from, to, order, filter = {} } = query;
  const start = `${partitionText(pk)}\n`;
  const $gte = start + (prefix ?? from ?? '');
  const isBounded = prefix === undefined && from !== undefined && to !== undefined;
  const end = isBounded
    ? { $lte: start + to }
    : { $lt: textAfter(prefix === undefined ? start : $gte) };
  const rest = after === undefined ? {} : order === 'desc' ? { $lt: after } : { $gt: after };
  return { ...matching(filter), _id: { $gte, ...end, ...rest } };
}

/** The first text behind all that begin so; there is a line break in them, so there is one. */
export function textAfter(prefix: string): string {
  const points = [...prefix];
  for (;;) {
    const last = points.pop()?.codePointAt(0) ?? 0;
    if (last === 0x10ffff) continue;
    // The halves of a pair are no characters.
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    return points.join('') + String.fromCodePoint(next);
  }
}
