/** The one error of this package: every failure of a call has a code. */

/**
 * Codes that arise on this side of the wire; their status is 0, but for `invalid_response`.
 * All others come from the server.
 */
export const clientErrorCodes = [
  'network_error',
  'timeout',
  'aborted',
  'invalid_response',
  'invalid_argument',
  'invalid_signature',
] as const;
export type ClientErrorCode = (typeof clientErrorCodes)[number];

/** A code of the server (its docs/errors.md lists them) or one of {@link clientErrorCodes}. */
export type ReverieErrorCode = ClientErrorCode | (string & {});

export interface ReverieErrorOptions {
  status?: number | undefined;
  details?: Readonly<Record<string, unknown>> | undefined;
  hint?: string | undefined;
  retryable?: boolean | undefined;
  requestId?: string | undefined;
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

const marker = Symbol.for('reverie.sdk.error');

/** Why a call failed. Narrow with {@link ReverieError.isInstance}, then look at `code`. */
export class ReverieError extends Error {
  readonly [marker] = true;
  readonly code: ReverieErrorCode;
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** What can be done about it, in the server's words. */
  readonly hint: string | undefined;
  /** True when the same call may succeed later. It says nothing about what a store has done. */
  readonly retryable: boolean;
  /** The server's name for the request, when it sent one. */
  readonly requestId: string | undefined;
  /** How long the server asked to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ReverieErrorCode, message: string, options: ReverieErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ReverieError';
    this.code = code;
    this.status = options.status ?? 0;
    this.details = options.details;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.requestId = options.requestId;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** True across two copies of this package, where `instanceof` is not. */
  static isInstance(value: unknown): value is ReverieError {
    return typeof value === 'object' && value !== null && marker in value;
  }
}
