/** On whose behalf the engine works: decided by access, never by a request's body. */
import type { TenantId } from '../domain/memory.ts';

export interface Scope {
  readonly tenant: TenantId;
}
