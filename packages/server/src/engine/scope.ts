/** On whose behalf the engine works: decided by access, never by a request's body. */
import type { Access } from '../domain/access.ts';
import type { TenantId } from '../domain/memory.ts';
import type { StorageCap } from '../domain/plans.ts';
import type { Once } from './once/once.ts';

export interface Scope {
  readonly tenant: TenantId;
  /** Who asks, within the tenant: the id of a key. */
  readonly actor: string;
  readonly access: Access;
  /**
   * Throws when who asks may ask no more, though the request was let in: asked with every write and
   * every page that is read. Absent for the server itself.
   */
  readonly requireStill?: () => void;
  /** Absent: the tenant may keep as much as there is room for. */
  readonly storageCap?: StorageCap;
  /** Present when the sender named the request, so that a repetition is not done again. */
  readonly once?: Once;
}
