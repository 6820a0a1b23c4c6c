/**
 * With several servers over one store: what a server holds in memory is brought up to date before
 * it answers from it.
 */
import type { MiddlewareHandler } from 'hono';
import type { KeyRing } from '../access/key-ring.ts';
import type { Peers } from '../peers/peers.ts';
import { presentedKey } from './authenticate.ts';
import type { AppEnv } from './context.ts';

interface HeldDeps {
  readonly peers: Pick<Peers, 'isAlone' | 'isFresh' | 'refresh'>;
  readonly ring: Pick<KeyRing, 'knows'>;
}

/** Routes that show or change keys, tenants, webhooks and generations: what others did counts. */
const heldPaths = /^\/v1\/(?:keys|webhooks|usage|admin)(?:\/|$)/;

/** Before anybody is let in. Throws store_unavailable: who cannot look lets nobody in. */
export function freshenHeld({ peers }: HeldDeps): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    if (!peers.isAlone && (!peers.isFresh() || heldPaths.test(context.req.path))) {
      await peers.refresh();
    }
    await next();
  };
}

/** After the rates, so that a flood of wrong keys does not reach the store. */
export function lookForKey({ peers, ring }: HeldDeps): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    if (!peers.isAlone) {
      const presented = presentedKey(context);
      if (presented !== undefined && !ring.knows(presented)) await peers.refresh();
    }
    await next();
  };
}
