/** What the command needs of the server's own process; compose.ts provides it. */
import type { Settings } from '../config/settings.ts';

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

export interface CliActions {
  serve(settings: Settings): Promise<RunningServer>;
  doctor(settings: Settings): Promise<{ readonly checks: readonly DoctorCheck[] }>;
  resetRootKey(settings: Settings): Promise<RootKeyReset>;
}
