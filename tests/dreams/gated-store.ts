/** A store in memory whose commits a test holds back, or lets others go first. */
import * as ephemeral from '../../packages/server/src/backends/ephemeral/ephemeral-store.ts';
import type { Batch, CommitResult, RecordsPort } from '../../packages/server/src/ports/records.ts';
import { systemClock } from '../../packages/server/src/util/system-clock.ts';
import type { DreamStore } from './open-dreams.ts';

export interface GatedStore extends DreamStore {
  /** Asked around each commit; `next` does it. */
  around: (batch: Batch, next: () => Promise<CommitResult>) => Promise<CommitResult>;
}

export function gatedStore(): GatedStore {
  const store = ephemeral.openEphemeralStore({ clock: systemClock });
  const records: RecordsPort = {
    name: store.records.name,
    namespaces: (afterNo, limit) => store.records.namespaces(afterNo, limit),
    vectors: store.records.vectors,
    status: () => store.records.status(),
    close: () => store.records.close(),
    open: (tenant) => {
      const all = store.records.open(tenant);
      return new Proxy(all, {
        get: (target, name) => {
          if (name === 'commit') {
            const commit: typeof all.commit = (space, batch) =>
              gated.around(batch, () => target.commit(space, batch));
            return commit;
          }
          const member: unknown = Reflect.get(target, name);
          return typeof member === 'function' ? member.bind(target) : member;
        },
      });
    },
  };
  const gated: GatedStore = { records, control: store.control, around: (_, next) => next() };
  return gated;
}

export const isErasure = ({ ops }: Batch): boolean => ops.some(({ op }) => op === 'erase');
export const isAddition = ({ ops, documents }: Batch): boolean =>
  documents !== undefined && ops.some(({ op }) => op === 'put');
