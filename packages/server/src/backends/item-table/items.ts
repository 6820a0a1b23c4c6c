/** Items of a table as plain values. */
import { invariant } from '../../util/invariant.ts';
import type { Key } from './keys.ts';

/** A set of numbers is only ever added to. */
export type Value = string | number | boolean | Uint8Array | ReadonlySet<number>;
/** With its key, `pk` and `sk`. */
export type Item = Readonly<Record<string, Value>>;

/** Null and undefined are left out. */
export type Plain = Readonly<
  Record<string, string | number | boolean | Uint8Array | null | undefined>
>;

export function encodeItem({ pk, sk }: Key, values: Plain): Item {
  const item: Record<string, Value> = { pk, sk };
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined) continue;
    // Copied, since a caller may go on to use its buffer.
    item[name] = value instanceof Uint8Array ? Uint8Array.from(value) : value;
  }
  return item;
}

export function keyOf(item: Item): Key {
  return { pk: textIn(item, 'pk'), sk: textIn(item, 'sk') };
}

export function textOrNull(item: Item, name: string): string | null {
  const value = item[name];
  return typeof value === 'string' ? value : null;
}

export function textIn(item: Item, name: string): string {
  const text = textOrNull(item, name);
  invariant(text !== null, `an item without the text ${name}`);
  return text;
}

export function numberOrNull(item: Item, name: string): number | null {
  const value = item[name];
  return typeof value === 'number' ? value : null;
}

export function numberIn(item: Item, name: string): number {
  const number = numberOrNull(item, name);
  invariant(number !== null, `an item without the number ${name}`);
  return number;
}

export const isSet = (item: Item, name: string): boolean => item[name] === true;

/** In a buffer of its own size. */
export function bytesOrNull(item: Item, name: string): Uint8Array | null {
  const value = item[name];
  return value instanceof Uint8Array ? Uint8Array.from(value) : null;
}

export function numbersIn(item: Item, name: string): number[] {
  const value = item[name];
  return value instanceof Set ? [...value] : [];
}

/** As DynamoDB counts it: names, and values in UTF-8; numbers are rounded up. */
export function bytesOf(item: Item): number {
  let total = 0;
  for (const [name, value] of Object.entries(item)) total += name.length + sizeOf(value);
  return total;
}

function sizeOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.byteLength;
  return typeof value === 'number' ? `${value}`.length + 1 : 1;
}

/** A value as JSON, in the form of DynamoDB's own; bytes are in base64. */
interface JsonValue {
  readonly S?: string;
  readonly N?: string;
  readonly B?: string;
  readonly BOOL?: boolean;
}
export type JsonItem = Readonly<Record<string, JsonValue>>;

/** For a journal, in which there are no sets. */
export function itemToJson(item: Item): JsonItem {
  const entries = Object.entries(item).map(([name, value]) => [name, toJson(value)]);
  return Object.fromEntries(entries);
}

function toJson(value: Value): JsonValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: `${value}` };
  if (typeof value === 'boolean') return { BOOL: value };
  invariant(value instanceof Uint8Array, 'a journal has no sets');
  return { B: Buffer.from(value).toString('base64') };
}

export function itemFromJson(json: JsonItem): Item {
  const entries = Object.entries(json).map(([name, { S: text, N: number, B: bytes, BOOL }]) => {
    if (bytes !== undefined) return [name, Uint8Array.from(Buffer.from(bytes, 'base64'))];
    return [name, text ?? (number === undefined ? BOOL === true : Number(number))];
  });
  return Object.fromEntries(entries);
}
