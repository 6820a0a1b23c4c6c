/** The audit log of a tenant: who did what to keys, and to many memories at once, and when. */
import { makeId } from '../domain/ids.ts';
import type { TenantId } from '../domain/memory.ts';
import type { Clock } from '../ports/clock.ts';
import type { ControlPort } from '../ports/control.ts';

export const auditActions = [
  'key.created',
  'key.imported',
  'key.rotated',
  'key.revoked',
  'tenant.created',
  'tenant.suspended',
  'tenant.resumed',
  'tenant.plan_changed',
  'tenant.signed_up',
  'tenant.deleted',
  'namespace.exported',
  'namespace.imported',
  'namespace.restored',
  'namespace.forgotten',
  'memories.forgotten',
  'dream.applied',
  'dream.undone',
  'webhook.created',
  'webhook.enabled',
  'webhook.disabled',
  'webhook.rotated',
  'webhook.deleted',
  'embeddings.changed',
  'store.backed_up',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** Holds no content and no name of a namespace: it outlives what is forgotten. */
export interface AuditEvent {
  readonly id: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly action: AuditAction;
  /** Id of the key that did it; `root` for the root key. */
  readonly actor: string;
  /** Id of what it was done to: a key, a tenant, a receipt, a snapshot, a dream. */
  readonly target?: string;
}

type NewEvent = Pick<AuditEvent, 'actor' | 'action' | 'target'>;

/** Documents that are removed together, in one commit or a few. */
const removedAtOnce = 256;

const prefixOf = (tenant: TenantId): string => `audit-log/${tenant}/`;

export class AuditLog {
  readonly #control: ControlPort;
  readonly #clock: Clock;
  #idMs = 0;

  constructor(control: ControlPort, clock: Clock) {
    this.#control = control;
    this.#clock = clock;
  }

  /** Durable when it resolves. */
  async add(tenant: TenantId, event: NewEvent): Promise<void> {
    const at = this.#clock.now();
    // Ids are the order of the log: of two in one millisecond the second comes second.
    this.#idMs = Math.max(at, this.#idMs + 1);
    const id = makeId('evt', this.#idMs, this.#clock.randomBytes(10));
    await this.#put(tenant, { id, at, ...event });
  }

  /** However often it is told of the target: a request that is sent again does nothing again. */
  async addOnce(tenant: TenantId, event: NewEvent & { readonly target: string }): Promise<void> {
    const id = event.target.replace(/^[a-z]+_/, 'evt_');
    await this.#put(tenant, { id, at: this.#clock.now(), ...event });
  }

  async #put(tenant: TenantId, { id, at, actor, action, target }: AuditEvent): Promise<void> {
    const event: AuditEvent = { id, at, action, actor, ...(target !== undefined && { target }) };
    await this.#control.putIfVersion(prefixOf(tenant) + id, JSON.stringify(event), 0);
  }

  /** Newest first; `before` is the id of the last event of the page before. */
  async list(
    tenant: TenantId,
    { limit, before }: { readonly limit: number; readonly before?: string },
  ): Promise<AuditEvent[]> {
    const prefix = prefixOf(tenant);
    const page = { limit, ...(before !== undefined && { before: prefix + before }) };
    const documents = await this.#control.list(prefix, page);
    return documents.map(({ value }) => JSON.parse(value));
  }

  /** With the tenant. */
  async removeAll(tenant: TenantId): Promise<void> {
    while ((await this.#removeSome(tenant, {})) > 0);
  }

  /**
   * Some of the events before a time, in milliseconds since 1970 UTC: few enough that others write
   * in between. Tells how many went; 0 when none is left.
   */
  removeSomeBefore(tenant: TenantId, timeMs: number): Promise<number> {
    // Ids begin with their time, and this is the first that one of that time can have.
    const first = makeId('evt', Math.max(0, timeMs), new Uint8Array(10));
    return this.#removeSome(tenant, { before: prefixOf(tenant) + first });
  }

  async #removeSome(tenant: TenantId, page: { readonly before?: string }): Promise<number> {
    const some = { ...page, limit: removedAtOnce };
    const documents = await this.#control.list(prefixOf(tenant), some);
    await Promise.all(documents.map(({ key }) => this.#control.delete(key)));
    return documents.length;
  }
}
