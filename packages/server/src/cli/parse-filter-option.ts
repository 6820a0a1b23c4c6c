/** Reads a filter from the command line; what it says is checked by the server. */
import type { Filter } from '@reverie/sdk';
import { InvalidArgumentError } from 'commander';

export const filterDoc = 'conditions as JSON, such as \'{"metadata.plan": "pro"}\'';

export function parseFilterOption(text: string): Filter {
  try {
    const filter: unknown = JSON.parse(text);
    if (typeof filter === 'object' && filter !== null && !Array.isArray(filter)) {
      return filter as Filter;
    }
  } catch {
    // Said below: it is no JSON, or no object.
  }
  throw new InvalidArgumentError('A JSON object is needed.');
}
