/** What the calls about keys and tenants take and tell. */
import type { Time } from './json-types.ts';

/** `system`: with `write`, memories for the `system` audience. */
export type Permission = 'read' | 'write' | 'forget' | 'dream' | 'system';

export interface Grant {
  permissions: Permission[];
  /** Names; `*` stands for any characters. */
  namespaces: string[];
}

export interface NewKeyInput {
  label?: string | undefined;
  /** Read, write and forget everywhere when absent. */
  grants?: Grant[] | undefined;
  /** May make and revoke keys of its tenant. */
  admin?: boolean | undefined;
  /** May look after the server and its tenants. */
  operator?: boolean | undefined;
  expiresAt?: Time | undefined;
}

export interface ApiKey {
  id: string;
  label: string;
  /** The first characters, to know it by. */
  hint: string;
  grants: Grant[];
  admin: boolean;
  operator: boolean;
  createdAt: string;
  /** Id of the key that made it. */
  createdBy: string | null;
  rotatedAt: string | null;
  expiresAt: string | null;
}

/** `key` is the key itself, told this once. */
export interface MadeKey {
  key: string;
  apiKey: ApiKey;
}

/** What the key of a client may do. */
export interface OwnKey {
  id: string;
  tenant: string;
  grants: Grant[];
  admin: boolean;
  operator: boolean;
}

export interface Tenant {
  id: string;
  name: string;
  createdAt: string;
  /** While it is set, all keys of the tenant are refused. */
  suspendedAt: string | null;
  /** `free`, `unlimited`, or one of the server's settings. */
  plan: string;
}

export interface AuditEvent {
  id: string;
  at: string;
  /** `key.created`, `namespace.exported`, ... */
  action: string;
  /** Id of the key that did it. */
  actor: string;
  target: string | null;
}
