/** The one place where the command meets the composition of the server. */
import type { CliActions } from './actions.ts';

/** Loaded late: the verbs only talk HTTP and start without the server's code. */
export function loadActions(): Promise<CliActions> {
  return import('../compose.ts');
}
