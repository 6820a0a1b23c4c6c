/** The scope of tests that are not about access: one tenant, and everything allowed. */
import { fullAccess } from '../packages/server/src/domain/access.ts';
import type { TenantId } from '../packages/server/src/domain/memory.ts';
import type { Scope } from '../packages/server/src/engine/scope.ts';

export const scope: Scope = { tenant: 'test' as TenantId, actor: 'test', access: fullAccess };
