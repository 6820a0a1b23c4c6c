/** Says why something failed, in one short line for a table that is published. */
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The first line of an error's message, without paths of this machine. */
export function describeFailure(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(root, '').split('\n')[0]?.slice(0, 160) ?? 'unknown';
}
