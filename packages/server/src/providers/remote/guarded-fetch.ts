/** The one way out: no redirects, bounded answers, and failures that hold no secrets. */
import { setImmediate } from 'node:timers/promises';
import { createMutex } from '../../util/mutex.ts';
import { RemoteFailure } from './remote-failure.ts';

/** 32 vectors of 8,192 numbers are about 6 MB as JSON, ten times that with generous spaces. */
const answerBytesMax = 64 * 1024 * 1024;

export type Fetch = typeof globalThis.fetch;

/**
 * A `fetch` that answers only with 2xx, whole. Anything else is a {@link RemoteFailure}; the body
 * of a refusal is not read, because it may repeat the key or the text.
 */
export function createGuardedFetch(now: () => number): Fetch {
  const turns = createMutex();
  return async (input, init) => {
    const response = await send(input, init);
    if (!response.ok) {
      await response.body?.cancel();
      throw RemoteFailure.ofStatus(response.status, response.headers, now());
    }
    const body = await readBody(response, init?.signal ?? undefined);
    // Decoding takes this thread milliseconds: answers that arrive together take turns.
    await turns.run(() => setImmediate());
    const type = response.headers.get('content-type') ?? 'application/json';
    return new Response(body, { status: response.status, headers: { 'content-type': type } });
  };
}

async function send(input: Parameters<Fetch>[0], init: RequestInit | undefined): Promise<Response> {
  try {
    return await fetch(input, { ...init, redirect: 'manual' });
  } catch (error) {
    init?.signal?.throwIfAborted();
    throw networkFailure(error);
  }
}

async function readBody(response: Response, signal: AbortSignal | undefined): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of response.body ?? []) {
      size += piece.length;
      if (size > answerBytesMax) throw new RemoteFailure('an answer that is too large');
      pieces.push(piece);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof RemoteFailure ? error : networkFailure(error);
  }
  return Buffer.concat(pieces);
}

/** `ECONNREFUSED`, `ENOTFOUND`, `UND_ERR_SOCKET`: the code says enough, the message names hosts. */
function networkFailure(error: unknown): RemoteFailure {
  const code = codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : undefined);
  return new RemoteFailure(`no connection${code === undefined ? '' : ` (${code})`}`, {
    isRetryable: true,
  });
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
