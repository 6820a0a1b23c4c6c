/** Systems that may still keep vectors of what was forgotten. */
import type { TenantId } from '../../domain/memory.ts';
import { systemsThatKeep } from '../vectors/left-systems.ts';
import type { StoredForget } from './receipt.ts';
import type { ForgetDeps } from './rooms.ts';

type KeptDeps = Pick<ForgetDeps, 'records' | 'control'>;

/** By their words, the one in use included; none for what is erased, and while it runs. */
export async function keptIn(
  { records, control }: KeptDeps,
  tenant: TenantId,
  { state, hidden, seenSeq, namespaceNo, namespaceGone }: StoredForget,
): Promise<string[]> {
  if (state !== 'hidden') return [];
  // Another forget may have taken the namespace with it, rows of this one included.
  const isGone = namespaceGone ?? (await records.open(tenant).nameOf(namespaceNo)) === undefined;
  const seq = Math.max(hidden?.seq ?? 0, seenSeq ?? 0);
  return systemsThatKeep(control, namespaceNo, { seq, isGone });
}
