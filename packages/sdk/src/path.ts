/** Parts of a request's path, escaped. */
import { ReverieError } from './errors.ts';
import type { WireQuery } from './to-wire.ts';

/** An id is one segment of the path, whatever it holds; dots alone would leave it. */
export function segment(id: string): string {
  if (id === '' || id === '.' || id === '..') {
    throw new ReverieError('invalid_argument', `This is not an id: "${id}"`);
  }
  return encodeURIComponent(id);
}

export function search(query: WireQuery): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
