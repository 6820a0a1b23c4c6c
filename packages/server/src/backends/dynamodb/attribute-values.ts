/** Items and conditions in DynamoDB's own form: the only place that knows it. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Condition, Filter } from '../item-table/item-table.ts';
import type { Item, Value } from '../item-table/items.ts';
import type { Key } from '../item-table/keys.ts';

export type Attributes = Record<string, AttributeValue>;

export function toAttributes(item: Item): Attributes {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, toAttribute(value)]),
  );
}

export function toAttribute(value: Value): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: `${value}` };
  if (typeof value === 'boolean') return { BOOL: value };
  return value instanceof Uint8Array ? { B: value } : { NS: [...value].map((one) => `${one}`) };
}

export const keyAttributes = ({ pk, sk }: Key): Attributes => ({ pk: { S: pk }, sk: { S: sk } });

/** By which a write knows what it has written itself; no part of the item. */
export const tokenName = '_w';

export function fromAttributes({ [tokenName]: _, ...attributes }: Attributes): Item {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, fromAttribute(value)]),
  );
}

function fromAttribute({ S: text, N: number, B: bytes, BOOL, NS: set }: AttributeValue): Value {
  if (bytes !== undefined) return bytes;
  if (number !== undefined) return Number(number);
  return text ?? (set ? new Set(set.map(Number)) : BOOL === true);
}

/** Nothing where nothing is asked for. */
export const conditionInput = (condition: Condition | undefined) =>
  condition === undefined ? {} : expressionInput(condition);

export function expressionInput(condition: Condition) {
  if (condition === 'new') return { ConditionExpression: 'attribute_not_exists(pk)' };
  const { equals } = condition;
  // What equals something is there.
  const has = Object.keys(equals).length === 0 ? ['pk'] : [];
  const { holds, values } = expressionOf({ ...condition, has });
  return {
    ConditionExpression: holds,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

/** All that a filter asks for, and what the words with a colon stand for. */
export function expressionOf(filter: Filter): { holds: string; values: Attributes } {
  const { equals = {}, differs = {}, has = [], lacks = [], aboveOrNone = {} } = filter;
  const values: Attributes = {};
  const named = (name: string, value: string | number): string => {
    values[`:${name}`] = toAttribute(value);
    return `:${name}`;
  };
  const holds = [
    ...Object.entries(equals).map(([name, value]) => `${name} = ${named(name, value)}`),
    ...Object.entries(differs).map(([name, value]) => `${name} <> ${named(name, value)}`),
    ...has.map((name) => `attribute_exists(${name})`),
    ...lacks.map((name) => `attribute_not_exists(${name})`),
    ...Object.entries(aboveOrNone).map(
      ([name, value]) => `(attribute_not_exists(${name}) OR ${name} > ${named(name, value)})`,
    ),
  ];
  return { holds: holds.join(' AND '), values };
}
