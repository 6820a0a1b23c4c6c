/** The stored form of a memory's content: one format byte, then JSON as UTF-8. */
import { invariant } from '../util/invariant.ts';
import { utf8Bytes } from '../util/utf8.ts';
import type { MemoryBody } from './memory.ts';

/** Plain JSON. Other numbers are kept free for envelope encryption. */
const plainJson = 1;
const decoder = new TextDecoder();

/** Lone surrogates survive: JSON.stringify writes them as escapes. */
export function encodeBody(body: MemoryBody): Uint8Array {
  const json = utf8Bytes(JSON.stringify(body));
  const bytes = new Uint8Array(json.length + 1);
  bytes[0] = plainJson;
  bytes.set(json, 1);
  return bytes;
}

/** Throws when the bytes are not a body of a known format. */
export function decodeBody(bytes: Uint8Array): MemoryBody {
  invariant(bytes[0] === plainJson, `unknown body format ${bytes[0]}`);
  return JSON.parse(decoder.decode(bytes.subarray(1))) as MemoryBody;
}
