/** Checks a filter before it is sent: what JSON would silently leave out could show too much. */
import { ReverieError } from './errors.ts';
import type { Filter } from './filter-types.ts';

/** The filter as JSON values. Throws on undefined, and on numbers and dates that are none. */
export function filterToWire(filter: Filter): unknown {
  return plain(filter, 'filter');
}

function plain(value: unknown, at: string): unknown {
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? refuse(at) : value.toISOString();
  }
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) refuse(at);
  if (Array.isArray(value)) return value.map((element, i) => plain(element, `${at}[${i}]`));
  if (typeof value !== 'object' || value === null) return value;
  // Made of entries, so that a name such as __proto__ is a name like any other.
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, plain(child, `${at}.${name}`)]),
  );
}

function refuse(at: string): never {
  throw new ReverieError('invalid_argument', `${at} has no usable value.`);
}
