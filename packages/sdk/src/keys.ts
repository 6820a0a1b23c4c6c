/** Keys of a tenant, and the tenants of a server. */
import type { Calls } from './calls.ts';
import type { CallOptions } from './client-types.ts';
import type { JsonObject, JsonValue } from './json-types.ts';
import type {
  ApiKey,
  AuditEvent,
  Grant,
  MadeKey,
  NewKeyInput,
  OwnKey,
  Tenant,
} from './key-types.ts';
import { pages } from './pages.ts';
import { search, segment } from './path.ts';
import { objectFrom, objects, results, text, textOrNull, texts } from './read-wire.ts';
import { timeToWire } from './to-wire.ts';

export interface KeyCalls {
  /** What the key of this client may do. */
  ownKey(options?: CallOptions): Promise<OwnKey>;
  /** Keys of the tenant that may do no more than this one, page by page. Needs an admin key. */
  keys(options?: CallOptions): AsyncIterable<ApiKey>;
  /** The key itself is in the answer, this once. */
  createKey(input?: NewKeyInput, options?: CallOptions): Promise<MadeKey>;
  /** Another secret for the same key; the former one works for `graceSeconds` more. */
  rotateKey(
    id: string,
    options?: CallOptions & { graceSeconds?: number | undefined },
  ): Promise<MadeKey>;
  revokeKey(id: string, options?: CallOptions): Promise<void>;
  /** What was done to keys, and to many memories at once; newest first. */
  auditLog(options?: CallOptions): AsyncIterable<AuditEvent>;
  /** Needs an operator key, as all that follows. */
  tenants(options?: CallOptions): AsyncIterable<Tenant>;
  /** `key`: one that clients have already; without it one is made, and told this once. */
  createTenant(
    input: { name: string; key?: string | undefined; plan?: string | undefined },
    options?: CallOptions,
  ): Promise<{ tenant: Tenant; key: string | null; apiKey: ApiKey }>;
  /** Refuses all keys of a tenant, or lets it go on. */
  suspendTenant(id: string, suspended: boolean, options?: CallOptions): Promise<Tenant>;
  /** From now on its quota is another one; what was used stays used. */
  setTenantPlan(id: string, plan: string, options?: CallOptions): Promise<Tenant>;
  /** Forgets a tenant with all its memories and keys. Tells how many memories. */
  deleteTenant(id: string, options?: CallOptions): Promise<number>;
}

export function keyCalls({ call, get, post }: Calls): KeyCalls {
  const made = (raw: JsonObject): MadeKey => {
    return { key: text(raw, 'key'), apiKey: keyFrom(objectFrom(raw.api_key, 'key')) };
  };
  return {
    async ownKey(each) {
      const raw = await get('/v1/keys/self', each);
      const { admin, operator } = raw;
      const rank = { admin: admin === true, operator: operator === true };
      const grants = grantsFrom(raw.grants);
      return { id: text(raw, 'id'), tenant: text(raw, 'tenant'), grants, ...rank };
    },
    keys: (each) => listed(get, '/v1/keys', keyFrom, each),
    async createKey({ expiresAt, ...input } = {}, each) {
      const body = { ...input, expires_at: timeToWire(expiresAt, 'expiresAt') };
      return made(await post('/v1/keys', body, each, true));
    },
    async rotateKey(id, each) {
      const query = search({ grace_seconds: each?.graceSeconds });
      return made(await post(`/v1/keys/${segment(id)}/rotate${query}`, undefined, each, true));
    },
    async revokeKey(id, each) {
      await call({ method: 'DELETE', path: `/v1/keys/${segment(id)}` }, each);
    },
    auditLog: (each) => listed(get, '/v1/audit', eventFrom, each),
    ...tenantsOver({ call, get, post }),
  };
}

function listed<Item>(
  get: Calls['get'],
  path: string,
  itemFrom: (raw: JsonObject) => Item,
  each?: CallOptions,
): AsyncIterable<Item> {
  return pages(undefined, async (cursor) => {
    const raw = await get(path + search({ cursor }), each);
    return { results: results(raw).map(itemFrom), nextCursor: textOrNull(raw.next_cursor) };
  });
}

const tenantsPath = '/v1/admin/tenants';

function tenantsOver({
  call,
  get,
  post,
}: Pick<Calls, 'call' | 'get' | 'post'>): Pick<
  KeyCalls,
  'tenants' | 'createTenant' | 'suspendTenant' | 'setTenantPlan' | 'deleteTenant'
> {
  const change = async (id: string, body: object, each?: CallOptions): Promise<Tenant> => {
    const path = `${tenantsPath}/${segment(id)}`;
    const { raw } = await call({ method: 'PATCH', path, body }, each);
    return tenantFrom(objectFrom(raw.tenant, 'tenant'));
  };
  return {
    tenants: (each) => listed(get, tenantsPath, tenantFrom, each),
    async createTenant(input, each) {
      const raw = await post(tenantsPath, input, each, true);
      const tenant = tenantFrom(objectFrom(raw.tenant, 'tenant'));
      const apiKey = keyFrom(objectFrom(raw.api_key, 'key'));
      return { tenant, key: textOrNull(raw.key), apiKey };
    },
    suspendTenant: (id, suspended, each) => change(id, { suspended }, each),
    setTenantPlan: (id, plan, each) => change(id, { plan }, each),
    async deleteTenant(id, each) {
      const path = `${tenantsPath}/${segment(id)}?confirm=true`;
      const { raw } = await call({ method: 'DELETE', path }, each);
      return typeof raw.forgotten === 'number' ? raw.forgotten : 0;
    },
  };
}

export function keyFrom(raw: JsonObject): ApiKey {
  return {
    id: text(raw, 'id'),
    label: text(raw, 'label'),
    hint: text(raw, 'hint'),
    grants: grantsFrom(raw.grants),
    admin: raw.admin === true,
    operator: raw.operator === true,
    createdAt: text(raw, 'created_at'),
    createdBy: textOrNull(raw.created_by),
    rotatedAt: textOrNull(raw.rotated_at),
    expiresAt: textOrNull(raw.expires_at),
  };
}

function grantsFrom(raw: JsonValue | undefined): Grant[] {
  return objects(raw).map(({ permissions, namespaces }) => ({
    permissions: texts(permissions) as Grant['permissions'],
    namespaces: texts(namespaces),
  }));
}

function tenantFrom(raw: JsonObject): Tenant {
  return {
    id: text(raw, 'id'),
    name: text(raw, 'name'),
    createdAt: text(raw, 'created_at'),
    suspendedAt: textOrNull(raw.suspended_at),
    plan: text(raw, 'plan'),
  };
}

function eventFrom(raw: JsonObject): AuditEvent {
  const { target } = raw;
  const [id, at] = [text(raw, 'id'), text(raw, 'at')];
  return {
    id,
    at,
    action: text(raw, 'action'),
    actor: text(raw, 'actor'),
    target: textOrNull(target),
  };
}
