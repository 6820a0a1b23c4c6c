/** JSON over HTTP to a vector database: within a time, tried again where that may help. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MemoryError } from '../../domain/errors.ts';
import { textOf } from './read-answer.ts';

export interface ServiceAddress {
  /** What people call it, for messages. */
  readonly title: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The setting that a refused key comes from. */
  readonly keySetting: string;
  readonly urlSetting: string;
  /** A call that takes longer is ended, in milliseconds; tries and pauses together. */
  readonly timeoutMs: number;
}

export interface ServiceRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Refusals that mean something to whoever asks; 2xx is always fine. */
  readonly expected?: readonly number[];
  readonly timeoutMs?: number;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined where nothing, or no JSON, came. */
  readonly body: unknown;
}

/** For a first look: a start does not wait longer for a database that stands still. */
export const lookTimeoutMs = 5_000;
const triesMax = 4;
const firstPauseMs = 100;
/** 4,096 ids with their scores are below 1 MB. */
const answerBytesMax = 64 * 1024 * 1024;
/** Of what a refusal says; for the log. */
const reasonMax = 500;
/** Too much at once, or a proxy without the server behind it: it may pass. */
const passing = new Set([429, 502, 503, 504]);
/** Every call may be repeated, so one that found its connection closed is, at once. */
const closed = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

export class ServiceCalls {
  readonly #address: ServiceAddress;

  constructor(address: ServiceAddress) {
    this.#address = { ...address, url: address.url.replace(/\/+$/, '') };
  }

  /**
   * The answer, where it is 2xx or expected. Throws setting_invalid for a key that is refused, and
   * store_unavailable for everything else.
   */
  async ask(request: ServiceRequest): Promise<ServiceAnswer> {
    const endsAt = performance.now() + (request.timeoutMs ?? this.#address.timeoutMs);
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#reach(request, endsAt, tries);
      if (answer === undefined) continue;
      const { status } = answer;
      if ((status >= 200 && status < 300) || request.expected?.includes(status)) return answer;
      const pauseMs = pauseOf(answer, tries);
      const isPatient = passing.has(status) && tries < triesMax;
      if (!isPatient || performance.now() + pauseMs >= endsAt) throw this.#refusal(answer);
      await sleep(pauseMs);
    }
  }

  /** Undefined where a connection that was kept open had just been closed by the other side. */
  async #reach(
    request: ServiceRequest,
    endsAt: number,
    tries: number,
  ): Promise<ServiceAnswer | undefined> {
    try {
      return await this.#once(request, endsAt);
    } catch (cause) {
      const code = codeOf(cause);
      if (tries === 1 && code !== undefined && closed.has(code)) return undefined;
      throw this.#away(cause, code);
    }
  }

  async #once({ method, path, body }: ServiceRequest, endsAt: number): Promise<ServiceAnswer> {
    const { url, headers } = this.#address;
    const timeLeftMs = Math.max(1, Math.ceil(endsAt - performance.now()));
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'error',
      headers: {
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeLeftMs),
    });
    const text = await readText(response);
    return { status: response.status, headers: response.headers, body: parsed(text) };
  }

  #away(cause: unknown, code: string | undefined): MemoryError {
    const { title, urlSetting } = this.#address;
    const isLate = cause instanceof Error && cause.name === 'TimeoutError';
    const how = isLate
      ? 'did not answer in time'
      : `cannot be reached${code === undefined ? '' : ` (${code})`}`;
    const details = { setting: urlSetting };
    return new MemoryError('store_unavailable', `${title} ${how}.`, { details, cause });
  }

  #refusal({ status, body }: ServiceAnswer): MemoryError {
    const { title, keySetting } = this.#address;
    const reason = typeof body === 'string' ? body : JSON.stringify(body ?? null);
    const cause = new Error(`${title} said: ${reason.slice(0, reasonMax)}`);
    if (status === 401 || status === 403) {
      const refused = `${title} refuses the key (${status})`;
      const message = `${keySetting}: ${refused}. Set one that may write.`;
      return new MemoryError('setting_invalid', message, {
        details: { setting: keySetting },
        cause,
      });
    }
    return new MemoryError('store_unavailable', `${title} answered ${status}.`, { cause });
  }
}

async function readText(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.length;
    if (size > answerBytesMax) throw new Error('The answer is too large.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** As the service wishes, or longer with each try; apart, so that many do not come back at once. */
function pauseOf({ headers }: ServiceAnswer, tries: number): number {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  const wished = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : 0;
  return wished + (0.5 + Math.random() / 2) * firstPauseMs * 2 ** (tries - 1);
}

/** ECONNREFUSED, ENOTFOUND, UND_ERR_SOCKET: says enough, and no address. */
function codeOf(error: unknown): string | undefined {
  return textOf(error, 'code') ?? textOf(error, 'cause', 'code');
}
