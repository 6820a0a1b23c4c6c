/** The header `If-Match`, for changes of what the client has read. */
import { MemoryError } from '../domain/errors.ts';
import type { AppContext } from './context.ts';

/** `If-Match: "3"`. Throws invalid_request when it is anything but a version. */
export function ifMatch(context: AppContext): number | undefined {
  const header = context.req.header('if-match');
  if (header === undefined) return undefined;
  const version = /^"?(\d{1,10})"?$/.exec(header.trim())?.[1];
  if (version === undefined) {
    const details = { field: 'If-Match' };
    throw new MemoryError('invalid_request', 'If-Match must be a version.', { details });
  }
  return Number(version);
}
