/** Takes values out of an answer, by type and name. */
import { ReverieError } from './errors.ts';
import type { JsonObject, JsonValue } from './json-types.ts';

export function objectFrom(value: unknown, what: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw new ReverieError('invalid_response', `The answer holds no ${what}.`);
}

export function results(raw: JsonObject): JsonObject[] {
  if (Array.isArray(raw.results)) return raw.results.filter(isObject);
  throw new ReverieError('invalid_response', 'The answer holds no results.');
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function list(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

export function objects(value: JsonValue | undefined): JsonObject[] {
  return list(value).filter(isObject);
}

export function texts(value: JsonValue | undefined): string[] {
  return list(value).filter((item) => typeof item === 'string');
}

export function text(raw: JsonObject, name: string): string {
  const value = raw[name];
  if (typeof value === 'string') return value;
  throw new ReverieError('invalid_response', `The answer holds no ${name}.`);
}

export function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

export function count(value: JsonValue | undefined, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

export function countOrNull(value: JsonValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
