/** What a key may do, and where: grants of permissions in namespaces named by patterns. */
import { MemoryError } from './errors.ts';
import type { NamespaceName } from './memory.ts';

/**
 * `read`: search, list, get, context, history, export, audit. `write`: store, update, archive,
 * import, snapshots. `forget`: erase. `dream`: with `read`, consolidate and undo it. `system`: with
 * `write`, memories for the `system` audience.
 */
export const permissions = ['read', 'write', 'forget', 'dream', 'system'] as const;
export type Permission = (typeof permissions)[number];

export interface Grant {
  readonly permissions: readonly Permission[];
  /** Names, in which `*` stands for any characters, also none. */
  readonly namespaces: readonly string[];
}

/** Everything that can be granted. */
export const fullGrants: readonly Grant[] = [{ permissions, namespaces: ['*'] }];

/** What one request may touch: decided once, and asked wherever a namespace is opened. */
export interface Access {
  /** What is asked for. */
  readonly permission: Permission;
  /** True where nothing has to be asked for: every namespace and every audience is allowed. */
  readonly isFull: boolean;
  allows(namespace: NamespaceName): boolean;
  /** Whether memories may be shown there: who may only write learns ids and versions. */
  allowsRead(namespace: NamespaceName): boolean;
  /** Whether memories for the `system` audience may be written. */
  allowsSystem(namespace: NamespaceName): boolean;
}

/** Of the server itself and its operator. */
export const fullAccess: Access = accessOf(fullGrants, 'write');

/** What the grants let a request do that needs the permission. */
export function accessOf(grants: readonly Grant[], permission: Permission): Access {
  const patterns = patternsOf(grants, permission);
  const readPatterns = patternsOf(grants, 'read');
  const systemPatterns = patternsOf(grants, 'system');
  const besides = {
    ...{ read: [], forget: [], system: [] },
    ...{ write: [systemPatterns], dream: [readPatterns] },
  }[permission];
  return {
    permission,
    isFull: patterns.includes('*') && besides.every((own) => own.includes('*')),
    allows: (namespace) => patterns.some((pattern) => matches(pattern, namespace)),
    allowsRead: (namespace) => readPatterns.some((pattern) => matches(pattern, namespace)),
    allowsSystem: (namespace) => systemPatterns.some((pattern) => matches(pattern, namespace)),
  };
}

/** Throws permission_denied; what it says depends on names alone, never on what is stored. */
export function requireNamespace(access: Access, namespace: NamespaceName): void {
  if (access.isFull || access.allows(namespace)) return;
  throw denied(access.permission, namespace);
}

/** Throws permission_denied where memories may not be shown, whatever else is allowed there. */
export function requireRead(access: Access, namespace: NamespaceName): void {
  if (access.isFull || access.allowsRead(namespace)) return;
  throw denied('read', namespace);
}

/** Throws permission_denied for a memory that the application itself speaks through. */
export function requireAudience(access: Access, namespace: NamespaceName, audience: string): void {
  if (audience !== 'system' || access.allowsSystem(namespace)) return;
  throw denied('system', namespace);
}

function denied(permission: Permission, namespace: NamespaceName): MemoryError {
  const details = { permission, namespace };
  const message = `The key has no "${permission}" permission in this namespace.`;
  return new MemoryError('permission_denied', message, { details });
}

/** Whether everything that `wanted` grants is granted already: no key makes a stronger one. */
export function covers(grants: readonly Grant[], wanted: readonly Grant[]): boolean {
  return wanted.every((grant) =>
    grant.permissions.every((permission) => {
      const own = patternsOf(grants, permission);
      return grant.namespaces.every((pattern) => own.some((one) => includes(one, pattern)));
    }),
  );
}

/** Whether one pattern surely names all that the other names. */
function includes(pattern: string, other: string): boolean {
  return pattern === '*' || pattern === other || (!other.includes('*') && matches(pattern, other));
}

function patternsOf(grants: readonly Grant[], permission: Permission): string[] {
  return grants
    .filter((grant) => grant.permissions.includes(permission))
    .flatMap(({ namespaces }) => namespaces);
}

/** Without regular expressions: a pattern of many stars must not take exponential time. */
function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (name.length < first.length + last.length) return false;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
