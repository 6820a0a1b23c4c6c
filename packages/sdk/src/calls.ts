/** Calls whose answer is an object, as every answer is. */

import type { CallOptions, WriteOptions } from './client-types.ts';
import type { JsonObject } from './json-types.ts';
import { objectFrom } from './read-wire.ts';
import { type Call, send, type TransportSettings } from './transport.ts';

export interface Calls {
  call(request: Call, options?: CallOptions): Promise<{ status: number; raw: JsonObject }>;
  /** A `write` is sent again only when it is certain that nothing was stored. */
  post(path: string, body: unknown, options?: CallOptions, write?: boolean): Promise<JsonObject>;
  /** A write of which the server knows by its key whether it was carried out. */
  write(
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body: unknown,
    options?: WriteOptions,
  ): Promise<JsonObject>;
  get(path: string, options?: CallOptions): Promise<JsonObject>;
}

export function callsOver(settings: TransportSettings): Calls {
  const call: Calls['call'] = async (request, each = {}) => {
    const { signal, timeoutMs } = each;
    const answer = await send(settings, { ...request, signal, timeoutMs });
    return { status: answer.status, raw: objectFrom(answer.body, 'object') };
  };
  return {
    call,
    post: async (path, body, each, write = false) =>
      (await call({ method: 'POST', path, body, write }, each)).raw,
    write: async (method, path, body, each) => {
      const ownKey = settings.retries > 0 ? newKey() : undefined;
      const idempotencyKey = each?.idempotencyKey ?? ownKey;
      return (await call({ method, path, body, write: true, idempotencyKey }, each)).raw;
    },
    get: async (path, each) => (await call({ method: 'GET', path }, each)).raw,
  };
}

/** 128 random bits as hex. `randomUUID` is missing in browsers on plain http. */
function newKey(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
