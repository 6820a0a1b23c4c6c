/** Who a request speaks for, and what it may do. */
import { type Access, accessOf, type Grant, type Permission } from '../domain/access.ts';
import { MemoryError } from '../domain/errors.ts';
import type { TenantId } from '../domain/memory.ts';
import type { Plan } from '../domain/plans.ts';

export interface Principal {
  readonly tenant: TenantId;
  readonly keyId: string;
  readonly grants: readonly Grant[];
  readonly isAdmin: boolean;
  readonly isOperator: boolean;
  /** Of the tenant. */
  readonly plan: Plan;
  /** SHA-256 of the root key that was presented: a reset ends what it began. */
  readonly rootDigest?: string;
}

export const rootKeyId = 'root';

/** What a route needs: a permission, a rank, or any key that is known. */
export type Need = Permission | 'admin' | 'operator' | 'key';

/** Routes about keys and the server open no namespace. */
const noAccess = accessOf([], 'read');

/** Throws permission_denied when the key can never do it, whatever the request says. */
export function accessFor(principal: Principal, need: Need): Access {
  const { grants, isAdmin, isOperator } = principal;
  if (need === 'key') return noAccess;
  if (need === 'admin' || need === 'operator') {
    if (need === 'admin' ? isAdmin : isOperator) return noAccess;
  } else if (grants.some((grant) => grant.permissions.includes(need))) {
    return accessOf(grants, need);
  }
  const details = { permission: need };
  const message = `The key has no "${need}" permission.`;
  throw new MemoryError('permission_denied', message, { details });
}
