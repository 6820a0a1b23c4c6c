/** Reads a JSON body within its bounds: size first, then depth, then syntax. */
import { MemoryError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { nestsDeeper } from '../util/json-depth.ts';
import type { AppContext } from './context.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

export interface JsonBody {
  readonly bytes: Uint8Array;
  readonly json: unknown;
}

/** Waits until it is the sender's turn to have the thread. */
export type Turn = () => Promise<void> | undefined;

/**
 * An absent body is an empty object; `timeMs`: how long it may take to come in. It is parsed in its
 * `turn`, since a large one takes milliseconds. Throws body_too_large, request_timeout,
 * json_too_deep, invalid_json.
 */
export async function readJsonBody(
  context: AppContext,
  bytesMax: number,
  timeMs: number,
  turn: Turn,
): Promise<JsonBody> {
  const bytes = await inTime(readBytes(context.req.raw, bytesMax), timeMs).catch((cause) => {
    if (MemoryError.isInstance(cause)) throw cause;
    // The sender went away; nobody will read the answer, and it is no fault of ours.
    throw new MemoryError('invalid_json', 'The request ended before its body did.', { cause });
  });
  await turn();
  if (bytes.length === 0) return { bytes, json: {} };
  if (nestsDeeper(bytes, limits.jsonDepthMax)) throw new MemoryError('json_too_deep');
  try {
    return { bytes, json: JSON.parse(utf8.decode(bytes)) };
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message : 'it is not UTF-8';
    // The parser's message may quote the body: only its first words go back to the sender.
    const message = `The body is not valid JSON: ${reason.slice(0, 120)}`;
    throw new MemoryError('invalid_json', message, { cause });
  }
}

async function inTime<T>(work: Promise<T>, timeMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new MemoryError('request_timeout')), timeMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  const tooLarge = () =>
    new MemoryError('body_too_large', `The body is larger than ${bytesMax} bytes.`, {
      details: { bytes_max: bytesMax },
    });
  const declared = request.headers.get('content-length');
  if (declared !== null) {
    if (Number(declared) > bytesMax) throw tooLarge();
    return new Uint8Array(await request.arrayBuffer());
  }
  if (!request.body) return new Uint8Array();
  // Without a declared length the stream is cut off as soon as it is too long.
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > bytesMax) throw tooLarge();
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
