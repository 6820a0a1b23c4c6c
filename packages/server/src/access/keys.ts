/** What may be done with keys and tenants, by whom. */
import { covers, fullGrants, type Grant } from '../domain/access.ts';
import { MemoryError } from '../domain/errors.ts';
import { makeId } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { TenantId } from '../domain/memory.ts';
import { freePlan, type Plan, type Plans } from '../domain/plans.ts';
import type { InTurn } from '../peers/peers.ts';
import type { Clock } from '../ports/clock.ts';
import { createTurns } from '../util/turns.ts';
import { utf8Length } from '../util/utf8.ts';
import { type ApiKey, hintOf, makeSecret, sha256 } from './api-key.ts';
import type { AuditAction, AuditLog } from './audit-log.ts';
import type { KeyBook } from './key-book.ts';
import type { Principal } from './principal.ts';
import type { Tenant, Tenants } from './tenants.ts';
import type { UsageMeter } from './usage-meter.ts';

export interface NewKey {
  readonly label: string;
  /** Absent: read, write and forget in every namespace. */
  readonly grants?: readonly Grant[];
  readonly isAdmin?: boolean;
  readonly isOperator?: boolean;
  readonly expiresAt?: number;
}

/** Without a plan it is the unlimited one. */
export interface NewTenant {
  readonly name: string;
  readonly secret?: string;
  readonly plan?: string;
}

/** Who does something, for the log. */
export type Actor = Pick<Principal, 'keyId'>;

/** The plain text of a key is shown this once. */
export interface MadeKey {
  readonly key: ApiKey;
  readonly secret: string;
}

export interface MadeTenant extends MadeKey {
  readonly tenant: Tenant;
}

export interface KeysParts {
  readonly book: KeyBook;
  readonly tenants: Tenants;
  readonly plans: Plans;
  readonly usage: UsageMeter;
  readonly log: AuditLog;
  readonly clock: Clock;
  /** Resolves when no server of the store answers without what was changed. */
  readonly settle: () => Promise<void>;
  /** Counting and making is one thing, whichever servers are asked at once. */
  readonly inTurn: InTurn;
}

const importsTurn = 'key-imports';
const turnOf = (tenant: TenantId): string => `keys/${tenant}`;

const defaultGrants: readonly Grant[] = [
  { permissions: ['read', 'write', 'forget', 'dream'], namespaces: ['*'] },
];

/** Who asks was found to be an admin, or an operator where a tenant is named, before. */
export class Keys {
  readonly #parts: KeysParts;

  constructor(parts: KeysParts) {
    this.#parts = parts;
  }

  /** Those that may do no more than the one that asks, behind the id `after`, in their order. */
  async list(
    principal: Principal,
    { limit, after = '' }: { readonly limit: number; readonly after?: string },
  ): Promise<ApiKey[]> {
    const turns = createTurns(principal.tenant);
    const keys: ApiKey[] = [];
    for (const key of this.#parts.book.list(principal.tenant)) {
      if (keys.length === limit) break;
      if (key.id > after && isWithin(principal, key)) keys.push(key);
      if (turns.due()) await turns.next();
    }
    return keys;
  }

  /**
   * Throws permission_denied for a key that may do more than the one that makes it, and
   * too_many_keys.
   */
  async create(principal: Principal, wanted: NewKey): Promise<MadeKey> {
    const { grants = defaultGrants, isAdmin = false, isOperator = false } = wanted;
    checkSize(grants);
    if (!isWithin(principal, { grants, isAdmin, isOperator })) {
      throw new MemoryError('permission_denied', 'A key cannot make one that may do more.');
    }
    const { book, clock } = this.#parts;
    const { tenant, plan } = principal;
    const secret = makeSecret(clock);
    const most = Math.min(limits.keysPerTenantMax, plan.keys ?? limits.keysPerTenantMax);
    const add = () => this.#add(principal, tenant, secret, wanted, 'key.created');
    return this.#parts.inTurn(
      turnOf(tenant),
      () => book.claim(tenant, sha256(secret), add, most),
      ({ key }) => this.#takeBack(principal, key),
    );
  }

  /**
   * Another secret for the same key; the former one works for `graceMs` more. Throws key_expired,
   * and key_not_found for one that is being revoked: nobody gets a secret that opens nothing.
   */
  async rotate(principal: Principal, id: string, graceMs = 0): Promise<MadeKey> {
    const { book, clock } = this.#parts;
    const before = this.#find(principal, id);
    const { former: _, ...key } = before;
    const now = clock.now();
    if (before.expiresAt !== undefined && before.expiresAt <= now) {
      throw new MemoryError('key_expired');
    }
    if (!book.isOpen(key.tenant, id)) throw new MemoryError('key_not_found');
    const secret = makeSecret(clock);
    const rotated: ApiKey = {
      ...key,
      ...{ sha256: sha256(secret), hint: hintOf(secret), rotatedAt: now },
      ...(graceMs > 0 && { former: { sha256: key.sha256, until: now + graceMs } }),
    };
    await this.#note(principal, key.tenant, 'key.rotated', id);
    await book.replace(before, rotated);
    await this.#parts.settle();
    return { key: rotated, secret };
  }

  /** When it resolves, it opens nothing any more, on whichever server it is presented. */
  async revoke(principal: Principal, id: string): Promise<void> {
    const { book, settle } = this.#parts;
    this.#find(principal, id);
    await book.remove(principal.tenant, id);
    await settle();
    await this.#note(principal, principal.tenant, 'key.revoked', id);
  }

  tenants(): Tenant[] {
    return this.#parts.tenants.list();
  }

  /** Throws tenant_not_found. */
  tenant(id: string): Tenant {
    return this.#parts.tenants.get(id);
  }

  /**
   * A tenant with its first key, an admin's. `secret`: a key that clients have already, of another
   * system perhaps; it gets a tenant of its own. Throws invalid_request for one that is too short
   * or in use, and for a plan that is not known.
   */
  async createTenant(
    actor: Actor,
    { name, secret, plan }: NewTenant,
    told: AuditAction = 'tenant.created',
  ): Promise<MadeTenant> {
    if (secret !== undefined) checkForeign(secret);
    const { book, tenants, plans, clock } = this.#parts;
    if (plan !== undefined) plans.need(plan);
    const now = clock.now();
    const id = makeId('tnt', now, clock.randomBytes(10)) as TenantId;
    const tenant: Tenant = { id, name, createdAt: now, ...(plan !== undefined && { plan }) };
    const first = { label: name, grants: fullGrants, isAdmin: true };
    const action = secret === undefined ? 'key.created' : 'key.imported';
    const own = secret ?? makeSecret(clock);
    const make = () =>
      book.claim(id, sha256(own), async () => {
        await this.#note(actor, id, told, id);
        await tenants.put(tenant);
        return { tenant, ...(await this.#add(actor, id, own, first, action)) };
      });
    // A key that is made is like no other; one that is brought may be brought twice.
    if (secret === undefined) return make();
    return this.#parts.inTurn(importsTurn, make, async ({ key }) => {
      await this.#takeBack(actor, key);
      await tenants.remove(id);
    });
  }

  /** It was one too many, and nobody was told of it. */
  async #takeBack(actor: Actor, { tenant, id }: ApiKey): Promise<void> {
    await this.#parts.book.remove(tenant, id);
    await this.#note(actor, tenant, 'key.revoked', id);
  }

  /** A tenant on the free plan, for somebody who has no key. Never an operator. */
  async signUp(name: string): Promise<MadeTenant & { readonly plan: Plan }> {
    const wanted = { name, plan: freePlan };
    const made = await this.createTenant({ keyId: 'signup' }, wanted, 'tenant.signed_up');
    return { ...made, plan: this.planOf(made.tenant.id) };
  }

  planOf(tenant: TenantId): Plan {
    return this.#parts.tenants.planOf(tenant);
  }

  /** Throws tenant_not_found, and invalid_request for a plan that is not known. */
  async setPlan(actor: Actor, id: string, plan: string): Promise<Tenant> {
    const { tenants, plans } = this.#parts;
    const tenant = tenants.get(id);
    plans.need(plan);
    // Sent again, it is answered when it holds on every server, as the first time.
    if (tenants.planOf(tenant.id).name === plan) {
      await this.#parts.settle();
      return tenant;
    }
    const changed = { ...tenant, plan };
    await this.#note(actor, tenant.id, 'tenant.plan_changed', id);
    await tenants.put(changed, tenant);
    await this.#parts.settle();
    return changed;
  }

  async suspend(principal: Principal, id: string, isSuspended: boolean): Promise<Tenant> {
    const { tenants, clock } = this.#parts;
    const before = tenants.get(id);
    const { suspendedAt, ...tenant } = before;
    if ((suspendedAt !== undefined) === isSuspended) {
      await this.#parts.settle();
      return before;
    }
    const changed = { ...tenant, ...(isSuspended && { suspendedAt: clock.now() }) };
    if (!isSuspended) await this.#note(principal, tenant.id, 'tenant.resumed', id);
    await tenants.put(changed, before);
    await this.#parts.settle();
    if (isSuspended) await this.#note(principal, tenant.id, 'tenant.suspended', id);
    return changed;
  }

  /** The tenant's name, keys and log; its memories have been forgotten before. */
  async removeTenant(principal: Principal, id: string): Promise<void> {
    const { tenants, book, log, usage } = this.#parts;
    const tenant = tenants.get(id);
    await Promise.all(book.list(tenant.id).map((key) => book.remove(tenant.id, key.id)));
    await log.removeAll(tenant.id);
    await usage.removeAll(tenant.id);
    await tenants.remove(tenant.id);
    await this.#parts.settle();
    await this.#note(principal, principal.tenant, 'tenant.deleted', id);
  }

  async #add(
    actor: Actor,
    tenant: TenantId,
    secret: string,
    { label, grants = defaultGrants, isAdmin = false, isOperator = false, expiresAt }: NewKey,
    action: AuditAction,
  ): Promise<MadeKey> {
    const { book, clock } = this.#parts;
    const now = clock.now();
    const key: ApiKey = {
      id: makeId('key', now, clock.randomBytes(10)),
      ...{ tenant, label, grants, isAdmin, isOperator },
      ...{ hint: hintOf(secret), sha256: sha256(secret) },
      ...{ createdAt: now, createdBy: actor.keyId },
      ...(expiresAt !== undefined && { expiresAt }),
    };
    await this.#note(actor, tenant, action, key.id);
    await book.add(key);
    return { key, secret };
  }

  /**
   * Throws key_not_found for one that may do more too: an admin with few grants must not take it
   * over by giving it another secret.
   */
  #find(principal: Principal, id: string): ApiKey {
    const key = this.#parts.book.get(principal.tenant, id);
    if (!isWithin(principal, key)) throw new MemoryError('key_not_found');
    return key;
  }

  /** Before what lets somebody in, so that the log misses none; after what shuts somebody out. */
  #note({ keyId: actor }: Actor, tenant: TenantId, action: AuditAction, target: string) {
    return this.#parts.log.add(tenant, { actor, action, target });
  }
}

/** Whether a key may do no more than the principal. */
function isWithin(
  principal: Principal,
  { grants, isAdmin, isOperator }: Pick<ApiKey, 'grants' | 'isAdmin' | 'isOperator'>,
): boolean {
  if (isAdmin && !principal.isAdmin) return false;
  if (isOperator && !principal.isOperator) return false;
  return covers(principal.grants, grants);
}

/** What many keys of many namespaces weigh is held by the server, and not by who makes them. */
function checkSize(grants: readonly Grant[]): void {
  const count = grants.reduce((sum, { namespaces }) => sum + namespaces.length, 0);
  const { grantNamespacesMax: countMax, grantBytesMax: bytesMax } = limits;
  if (count <= countMax && utf8Length(JSON.stringify(grants)) <= bytesMax) return;
  const message =
    `The grants of a key have at most ${countMax} namespaces and ${bytesMax} bytes; ` +
    'name many at once with "*".';
  throw new MemoryError('invalid_request', message, { details: { field: 'grants' } });
}

function checkForeign(secret: string): void {
  const { keyCharsMin: min, keyCharsMax: max } = limits;
  const isPlain = /^[\x21-\x7e]+$/.test(secret);
  if (isPlain && secret.length >= min && secret.length <= max) return;
  const message = `A key has ${min} to ${max} visible characters.`;
  throw new MemoryError('invalid_request', message, { details: { field: 'key' } });
}
