/** Turns whatever a command threw into a line or two for a person, and an exit code. */
import { ReverieError } from '@reverie/sdk';
import { CommanderError } from 'commander';
import { errorTable, MemoryError } from '../domain/errors.ts';

export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

export interface Failure {
  readonly exitCode: number;
  readonly code: string;
  /** Absent when it was said already. */
  readonly message?: string;
  readonly hint?: string;
}

/** Hints for what arises on this side of the wire. */
const clientHints: Readonly<Record<string, string>> = {
  network_error: 'Start the server with "reverie serve", or name it with --url or REVERIE_URL.',
  timeout: 'The server may be busy; "reverie doctor" looks at its data folder.',
  invalid_response: 'Check --url: something else may be listening there.',
};

/** A wrong use of the command, found after its arguments were read. */
export class UsageError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) return commanderFailure(error);
  if (error instanceof UsageError) {
    const { message, hint } = error;
    return { exitCode: exitCodes.usage, code: 'usage', message, ...(hint && { hint }) };
  }
  if (ReverieError.isInstance(error)) return sdkFailure(error);
  if (MemoryError.isInstance(error)) {
    const { code, message } = error;
    const exitCode = code === 'setting_invalid' ? exitCodes.usage : exitCodes.failed;
    return { exitCode, code, message, hint: errorTable[code].hint };
  }
  const message = error instanceof Error ? error.message : String(error);
  const hint = 'This is a bug of Reverie; REVERIE_LOG_LEVEL=debug may tell more.';
  return { exitCode: exitCodes.failed, code: 'internal', message, hint };
}

function sdkFailure(error: ReverieError): Failure {
  const { code, message } = error;
  const exitCode = code === 'invalid_argument' ? exitCodes.usage : exitCodes.failed;
  const hint = error.hint ?? clientHints[code];
  return { exitCode, code, message, ...(hint !== undefined && { hint }) };
}

/** Help and version arrive as errors too; commander has printed its own message by then. */
function commanderFailure(error: CommanderError): Failure {
  const asked = error.code === 'commander.helpDisplayed' || error.code === 'commander.version';
  return { exitCode: asked ? exitCodes.ok : exitCodes.usage, code: 'usage' };
}
