/** GET /v1/events: every change in order, from any cursor on, and only to who may read it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { until } from '../receiver.ts';
import { openTestApp } from './open-test-app.ts';
import { rootKey, runScenarios, send } from './scenario.ts';

let app: RunningApp;
const open: Stream[] = [];
beforeEach(async () => {
  app = await openTestApp();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((stream) => stream.stop()));
  await app.close();
});

interface Event {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly data?: Record<string, unknown> } & Record<string, unknown>;
}

interface Stream {
  readonly events: Event[];
  readonly isEnded: () => boolean;
  stop(): Promise<void>;
}

/** Resolves when the server has begun to answer. */
async function listen(query = '', headers: object = {}, key = rootKey): Promise<Stream> {
  const response = await app.fetch(
    new Request(`http://reverie.test/v1/events${query}`, {
      headers: { Authorization: `Bearer ${key}`, ...headers },
    }),
  );
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const events: Event[] = [];
  let text = '';
  let isEnded = false;
  let hasBegun = false;
  const run = async (): Promise<void> => {
    for (;;) {
      const part = await reader?.read();
      if (!part || part.done) break;
      hasBegun = true;
      text += part.value;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) if (block.includes('data: ')) events.push(parse(block));
    }
    isEnded = true;
  };
  const running = run().catch(() => undefined);
  await until(() => hasBegun);
  const stop = async (): Promise<void> => {
    await reader?.cancel().catch(() => undefined);
    await running;
  };
  const stream = { events, isEnded: () => isEnded, stop };
  open.push(stream);
  return stream;
}

function parse(block: string): Event {
  const fields = Object.fromEntries(
    block.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]),
  );
  return { id: fields.id ?? '', event: fields.event ?? '', data: JSON.parse(fields.data ?? '{}') };
}

async function call(method: string, path: string, body?: unknown, key = rootKey) {
  const { json, response, text } = await send(app, {
    key,
    method,
    path,
    ...(body ? { body } : {}),
  });
  if (response.status >= 400) throw new Error(`${method} ${path}: ${text}`);
  return json();
}
const store = (value: string, more: object = {}, key = rootKey) =>
  call('POST', '/v1/memory-set', { value, ...more }, key);
const namesOf = (stream: Stream) => stream.events.map(({ event }) => event);

it('tells of every change from now on, in order', async () => {
  await store('before');
  const stream = await listen('?include=value');
  const { id } = await store('after', { tags: ['a'] });
  await until(() => stream.events.length === 1);
  await call('PATCH', `/v1/memory/${id}`, { value: 'changed' });
  await call('DELETE', `/v1/memory/${id}`);
  await until(() => namesOf(stream).includes('memory.deleted'));
  expect(stream.events[0]?.data).toMatchObject({
    event: 'memory.created',
    data: { memory_id: id, value: 'after', tags: ['a'], version: 1, namespace: 'default' },
  });
  const ids = stream.events.map(({ data }) => data.id);
  expect(new Set(ids).size).toBe(ids.length);
});

it('goes on behind a cursor, wherever it comes from, without a gap', async () => {
  const stream = await listen();
  for (let i = 0; i < 250; i++) await store(`turn ${i}`);
  await until(() => stream.events.length === 250);
  const place = stream.events[99]?.id ?? '';
  const rest = stream.events.slice(100).map(({ data }) => data.id);
  const [byHeader, byQuery, fromStart] = await Promise.all([
    listen('?after=0', { 'Last-Event-ID': place }),
    listen(`?after=${place}`),
    listen('?after=0'),
  ]);
  const got = (of: Stream) => of.events.map(({ data }) => data.id);
  await until(() => byHeader.events.length === 150 && byQuery.events.length === 150);
  expect(got(byHeader)).toEqual(rest);
  expect(got(byQuery)).toEqual(rest);
  await until(() => fromStart.events.length === 250);
  expect(got(fromStart).slice(100)).toEqual(rest);
});

it('tells of a namespace from its first change on, though it was made later', async () => {
  const stream = await listen('?namespace=later&types=memory.created');
  await store('a', { namespace: 'later' });
  await store('b', { namespace: 'other' });
  await store('c', { namespace: 'later' });
  await until(() => stream.events.length === 2);
  expect(namesOf(stream)).toEqual(['memory.created', 'memory.created']);
});

it('says reset where the cursor leads nowhere any more', async () => {
  await store('a', { namespace: 'gone' });
  const stream = await listen('?namespace=gone');
  await store('b', { namespace: 'gone' });
  await until(() => stream.events.length === 1);
  const cursor = stream.events[0]?.id;
  await call('DELETE', '/v1/namespaces/gone?confirm=true');
  await until(() => namesOf(stream).includes('reset'));
  expect(stream.events.at(-1)?.data).toEqual({ reason: 'namespace_deleted' });
  await store('c', { namespace: 'gone' });
  await until(() => namesOf(stream).at(-1) === 'memory.created');
  const again = await listen(`?namespace=gone&after=${cursor}`);
  await until(() => again.events.length === 1);
  expect(again.events[0]?.event).toBe('reset');
  expect(again.events[0]?.data).toEqual({ reason: 'cursor_unknown' });
});

it('ends at once when the key is revoked', async () => {
  const made = await call('POST', '/v1/keys', { label: 'a' });
  const stream = await listen('', {}, made.key);
  await call('DELETE', `/v1/keys/${made.api_key.id}`);
  await store('a');
  await until(stream.isEnded);
  expect(stream.events).toMatchObject([{ event: 'end', data: { code: 'invalid_api_key' } }]);
});

it('ends with the server, and says so', async () => {
  const stream = await listen();
  app.drain();
  await until(stream.isEnded);
  expect(stream.events).toMatchObject([{ event: 'end', data: { code: 'shutting_down' } }]);
  expect((await send(app, { path: '/v1/events' })).response.status).toBe(503);
});

it('keeps what the application says from who may not speak for it', async () => {
  const grants = [{ permissions: ['read', 'write'], namespaces: ['*'] }];
  const weak = await call('POST', '/v1/keys', { grants });
  const stream = await listen('', {}, weak.key);
  const { id } = await store('rule', { audience: 'system' });
  await call('DELETE', `/v1/memory/${id}`);
  const user = await store('a');
  await until(() => stream.events.length === 1);
  expect(stream.events[0]?.data.data).toMatchObject({ memory_id: user.id });
});

it('has places for so many, which are free again', async () => {
  const streams = await Promise.all(Array.from({ length: 16 }, () => listen()));
  const { response, json } = await send(app, { path: '/v1/events' });
  expect(response.status).toBe(429);
  expect(json().error.code).toBe('too_many_streams');
  await streams[0]?.stop();
  await until(async () => {
    const { text } = await send(app, { path: '/metrics' });
    return text.includes('reverie_event_streams 15');
  });
  await listen();
});

it('makes nothing that is not read', async () => {
  const response = await app.fetch(
    new Request('http://reverie.test/v1/events', {
      headers: { Authorization: `Bearer ${rootKey}` },
    }),
  );
  for (let i = 0; i < 50; i++) await store(`turn ${i}`);
  const reader = response.body?.getReader();
  let text = '';
  while (text.split('event: memory.created').length <= 50) {
    text += new TextDecoder().decode((await reader?.read())?.value);
  }
  await reader?.cancel();
});

runScenarios(
  () => app,
  [
    { name: 'a bad cursor', path: '/v1/events?after=x', status: 400, code: 'invalid_cursor' },
    { name: 'a bad type', path: '/v1/events?types=a', status: 400, code: 'invalid_request' },
    { name: 'no key', key: null, path: '/v1/events', status: 401, code: 'auth_required' },
  ],
);
