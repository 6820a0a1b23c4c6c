/** What the command needs of the server's own process; compose.ts provides it. */
import type { Settings } from '../config/settings.ts';
import type { ReindexProgress, ReindexReport } from '../engine/reindex/reindex.ts';
import type { MoveProgress, MoveReport } from '../engine/transfer/move-store.ts';

export interface RunningServer {
  readonly url: string;
  /** Lines for the operator, for example where the root key is. */
  readonly notes?: readonly string[];
  /** Reads the TLS files again; absent without TLS. */
  readonly reload?: () => void;
  /** Stops taking requests, ends those under way, and gives the data folder back. */
  close(): Promise<void>;
}

export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface RootKeyReset {
  /** In plain text, this once. */
  readonly key: string;
  /** The file that keeps it for the command on this machine, if any. */
  readonly path?: string;
}

export interface OfflineBackup {
  readonly bytes: number;
  /** To be read to its end. */
  readonly content: AsyncIterable<Uint8Array>;
}

export type RestoreProgress =
  | { readonly step: 'read'; readonly bytes: number }
  | { readonly step: 'forget'; readonly done: number; readonly total: number };

export interface Restoration {
  /** When the backup was made, in milliseconds since 1970 UTC. */
  readonly madeAt: number;
  /** Whether there was a list beside the backup's own: only it knows what came later. */
  readonly isListed: boolean;
  /** What the list of erasures had to take away again. */
  readonly forgets: number;
  readonly memories: number;
  readonly namespaces: number;
}

export interface Compaction {
  /** Of the database. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Forgets whose bytes are gone now. */
  readonly erased: number;
  /** Systems for vectors that may still have some of what others were asked to forget. */
  readonly keptIn: readonly string[];
}

export interface VectorsDropped {
  /** In words: an address and a name. */
  readonly system: string;
  /** There was nothing of the store. */
  readonly wasEmpty: boolean;
  /** Namespaces, once per generation, whose vectors were known to be there. */
  readonly places: number;
}

/** Each is the name of a backend, a folder, or an address. */
export interface MigrationPlaces {
  readonly from: string;
  readonly to: string;
}

/** With the places as they may be shown: without passwords. */
export interface Migration extends MoveReport, MigrationPlaces {
  /** What happened to what is not in the records, in sentences. */
  readonly notes: readonly string[];
}

export interface CliActions {
  serve(settings: Settings): Promise<RunningServer>;
  doctor(settings: Settings): Promise<{ readonly checks: readonly DoctorCheck[] }>;
  resetRootKey(settings: Settings): Promise<RootKeyReset>;
  /** Undefined where a server has to be asked: it holds the folder, or the folder has no store. */
  offlineBackup(settings: Settings): Promise<OfflineBackup | undefined>;
  restore(
    settings: Settings,
    file: string,
    tell: (progress: RestoreProgress) => void,
  ): Promise<Restoration>;
  compact(settings: Settings): Promise<Compaction>;
  migrate(
    settings: Settings,
    places: MigrationPlaces,
    tell: (progress: MoveProgress) => void,
  ): Promise<Migration>;
  /** `namespace`: those of every tenant with this name; all when absent. */
  reindex(
    settings: Settings,
    namespace: string | undefined,
    tell: (progress: ReindexProgress) => void,
  ): Promise<ReindexReport>;
  /** Of the system that the settings name. */
  dropVectors(settings: Settings): Promise<VectorsDropped>;
  verify(settings: Settings): Promise<{ readonly checks: readonly DoctorCheck[] }>;
}
