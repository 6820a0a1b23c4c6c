/** Calls whose answer is an object, as every answer is. */
import { objectFrom } from './from-wire.ts';
import { type Call, send, type TransportSettings } from './transport.ts';
import type { CallOptions, JsonObject } from './types.ts';

export interface Calls {
  call(request: Call, options?: CallOptions): Promise<{ status: number; raw: JsonObject }>;
  /** A `write` is sent again only when it is certain that nothing was stored. */
  post(path: string, body: unknown, options?: CallOptions, write?: boolean): Promise<JsonObject>;
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
    get: async (path, each) => (await call({ method: 'GET', path }, each)).raw,
  };
}
