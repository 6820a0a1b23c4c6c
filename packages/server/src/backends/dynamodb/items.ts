/** Items of the table as plain values: the only place that knows DynamoDB's form of a value. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { invariant } from '../../util/invariant.ts';
import type { Key } from './keys.ts';

export type Item = Record<string, AttributeValue>;

/** Null and undefined are left out. */
export type Plain = Readonly<
  Record<string, string | number | boolean | Uint8Array | null | undefined>
>;

export function encodeItem({ pk, sk }: Key, values: Plain): Item {
  const item: Item = { pk: { S: pk }, sk: { S: sk } };
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined) continue;
    item[name] = encodeValue(value);
  }
  return item;
}

export function encodeValue(value: string | number | boolean | Uint8Array): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: `${value}` };
  // Copied, since a caller may go on to use its buffer.
  return typeof value === 'boolean' ? { BOOL: value } : { B: Uint8Array.from(value) };
}

export const encodeKey = ({ pk, sk }: Key): Item => ({ pk: { S: pk }, sk: { S: sk } });

export function keyOf(item: Item): Key {
  return { pk: textIn(item, 'pk'), sk: textIn(item, 'sk') };
}

export const textOrNull = (item: Item, name: string): string | null => item[name]?.S ?? null;

export function textIn(item: Item, name: string): string {
  const text = textOrNull(item, name);
  invariant(text !== null, `an item without the text ${name}`);
  return text;
}

export function numberOrNull(item: Item, name: string): number | null {
  const text = item[name]?.N;
  return text === undefined ? null : Number(text);
}

export function numberIn(item: Item, name: string): number {
  const number = numberOrNull(item, name);
  invariant(number !== null, `an item without the number ${name}`);
  return number;
}

export const isSet = (item: Item, name: string): boolean => item[name]?.BOOL === true;

/** In a buffer of its own size. */
export function bytesOrNull(item: Item, name: string): Uint8Array | null {
  const bytes = item[name]?.B;
  return bytes === undefined ? null : Uint8Array.from(bytes);
}

/** As DynamoDB counts it: names, and values in UTF-8; numbers are rounded up. */
export function bytesOf(item: Item): number {
  let total = 0;
  for (const [name, value] of Object.entries(item)) total += name.length + sizeOf(value);
  return total;
}

function sizeOf({ S: text, N: number, B: bytes }: AttributeValue): number {
  if (text !== undefined) return Buffer.byteLength(text);
  if (bytes !== undefined) return bytes.byteLength;
  return number === undefined ? 1 : number.length + 1;
}

/** As JSON, for a journal; bytes are in base64. */
export function itemToJson(item: Item): object {
  const entries = Object.entries(item).map(([name, value]) => [
    name,
    value.B === undefined ? value : { B: Buffer.from(value.B).toString('base64') },
  ]);
  return Object.fromEntries(entries);
}

export function itemFromJson(json: Record<string, { readonly B?: string }>): Item {
  const entries = Object.entries(json).map(([name, value]) => [
    name,
    value.B === undefined ? value : { B: Uint8Array.from(Buffer.from(value.B, 'base64')) },
  ]);
  return Object.fromEntries(entries);
}

export const numbersIn = (item: Item, name: string): number[] => (item[name]?.NS ?? []).map(Number);
