/** Where a line stands: what its memory's identity is made of. */
import { createHash } from 'node:crypto';
import type { NamespaceName } from '../../domain/memory.ts';
import type { Identity } from '../../engine/import/imported-id.ts';

export interface LineSource {
  /** Where the memories go. */
  readonly namespace: NamespaceName;
  /** In the file, from 1. */
  readonly line: number;
  readonly bytes: Uint8Array;
  /** What the file is told apart by: given by the caller, or made of its first line. */
  readonly importId: string;
  /** Only when the caller gave it. */
  readonly givenId: string | undefined;
  /** The file's kind, and of our own exports the namespace. */
  readonly from: string;
  readonly nowMs: number;
}

/** Of a memory without an id of its own: the file, the line's number and all that it says. */
export function lineIdentity({ importId, line, bytes }: LineSource, timeMs = 0): Identity {
  const digest = createHash('sha256').update(bytes).digest('base64url');
  return { text: `line:${importId}:${line}:${digest}`, timeMs };
}

/** Of a memory that another system knows by a name. */
export function namedIdentity(
  { givenId = '' }: LineSource,
  name: readonly (string | number)[],
  timeMs = 0,
): Identity {
  return { text: `named:${givenId}:${JSON.stringify(name)}`, timeMs };
}
