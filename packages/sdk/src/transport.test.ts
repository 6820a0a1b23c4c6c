/** Failures: which error, and which calls are sent again. */
import { afterEach, describe, expect, it } from 'vitest';
import { ReverieError } from './errors.ts';
import { type Reply, startServer, type TestServer } from './fixtures.ts';
import { type Call, send } from './transport.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const settingsFor = (baseUrl: string, retries: number) => ({
  baseUrl,
  apiKey: undefined,
  fetch,
  timeoutMs: 2_000,
  retries,
  headers: {},
});

const pauses: number[] = [];
const pacing = {
  random: () => 0.5,
  async sleep(ms: number) {
    pauses.push(ms);
  },
};

/** Sends over a real server; tells the error's code, or `ok`, and the number of requests. */
async function outcome(call: Partial<Call>, ...replies: Reply[]) {
  pauses.length = 0;
  server = await startServer(...replies);
  const settings = settingsFor(server.url, 2);
  const error = await send(settings, { method: 'POST', path: '/', body: {}, ...call }, pacing).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error !== undefined && !ReverieError.isInstance(error)) throw error;
  return { error, code: error?.code ?? 'ok', requests: server.seen.length };
}

const refusal = (code: string) => ({
  error: { code, message: 'No.', hint: 'Do.', details: { field: 'x' } },
});

describe('errors', () => {
  it('carries what the server said', async () => {
    const { error } = await outcome(
      {},
      { status: 400, headers: { 'x-request-id': 'r1' }, body: refusal('invalid_value') },
    );
    expect(error).toMatchObject({
      name: 'ReverieError',
      code: 'invalid_value',
      status: 400,
      message: 'No.',
      hint: 'Do.',
      details: { field: 'x' },
      retryable: false,
      requestId: 'r1',
    });
  });

  it('names an answer that is not ours', async () => {
    expect(await outcome({}, { body: '<html>' })).toMatchObject({ code: 'invalid_response' });
    expect(await outcome({}, { status: 502, body: 'Bad gateway' })).toMatchObject({
      code: 'http_502',
      requests: 1,
    });
  });

  it('knows its own across copies of the package', () => {
    expect(ReverieError.isInstance(new ReverieError('timeout', 'x'))).toBe(true);
    expect(ReverieError.isInstance(new Error('x'))).toBe(false);
  });
});

describe('retries of calls that read or erase', () => {
  it('goes on after 503 and 429, with a growing pause', async () => {
    const busy = { status: 503, body: refusal('overloaded') };
    expect(await outcome({}, busy, { status: 429, body: '' }, { body: {} })).toMatchObject({
      code: 'ok',
      requests: 3,
    });
    expect(pauses).toEqual([187.5, 375]);
  });

  it('waits as long as the server asks, in seconds or until a date', async () => {
    const date = new Date(Date.now() + 10_000).toUTCString();
    await outcome(
      {},
      { status: 429, headers: { 'retry-after': '3' }, body: '' },
      { status: 429, headers: { 'retry-after': date }, body: '' },
      { body: {} },
    );
    expect(pauses[0]).toBe(3000);
    expect(pauses[1]).toBeGreaterThan(7000);
  });

  it('leaves a very long wait to the caller', async () => {
    const late = { status: 429, headers: { 'retry-after': '3600' }, body: '' };
    const { error, requests } = await outcome({}, late);
    expect(error).toMatchObject({ code: 'http_429', retryAfterMs: 3_600_000 });
    expect(requests).toBe(1);
  });

  it('is bounded, and does not insist where a retry cannot help', async () => {
    expect(await outcome({}, { status: 503, body: refusal('overloaded') })).toMatchObject({
      code: 'overloaded',
      requests: 3,
    });
    expect(await outcome({}, { status: 503, body: refusal('store_damaged') })).toMatchObject({
      requests: 1,
    });
    expect(await outcome({}, { status: 500, body: refusal('internal') })).toMatchObject({
      requests: 1,
    });
  });

  it('goes on after a cut connection', async () => {
    expect(await outcome({}, {}, { body: {} })).toMatchObject({ code: 'ok', requests: 2 });
  });

  it('goes on after a time-out', async () => {
    const late = { body: {}, delayMs: 300 };
    expect(await outcome({ timeoutMs: 60 }, late)).toMatchObject({ code: 'timeout', requests: 3 });
  });
});

describe('retries of a store', () => {
  const write = { write: true };

  it.each(['overloaded', 'shutting_down', 'disk_full', 'store_read_only'])(
    'goes on after %s: nothing was stored',
    async (code) => {
      const result = await outcome(write, { status: 503, body: refusal(code) }, { body: {} });
      expect(result).toMatchObject({ code: 'ok', requests: 2 });
    },
  );

  it.each<[string, Reply]>([
    ['a cut connection', {}],
    ['a time-out', { body: {}, delayMs: 300 }],
    ['a 503 of a proxy', { status: 503, body: 'Try later' }],
    ['a store that cannot be reached', { status: 503, body: refusal('store_unavailable') }],
  ])('stops after %s: it may have been stored', async (_name, reply) => {
    const result = await outcome({ ...write, timeoutMs: 60 }, reply, { body: {} });
    expect(result.requests).toBe(1);
    expect(result.code).not.toBe('ok');
  });

  it.each<[string, Reply]>([
    ['a cut connection', {}],
    ['a time-out', { body: {}, delayMs: 1_000 }],
    ['a store that cannot be reached', { status: 503, body: refusal('store_unavailable') }],
    ['its own first attempt', { status: 409, body: refusal('idempotency_in_flight') }],
  ])('with a key it goes on after %s', async (_name, reply) => {
    const named = { ...write, idempotencyKey: 'k1', timeoutMs: 300 };
    const result = await outcome(named, reply, { body: {} });
    expect(result).toMatchObject({ code: 'ok', requests: 2 });
    expect(server?.seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['k1', 'k1']);
  });

  it('goes on when no connection came about', async () => {
    pauses.length = 0;
    const gone = await startServer();
    await gone.close();
    const settings = settingsFor(gone.url, 1);
    const call = { method: 'POST', path: '/', body: {}, write: true } as const;
    await expect(send(settings, call, pacing)).rejects.toMatchObject({
      code: 'network_error',
      status: 0,
      details: { reason: 'ECONNREFUSED', sent: false },
    });
    expect(pauses.length).toBe(1);
  });
});

describe('abort', () => {
  it('ends the call and is never repeated', async () => {
    const aborting = new AbortController();
    setTimeout(() => aborting.abort(new Error('enough')), 30);
    const { error, requests } = await outcome(
      { signal: aborting.signal },
      { body: {}, delayMs: 500 },
    );
    expect(error).toMatchObject({ code: 'aborted', cause: { message: 'enough' } });
    expect(requests).toBe(1);
  });

  it('sends nothing when it came before', async () => {
    const { code, requests } = await outcome({ signal: AbortSignal.abort() }, { body: {} });
    expect(code).toBe('aborted');
    expect(requests).toBe(0);
  });

  it('ends the pause before a retry', async () => {
    server = await startServer({ status: 429, headers: { 'retry-after': '20' }, body: '' });
    const settings = settingsFor(server.url, 2);
    const call = { method: 'GET', path: '/', signal: AbortSignal.timeout(100) } as const;
    await expect(send(settings, call)).rejects.toMatchObject({ code: 'aborted' });
  });
});
