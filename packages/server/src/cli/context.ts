/** The world as a command sees it; main.ts gives the real one, tests a recorded one. */
import type { Environment } from '../config/settings.ts';
import type { CliActions } from './actions.ts';

export interface CliContext {
  readonly env: Environment;
  readonly cwd: string;
  readonly version: string;
  /** Writes to standard output, as it is. */
  out(text: string): void;
  /** Writes to standard error, as it is. */
  err(text: string): void;
  /** Whether somebody reads standard error as it comes. */
  readonly isWatched?: boolean;
  readInput(): Promise<string>;
  /** Loaded when a command needs it: the verbs start without the server's code. */
  actions(): Promise<CliActions>;
  /** Resolves when the process was asked to stop; calls `reload` each time it gets a SIGHUP. */
  untilStopped(reload?: () => void): Promise<void>;
}
