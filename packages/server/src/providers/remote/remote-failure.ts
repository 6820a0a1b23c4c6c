/** What went wrong between us and a service, without anything that was sent or answered. */
import { MemoryError } from '../../domain/errors.ts';
import type { RemoteUse } from './remote-use.ts';

export interface FailureOptions {
  /** Of the answer; absent when there was none. */
  readonly status?: number;
  readonly isRetryable?: boolean;
  /** It may work later, though asking at once would not help. Default: what is retryable may. */
  readonly mayPass?: boolean;
  /** How long the service asks to wait. */
  readonly retryAfterMs?: number;
}

/**
 * One failed call. It carries no body, no header and no address: an answer may repeat the key or
 * the text, and errors reach the log.
 */
export class RemoteFailure extends Error {
  readonly status: number | undefined;
  readonly isRetryable: boolean;
  readonly mayPass: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(reason: string, options: FailureOptions = {}) {
    super(reason);
    const { status, isRetryable = false, mayPass = isRetryable, retryAfterMs } = options;
    this.name = 'RemoteFailure';
    this.status = status;
    this.isRetryable = isRetryable;
    this.mayPass = mayPass;
    this.retryAfterMs = retryAfterMs;
  }

  /** From an answer that is not 2xx. */
  static ofStatus(status: number, headers: Headers, now: number): RemoteFailure {
    const isRetryable = status === 408 || status === 429 || status >= 500;
    const retryAfterMs = isRetryable ? retryAfter(headers, now) : undefined;
    return new RemoteFailure(`HTTP ${status}`, {
      status,
      isRetryable,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
}

/** An answer that cannot be read. The next one may be whole, but asking at once would not help. */
export class MalformedAnswer extends RemoteFailure {
  constructor(reason: string) {
    super(reason, { mayPass: true });
  }
}

/** The failure that is, or lies under, an error of a vendor's library. */
export function failureOf(error: unknown): RemoteFailure {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof RemoteFailure) return at;
  }
  return new MalformedAnswer('an answer that cannot be read');
}

/** The coded error for a call that failed for good. */
export function toMemoryError(
  use: RemoteUse,
  vendor: string,
  failure: RemoteFailure,
  tries: number,
): MemoryError {
  const { status } = failure;
  const details = { [use.detail]: vendor, ...(status !== undefined && { status }) };
  const reason = `${failure.message}${status === undefined ? '' : meaningOf(status, use.setting)}`;
  if (failure.mayPass) {
    const often = tries > 1 ? ` in ${tries} tries` : '';
    const text = `The ${use.noun} ${vendor} gave no usable answer${often}: ${reason}.`;
    return new MemoryError(use.unavailable, text, { details });
  }
  return new MemoryError(use.rejected, `The ${use.noun} ${vendor} refused: ${reason}.`, {
    details,
  });
}

/** What a status means for whoever made the settings that begin with `setting`. */
function meaningOf(status: number, setting: string): string {
  if (status >= 300 && status < 400) return ` (redirects are not followed; check ${setting}_URL)`;
  const meanings: Readonly<Record<number, string>> = {
    400: ` (it does not take such a request; check ${setting}_MODEL)`,
    401: ` (check ${setting}_API_KEY)`,
    402: ' (the account has no credit)',
    403: ' (the key may not use this model)',
    404: ` (check ${setting}_MODEL and ${setting}_URL)`,
    429: ' (too many requests, or no quota left)',
  };
  return meanings[status] ?? '';
}

/** RFC 9110 section 10.2.3: seconds or a date. Some services are more precise in milliseconds. */
function retryAfter(headers: Headers, now: number): number | undefined {
  const exact = headers.get('retry-after-ms');
  if (exact !== null && /^\d{1,9}$/.test(exact)) return Number(exact);
  const text = headers.get('retry-after')?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,6}(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
