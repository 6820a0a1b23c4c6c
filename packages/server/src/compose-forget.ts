/** What erasing needs of a store, without models and indexes: for commands on the folder. */
import { RecallCounts } from './engine/audit/recall-counts.ts';
import { UnmetQuestions } from './engine/audit/unmet-questions.ts';
import type { EngineDeps } from './engine/deps.ts';
import { HandedOut } from './engine/echo/handed-out.ts';
import type { ForgetDeps } from './engine/forget/rooms.ts';
import { createKeyHasher, storeSecret } from './engine/key-hasher.ts';
import { StandingProfiles } from './engine/profile/standing-profiles.ts';
import { createLonelyPeers } from './peers/peers.ts';
import type { ControlPort } from './ports/control.ts';
import type { ErasureList } from './ports/erasures.ts';
import type { RecordsPort } from './ports/records.ts';
import { systemClock } from './util/system-clock.ts';

export interface Eraser {
  readonly deps: ForgetDeps & Pick<EngineDeps, 'hashKey'>;
  /** The store stays open. */
  close(): Promise<void>;
}

export async function openEraser(
  { records, control }: { readonly records: RecordsPort; readonly control: ControlPort },
  erasures: ErasureList,
): Promise<Eraser> {
  const clock = systemClock;
  const recallCounts = await RecallCounts.open({
    ...{ control, records, clock },
    onFault: (error) => {
      throw error;
    },
  });
  const hashKey = createKeyHasher(await storeSecret(control, clock));
  const handedOut = new HandedOut(clock);
  return {
    deps: {
      ...{
        records,
        control,
        erasures,
        clock,
        hashKey,
        handedOut,
        recallCounts,
        unmet: new UnmetQuestions(),
      },
      profiles: new StandingProfiles(),
      peers: createLonelyPeers(clock),
      // No index is open.
      releaseIndex: async () => undefined,
    },
    close: () => recallCounts.close(),
  };
}
