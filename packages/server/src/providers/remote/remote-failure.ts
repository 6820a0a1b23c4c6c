/** What went wrong between us and a service, without anything that was sent or answered. */
import { MemoryError } from '../../domain/errors.ts';

export interface FailureOptions {
  /** Of the answer; absent when there was none. */
  readonly status?: number;
  readonly isRetryable?: boolean;
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
  readonly retryAfterMs: number | undefined;

  constructor(reason: string, { status, isRetryable = false, retryAfterMs }: FailureOptions = {}) {
    super(reason);
    this.name = 'RemoteFailure';
    this.status = status;
    this.isRetryable = isRetryable;
    this.retryAfterMs = retryAfterMs;
  }

  /** From an answer that is not 2xx. */
  static ofStatus(status: number, headers: Headers, now: number): RemoteFailure {
    const isRetryable = status === 408 || status === 429 || status >= 500;
    const retryAfterMs = isRetryable ? retryAfter(headers, now) : undefined;
    return new RemoteFailure(`HTTP ${status}${meaningOf(status)}`, {
      status,
      isRetryable,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
}

/** An answer that cannot be read. The next one may be whole, but asking at once would not help. */
export class MalformedAnswer extends RemoteFailure {}

/** The failure that is, or lies under, an error of a vendor's library. */
export function failureOf(error: unknown): RemoteFailure {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof RemoteFailure) return at;
  }
  return new MalformedAnswer('an answer that cannot be read');
}

/** The coded error for a call that failed for good. */
export function toMemoryError(vendor: string, failure: RemoteFailure, tries: number): MemoryError {
  const { status, message } = failure;
  const details = { embedder: vendor, ...(status !== undefined && { status }) };
  if (failure.isRetryable || failure instanceof MalformedAnswer) {
    const often = tries > 1 ? ` in ${tries} tries` : '';
    const text = `The embedder ${vendor} gave no usable answer${often}: ${message}.`;
    return new MemoryError('embedder_unavailable', text, { details });
  }
  const text = `The embedder ${vendor} refused: ${message}.`;
  return new MemoryError('embedder_rejected', text, { details });
}

const meanings: Readonly<Record<number, string>> = {
  400: ' (it does not take such a request; check REVERIE_EMBEDDER_MODEL)',
  401: ' (check REVERIE_EMBEDDER_API_KEY)',
  402: ' (the account has no credit)',
  403: ' (the key may not use this model)',
  404: ' (check REVERIE_EMBEDDER_MODEL and REVERIE_EMBEDDER_URL)',
  429: ' (too many requests, or no quota left)',
};

function meaningOf(status: number): string {
  const moved = status >= 300 && status < 400;
  return moved
    ? ' (redirects are not followed; check REVERIE_EMBEDDER_URL)'
    : (meanings[status] ?? '');
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
