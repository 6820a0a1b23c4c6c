/** Who asks: the principal of the key that a request presents. */
import type { Principal } from '../access/principal.ts';
import { MemoryError } from '../domain/errors.ts';
import type { AppContext, AppDeps } from './context.ts';

/** Of `Authorization: Bearer` or `X-API-Key`. */
export function presentedKey(context: AppContext): string | undefined {
  const header = context.req.header('authorization');
  const bearer = header === undefined ? undefined : /^Bearer\s+(\S+)\s*$/i.exec(header)?.[1];
  return bearer ?? context.req.header('x-api-key');
}

/** Throws auth_required, invalid_api_key or tenant_suspended. */
export function authenticate(context: AppContext, deps: Pick<AppDeps, 'ring'>): Principal {
  const known = context.get('principal');
  if (known) return known;
  const presented = presentedKey(context);
  if (presented === undefined) throw new MemoryError('auth_required');
  const principal = deps.ring.authenticate(presented);
  if (!principal) throw new MemoryError('invalid_api_key');
  return principal;
}

/** As {@link authenticate}, for one request: the key is looked up once. */
export function findPrincipal(
  context: AppContext,
  deps: Pick<AppDeps, 'ring'>,
): Principal | undefined {
  try {
    const principal = authenticate(context, deps);
    context.set('principal', principal);
    return principal;
  } catch (error) {
    if (MemoryError.isInstance(error)) return undefined;
    throw error;
  }
}
