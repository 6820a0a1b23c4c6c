/** Whether the key of a webhook opens anything, as far as that is known. */
import { MemoryError } from '../../domain/errors.ts';
import type { WebhookDeps } from './deps.ts';
import type { Webhook } from './webhook.ts';

/** `unknown`: the store does not answer, and another server may have revoked it. */
export type KeyState = 'open' | 'shut' | 'unknown';

export function keyStateOf(deps: Pick<WebhookDeps, 'requireKey'>, webhook: Webhook): KeyState {
  try {
    deps.requireKey(webhook);
    return 'open';
  } catch (error) {
    const isBlind = MemoryError.isInstance(error) && error.code === 'store_unavailable';
    return isBlind ? 'unknown' : 'shut';
  }
}
