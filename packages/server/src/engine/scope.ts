/** On whose behalf the engine works: decided by access, never by a request's body. */
import type { TenantId } from '../domain/memory.ts';
import type { Once } from './once/once.ts';

export interface Scope {
  readonly tenant: TenantId;
  /** Present when the sender named the request, so that a repetition is not done again. */
  readonly once?: Once;
}
