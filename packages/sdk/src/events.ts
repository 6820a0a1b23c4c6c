/** Follows a namespace over server-sent events, over broken connections too. */

import type { CallOptions } from './client-types.ts';
import { ReverieError } from './errors.ts';
import { eventFrom } from './event-from-wire.ts';
import type { JsonObject } from './json-types.ts';
import { search } from './path.ts';
import { objectFrom, text } from './read-wire.ts';
import { sendStream, type TransportSettings } from './transport.ts';
import type { EventItem, EventsInput } from './webhook-types.ts';

export interface EventCalls {
  /**
   * What happens in a namespace, in order and without a gap: a connection that breaks is made again
   * behind the last item. It ends when `signal` aborts or the loop is left; it rejects when the key
   * may listen no more.
   */
  events(input?: EventsInput, options?: Pick<CallOptions, 'signal'>): AsyncIterable<EventItem>;
}

/** The server says something every 15 seconds: a connection that is silent for longer is dead. */
const silentMs = 45_000;
const pauseFirstMs = 250;
const pauseMaxMs = 8_000;
/** A server that ends a stream for one of these can be asked again. */
const passing: ReadonlySet<string> = new Set(['shutting_down', 'store_unavailable', 'internal']);

export function eventCalls(settings: TransportSettings, namespace: string | undefined): EventCalls {
  return {
    events: (input = {}, { signal } = {}) =>
      follow(settings, { ...input, namespace: input.namespace ?? namespace }, signal),
  };
}

async function* follow(
  settings: TransportSettings,
  input: EventsInput,
  signal: AbortSignal | undefined,
): AsyncGenerator<EventItem, void, undefined> {
  let cursor = input.after;
  for (let failures = 0; !signal?.aborted; ) {
    try {
      for await (const block of blocksOf(settings, { ...input, after: cursor }, signal)) {
        failures = 0;
        cursor = block.id ?? cursor;
        const item = itemOf(block, cursor ?? '');
        if (item) yield item;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!ReverieError.isInstance(error) || !error.retryable) throw error;
    }
    // One that ends without a word was cut, perhaps by a proxy.
    failures += 1;
    const most = Math.min(pauseMaxMs, pauseFirstMs * 2 ** (failures - 1));
    await pause(most * (0.5 + Math.random() / 2), signal);
  }
}

interface Block {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly data: JsonObject | undefined;
}

async function* blocksOf(
  settings: TransportSettings,
  { namespace, types, include, after }: EventsInput,
  signal: AbortSignal | undefined,
): AsyncGenerator<Block, void, undefined> {
  const dead = new AbortController();
  const onAbort = () => dead.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  let timer = setTimeout(() => dead.abort(), silentMs);
  const query = search({ namespace, types: types?.join(','), include: include?.join(','), after });
  const headers = { accept: 'text/event-stream' };
  const request = { method: 'GET' as const, path: `/v1/events${query}`, headers };
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const part of sendStream(settings, { ...request, signal: dead.signal })) {
      clearTimeout(timer);
      timer = setTimeout(() => dead.abort(), silentMs);
      rest += decoder.decode(part, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) yield parse(block);
    }
  } catch (error) {
    const isSilent = dead.signal.aborted && !signal?.aborted;
    if (!isSilent) throw error;
    throw new ReverieError('timeout', 'The server fell silent.', { retryable: true, cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function parse(block: string): Block {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    // With `s`: what somebody wrote may hold line separators of Unicode, which end no line here.
    const [, name, value] = /^(\w+): ?(.*)$/s.exec(line) ?? [];
    if (name !== undefined) fields.set(name, value ?? '');
  }
  const data = fields.get('data');
  return {
    id: fields.get('id'),
    name: fields.get('event'),
    data: data === undefined ? undefined : objectFrom(JSON.parse(data), 'event'),
  };
}

function itemOf({ name, data }: Block, cursor: string): EventItem | undefined {
  if (data === undefined) return undefined;
  if (name === 'reset') return { kind: 'reset', cursor, reason: text(data, 'reason') };
  if (name !== 'end') return { kind: 'event', cursor, event: eventFrom(data) };
  const code = text(data, 'code');
  throw new ReverieError(code, `The server ended the stream: ${code}.`, {
    retryable: passing.has(code),
  });
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    if (signal?.aborted) done();
    else signal?.addEventListener('abort', done, { once: true });
  });
}
