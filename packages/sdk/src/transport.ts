/** Sends one request and reads its answer: time limit, retries, and errors with a code. */
import { ReverieError } from './errors.ts';

/** Bounds of the pause before a retry, in milliseconds: it doubles, and is jittered by half. */
const pauseFirstMs = 250;
const pauseMaxMs = 8_000;
/** A longer Retry-After is the caller's to decide: the error says how long. */
const retryAfterMaxMs = 30_000;

/** 503 that a retry will not heal: somebody has to look at the server first. */
const lasting: ReadonlySet<string> = new Set(['folder_locked', 'store_damaged', 'setting_invalid']);
/** 503 by which the server says that it has not stored anything. */
const nothingStored: ReadonlySet<string> = new Set([
  'overloaded',
  'shutting_down',
  'disk_full',
  'store_read_only',
]);
/** The first attempt is still under way; the next one gets its answer. */
const inFlight = 'idempotency_in_flight';
/** Causes of a failed fetch (Node, Bun) that arise before the first byte is sent. */
const neverConnected: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ConnectionRefused',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export interface TransportSettings {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From the root of the server, with its query string. */
  readonly path: string;
  readonly body?: unknown;
  /** A write without a key is sent again only when it is certain that nothing was stored. */
  readonly write?: boolean;
  /** By which the server knows a request that it has carried out: it may be sent again. */
  readonly idempotencyKey?: string | undefined;
  /** Statuses that are an answer and not an error. */
  readonly accept?: readonly number[];
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Pacing {
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
  /** 0 to 1. */
  random(): number;
}

/** Resolves with an answer of status 2xx (or an accepted one); rejects with a ReverieError. */
export async function send(
  settings: TransportSettings,
  call: Call,
  pacing: Pacing = realPacing,
): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await sendOnce(settings, call);
    } catch (error) {
      const again = attempt < settings.retries && mayRepeat(error, call);
      if (!again) throw error;
      await pacing.sleep(pauseMs(error, attempt, pacing.random()), call.signal);
    }
  }
}

export interface StreamCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: StreamBody;
  readonly signal: AbortSignal | undefined;
}

/** What a request can carry without being held in memory first. */
export type StreamBody = string | Uint8Array<ArrayBuffer> | Blob | ReadableStream<Uint8Array>;

/**
 * One attempt, without a time limit: a stream takes as long as it takes. Yields the answer as it
 * comes in; rejects with a ReverieError, on the way too.
 */
export async function* sendStream(
  settings: TransportSettings,
  { path, signal, headers, body, method }: StreamCall,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (signal?.aborted) throw aborted(signal);
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  // The answer of an app in the same process knows nothing of the signal.
  const stop = (): void => void reader?.cancel().catch(() => undefined);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const given = { ...headersOf(settings, { method, path }), ...headers };
    // Node asks for the word when the body is a stream.
    const halves = { duplex: 'half' as const, ...(body !== undefined && { body }) };
    const init = { method, headers: given, ...halves, ...(signal && { signal }) };
    const response = await settings.fetch(new Request(settings.baseUrl + path, init));
    if (!response.ok) throw failureOf(response, parse(await response.text()));
    reader = response.body?.getReader();
    for (;;) {
      const part = await reader?.read();
      if (signal?.aborted) throw aborted(signal);
      if (!part || part.done) return;
      yield part.value;
    }
  } catch (error) {
    if (ReverieError.isInstance(error)) throw error;
    throw signal?.aborted ? aborted(signal) : networkError(error);
  } finally {
    // Who stops reading lets the server stop sending; after the end it does nothing.
    signal?.removeEventListener('abort', stop);
    await reader?.cancel().catch(() => undefined);
  }
}

async function sendOnce(settings: TransportSettings, call: Call): Promise<Answer> {
  const limit = startLimit(call.timeoutMs ?? settings.timeoutMs, call.signal);
  try {
    const response = await settings.fetch(requestOf(settings, call, limit.signal));
    const text = await response.text();
    return read(response, text, call.accept ?? []);
  } catch (error) {
    if (ReverieError.isInstance(error)) throw error;
    throw limit.explain(error);
  } finally {
    limit.stop();
  }
}

/** What the platform refuses here is the caller's: a key with a line break, a cyclic value. */
function requestOf(settings: TransportSettings, call: Call, signal: AbortSignal): Request {
  try {
    return new Request(settings.baseUrl + call.path, {
      method: call.method,
      headers: headersOf(settings, call),
      signal,
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
    });
  } catch (cause) {
    throw new ReverieError('invalid_argument', `The request cannot be made: ${cause}`, { cause });
  }
}

function headersOf(settings: TransportSettings, call: Call): Record<string, string> {
  return {
    accept: 'application/json',
    ...settings.headers,
    ...(settings.apiKey !== undefined && { authorization: `Bearer ${settings.apiKey}` }),
    ...(call.body !== undefined && { 'content-type': 'application/json' }),
    ...(call.idempotencyKey !== undefined && { 'idempotency-key': call.idempotencyKey }),
  };
}

function read(response: Response, text: string, accept: readonly number[]): Answer {
  const body = parse(text);
  const { status } = response;
  if (response.ok || accept.includes(status)) {
    if (body !== undefined) return { status, body };
    throw new ReverieError('invalid_response', 'The answer is not JSON. Is this a Reverie URL?', {
      status,
    });
  }
  throw failureOf(response, body);
}

/** The server's error; a proxy's page without our shape gets `http_<status>`. */
function failureOf(response: Response, body: unknown): ReverieError {
  const { status } = response;
  const shape = isRecord(body) && isRecord(body.error) ? body.error : {};
  const code = typeof shape.code === 'string' ? shape.code : `http_${status}`;
  const message =
    typeof shape.message === 'string' ? shape.message : `The server answered ${status}.`;
  return new ReverieError(code, message, {
    status,
    retryable: status === 429 || (status === 503 && !lasting.has(code)) || code === inFlight,
    details: isRecord(shape.details) ? shape.details : undefined,
    hint: typeof shape.hint === 'string' ? shape.hint : undefined,
    requestId: response.headers.get('x-request-id') ?? undefined,
    retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3). */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function mayRepeat(error: unknown, { write, idempotencyKey }: Call): boolean {
  if (!ReverieError.isInstance(error) || !error.retryable) return false;
  if ((error.retryAfterMs ?? 0) > retryAfterMaxMs) return false;
  if (!write || idempotencyKey !== undefined || error.status === 429) return true;
  return error.status === 503 ? nothingStored.has(error.code) : error.details?.sent === false;
}

function pauseMs(error: unknown, attempt: number, random: number): number {
  const backoff = Math.min(pauseFirstMs * 2 ** attempt, pauseMaxMs) * (0.5 + random / 2);
  const asked = ReverieError.isInstance(error) ? error.retryAfterMs : undefined;
  return Math.max(backoff, asked ?? 0);
}

/** One abort signal from the caller's signal and the clock, which remembers which one it was. */
function startLimit(timeoutMs: number, signal: AbortSignal | undefined) {
  const controller = new AbortController();
  let late = false;
  const onAbort = () => controller.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, timeoutMs);
  return {
    signal: controller.signal,
    stop() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
    explain(cause: unknown): ReverieError {
      if (signal?.aborted) return aborted(signal);
      if (late) {
        const message = `No answer within ${timeoutMs} ms.`;
        return new ReverieError('timeout', message, { retryable: true, cause });
      }
      return networkError(cause);
    },
  };
}

function networkError(cause: unknown): ReverieError {
  const reason = isRecord(cause) && isRecord(cause.cause) ? cause.cause : cause;
  const code = isRecord(reason) && typeof reason.code === 'string' ? reason.code : undefined;
  return new ReverieError('network_error', 'The server cannot be reached.', {
    retryable: true,
    details: {
      ...(code !== undefined && { reason: code }),
      ...(code !== undefined && neverConnected.has(code) && { sent: false }),
    },
    cause,
  });
}

function aborted(signal: AbortSignal): ReverieError {
  return new ReverieError('aborted', 'The call was aborted.', { cause: signal.reason });
}

const realPacing: Pacing = {
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(aborted(signal));
      const onAbort = () => {
        clearTimeout(timer);
        if (signal) reject(aborted(signal));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
