/** Writes into receipts that the bytes are gone too. */
import { keptIn } from './kept-in.ts';
import { forgetKeys, parseForget, readWaitingKey, waitingPrefix, writeForget } from './receipt.ts';
import type { ForgetDeps } from './rooms.ts';

type MarkDeps = Pick<ForgetDeps, 'records' | 'control' | 'clock'>;

/** Whether some forget waits for its bytes to leave the files. */
export async function awaitsErasure({ control }: Pick<MarkDeps, 'control'>): Promise<boolean> {
  return (await control.list(waitingPrefix, { limit: 1 })).length > 0;
}

export interface Marked {
  /** Forgets whose bytes are gone now. */
  readonly erased: number;
  /** Systems that may still have vectors of what others were asked to forget. */
  readonly keptIn: readonly string[];
}

/**
 * Every forget that was done before the files were written anew. One that still runs is left to the
 * next time.
 */
export async function markErased(deps: MarkDeps): Promise<Marked> {
  const { control, clock } = deps;
  const erasedAt = clock.now();
  const keepers = new Set<string>();
  let erased = 0;
  for (const { key } of await control.list(waitingPrefix)) {
    const { tenant, id } = readWaitingKey(key);
    const receipt = forgetKeys.receipt(tenant, id);
    const document = await control.get(receipt);
    const stored = document && parseForget(document.value);
    if (document === undefined || stored?.state === 'running') continue;
    if (stored?.state === 'hidden') {
      // What another system may still have is not erased; it is looked at again the next time.
      const systems = await keptIn(deps, tenant, stored);
      for (const system of systems) keepers.add(system);
      if (systems.length > 0) continue;
      const value = JSON.stringify(writeForget({ ...stored, state: 'erased', erasedAt }));
      const version = await control.putIfVersion(receipt, value, document.version);
      if (version === undefined) continue;
      erased += 1;
    }
    await control.delete(key);
  }
  return { erased, keptIn: [...keepers] };
}
