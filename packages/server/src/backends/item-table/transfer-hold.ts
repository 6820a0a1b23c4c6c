/**
 * Keeps a store as it is while it is moved out, as far as a table of items can: servers that work
 * on it are noticed, and none starts. What one writes all the same is found at the end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { MemoryError } from '../../domain/errors.ts';
import type { ItemTable } from './item-table.ts';
import { encodeItem, type Item, numberIn, textIn } from './items.ts';
import { controlPartition, outgoingKey } from './keys.ts';

/** Documents by which servers show that they are alive, and how long one of these is silent. */
export interface Signs {
  readonly prefix: string;
  readonly silentMs: number;
}

export interface Hold {
  /** What the table may have deleted by this time, in ms, counts as gone: the same in each run. */
  readonly aliveAt: number;
  /** Throws store_unavailable where servers may have been let in meanwhile. */
  requireHeld(): void;
  release(): Promise<void>;
}

const heldMs = 60_000;
const renewedEachMs = 15_000;
/** Less than the day for which a table keeps what has expired. */
const sameForMs = 12 * 60 * 60 * 1000;

/** Throws migration_refused while servers work on the store. */
export async function holdOut(table: ItemTable, signs: Signs): Promise<Hold> {
  const known = await table.get(outgoingKey);
  const former = known ? numberIn(known, 't') : 0;
  const aliveAt = former > Date.now() ? former : Date.now() + sameForMs;
  let heldUntil = 0;
  const renew = async (): Promise<void> => {
    const until = Date.now() + heldMs;
    await table.put(encodeItem(outgoingKey, { t: aliveAt, u: until }));
    heldUntil = until;
  };
  const release = async (): Promise<void> => {
    await table.put(encodeItem(outgoingKey, { t: aliveAt, u: 0 }));
  };
  await renew();
  try {
    await refuseServers(table, signs);
  } catch (error) {
    await release();
    throw error;
  }
  let renewing = Promise.resolve();
  const timer = setInterval(() => {
    renewing = renew().catch(() => {});
  }, renewedEachMs).unref();
  return {
    aliveAt,
    requireHeld: () => {
      if (Date.now() < heldUntil) return;
      const message = 'The source could not be kept from being written to. Run it again.';
      throw new MemoryError('store_unavailable', message);
    },
    release: async () => {
      clearInterval(timer);
      await renewing;
      await release();
    },
  };
}

/** Throws store_unavailable for a store that is moved out just now. */
export async function refuseHeld(table: ItemTable, now: number): Promise<void> {
  const item = await table.get(outgoingKey);
  if (!item || numberIn(item, 'u') <= now) return;
  const message =
    'The store is being moved by "reverie migrate". Wait for its end; if it was killed, a minute.';
  throw new MemoryError('store_unavailable', message);
}

async function refuseServers(table: ItemTable, { prefix, silentMs }: Signs): Promise<void> {
  const read = (): Promise<Item[]> => table.all({ pk: controlPartition, prefix });
  const before = await read();
  if (before.length === 0) return;
  // One that was killed has left its own.
  await sleep(silentMs);
  const old = new Map(before.map((item) => [textIn(item, 'sk'), numberIn(item, 'v')]));
  const alive = (await read()).filter(
    (item) => old.get(textIn(item, 'sk')) !== numberIn(item, 'v'),
  );
  if (alive.length === 0) return;
  const servers = alive.length === 1 ? 'a server works' : `${alive.length} servers work`;
  const message = `The source is in use: ${servers} on it. Stop every server, and run this again.`;
  throw new MemoryError('migration_refused', message);
}
