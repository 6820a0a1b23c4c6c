/** The header `If-Match`, for changes of what the client has read. */
import { MemoryError } from '../domain/errors.ts';
import type { AppContext } from './context.ts';

/** Throws invalid_request when the body and the header name two versions. */
export function expectedVersion(
  inBody: number | undefined,
  context: AppContext,
): number | undefined {
  const inHeader = ifMatch(context);
  if (inBody === undefined || inHeader === undefined || inBody === inHeader) {
    return inBody ?? inHeader;
  }
  const details = { field: 'if_version' };
  throw new MemoryError('invalid_request', 'if_version and If-Match differ.', { details });
}

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
