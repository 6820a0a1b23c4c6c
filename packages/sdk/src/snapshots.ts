/** Snapshots of a namespace: marks to compare with and to go back to. */
import type { Calls } from './calls.ts';
import type { CallOptions } from './client-types.ts';
import * as from from './from-wire.ts';
import { search, segment } from './path.ts';
import { objectFrom } from './read-wire.ts';
import type {
  CompareInput,
  Comparison,
  RestoreInput,
  RestoreResult,
  Snapshot,
  SnapshotInput,
} from './snapshot-types.ts';

export interface SnapshotCalls {
  /** Marks the state of now; it costs nothing, whatever the size. */
  createSnapshot(name: string, input?: SnapshotInput, options?: CallOptions): Promise<Snapshot>;
  /** Oldest first. */
  snapshots(input?: SnapshotInput, options?: CallOptions): Promise<Snapshot[]>;
  /** One page of what became of the namespace since. */
  compareSnapshot(id: string, input?: CompareInput, options?: CallOptions): Promise<Comparison>;
  /** Goes back by new versions; what was erased stays erased. Asked again, it does what is left. */
  restoreSnapshot(id: string, input?: RestoreInput, options?: CallOptions): Promise<RestoreResult>;
  /** The memories stay as they are. */
  deleteSnapshot(id: string, input?: SnapshotInput, options?: CallOptions): Promise<void>;
}

export function snapshotCalls(
  { call, post, get }: Calls,
  shared: string | undefined,
): SnapshotCalls {
  const pathOf = ({ namespace = shared ?? 'default' }: SnapshotInput, id?: string) =>
    `/v1/namespaces/${segment(namespace)}/snapshots${id === undefined ? '' : `/${segment(id)}`}`;
  return {
    async createSnapshot(name, input = {}, each) {
      const raw = await post(pathOf(input), { name }, each, true);
      return from.snapshotFrom(objectFrom(raw.snapshot, 'snapshot'));
    },
    snapshots: async (input = {}, each) => from.snapshotsFrom(await get(pathOf(input), each)),
    async compareSnapshot(id, input = {}, each) {
      const { limit, cursor } = input;
      const path = `${pathOf(input, id)}/compare${search({ limit, cursor })}`;
      return from.comparisonFrom(await get(path, each));
    },
    async restoreSnapshot(id, input = {}, each) {
      const { dryRun, limit } = input;
      const body = { dry_run: dryRun, limit };
      return from.restoreFrom(await post(`${pathOf(input, id)}/restore`, body, each, true));
    },
    async deleteSnapshot(id, input = {}, each) {
      await call({ method: 'DELETE', path: pathOf(input, id) }, each);
    },
  };
}
