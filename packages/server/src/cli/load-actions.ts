/** The one place where the command meets the composition of the server. */
import type { CliActions } from './actions.ts';

/** Loaded late: the verbs only talk HTTP and start without the server's code. */
export async function loadActions(): Promise<CliActions> {
  // CONNECT HERE: once compose.ts exists this line becomes `return import('../compose.ts');`.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return import(new URL(`../compose.${extension}`, import.meta.url).href);
}
