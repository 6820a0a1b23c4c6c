import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { MemoryError } from '../../domain/errors.ts';
import type { Embedder } from '../../ports/embedder.ts';
import {
  type Answer,
  answerOf,
  type FakeService,
  openFakeService,
  type Sent,
  sendJson,
} from './fake-service.test.helper.ts';
import { createTestWorld, openRemote, testKey } from './open-remote.test.helper.ts';

const services: FakeService[] = [];
afterAll(async () => {
  for (const service of services) await service.close();
});

async function serve(answer: Answer): Promise<FakeService> {
  const service = await openFakeService(answer);
  services.push(service);
  return service;
}

const document = { role: 'document' } as const;
const succeed = (sent: Sent, response: ServerResponse) =>
  sendJson(response, answerOf('openai-compatible', sent, 64));
const fail =
  (status: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) => {
    response.writeHead(status, headers);
    response.end(`{"error":"${testKey} and the secret text"}`);
  };

async function failureOf(embedder: Embedder, texts = ['the secret text']): Promise<MemoryError> {
  try {
    await embedder.embed(texts, document);
  } catch (error) {
    if (MemoryError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('It was answered.');
}

describe('what will not pass', () => {
  it.each([400, 401, 403, 404, 409, 422])('is not tried again: %d', async (status) => {
    const service = await serve((_, response) => fail(status)(response));
    const world = createTestWorld();
    const error = await failureOf(await openRemote({ url: service.url }, world));
    expect(error.code).toBe('embedder_rejected');
    expect(error.message).toContain(`HTTP ${status}`);
    expect(service.sent).toHaveLength(1);
    expect(world.sleeps).toEqual([]);
  });

  it('is never told with key, text or address', async () => {
    const broken: Answer[] = [
      (_, response) => fail(401)(response),
      (_, response) => sendJson(response, `{"data": "${testKey} the secret text`),
      (_, response) => sendJson(response, { data: [], note: `${testKey} the secret text` }),
      (_, response) => response.destroy(),
    ];
    for (const answer of broken) {
      const service = await serve(answer);
      const error = await failureOf(await openRemote({ url: service.url }));
      const told = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
      expect(told).not.toContain(testKey);
      expect(told).not.toContain('secret text');
      expect(told).not.toContain('127.0.0.1');
    }
  });

  it('is a redirect', async () => {
    const target = await serve(succeed);
    const service = await serve((_, response) =>
      fail(307, { location: `${target.url}/embeddings` })(response),
    );
    const error = await failureOf(await openRemote({ url: service.url }));
    expect(error.code).toBe('embedder_rejected');
    expect(error.message).toContain('redirects are not followed');
    expect(target.sent).toEqual([]);
  });

  it('is a vector of another length, which never mixes with the others', async () => {
    const service = await serve((sent, response) =>
      sendJson(response, answerOf('openai-compatible', sent, 32)),
    );
    const error = await failureOf(await openRemote({ url: service.url }));
    expect(error.code).toBe('embedder_rejected');
    expect(error.message).toContain('32 numbers where 64 are expected');
    expect(error.message).toContain('REVERIE_EMBEDDER_DIMENSION');
  });
});

describe('what may pass', () => {
  it.each([408, 429, 500, 503])('is tried again: %d, then success', async (status) => {
    const service = await serve((sent, response, number) =>
      number <= 2 ? fail(status)(response) : succeed(sent, response),
    );
    const world = createTestWorld();
    const embedder = await openRemote({ url: service.url }, world);
    expect(await embedder.embed(['hello'], document)).toHaveLength(1);
    expect(service.sent).toHaveLength(3);
    // Full jitter at one half: half of 500, then half of 1,000 milliseconds.
    expect(world.sleeps).toEqual([250, 500]);
  });

  it.each([
    [{ 'retry-after': '7' }, 7_250],
    [{ 'retry-after': '1.5' }, 1_750],
    [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:10 GMT' }, 10_250],
    [{ 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }, 250],
    [{ 'retry-after-ms': '40', 'retry-after': '9' }, 290],
    [{ 'retry-after': 'soon' }, 250],
  ])('waits as long as it is asked to: %o', async (headers, waitMs) => {
    const service = await serve((sent, response, number) =>
      number === 1 ? fail(429, headers)(response) : succeed(sent, response),
    );
    const world = createTestWorld();
    const embedder = await openRemote({ url: service.url }, world);
    await embedder.embed(['hello'], document);
    expect(world.sleeps).toEqual([waitMs]);
  });

  it('ends after four tries, or at once when the service asks for too long a pause', async () => {
    const service = await serve((_, response) => fail(429)(response));
    const error = await failureOf(await openRemote({ url: service.url }));
    expect(error).toMatchObject({ code: 'embedder_unavailable', retryable: true });
    expect(error.message).toContain('in 4 tries: HTTP 429');
    expect(service.sent).toHaveLength(4);
    const tired = await serve((_, response) => fail(429, { 'retry-after': '3600' })(response));
    expect((await failureOf(await openRemote({ url: tired.url }))).code).toBe(
      'embedder_unavailable',
    );
    expect(tired.sent).toHaveLength(1);
  });

  it('is a service that is not there', async () => {
    const service = await serve(succeed);
    await service.close();
    const error = await failureOf(await openRemote({ url: service.url }));
    expect(error.code).toBe('embedder_unavailable');
    expect(error.message).toMatch(/in 4 tries: no connection \(ECONNREFUSED\)/);
  });

  it('is a service that breaks off in the middle', async () => {
    const service = await serve((sent, response, number) => {
      if (number > 1) return succeed(sent, response);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"data":', () => response.destroy());
    });
    const embedder = await openRemote({ url: service.url });
    expect(await embedder.embed(['hello'], document)).toHaveLength(1);
    expect(service.sent).toHaveLength(2);
  });

  it.each(['before', 'after'])('is a service that hangs %s its headers', async (moment) => {
    const service = await serve((sent, response, number) => {
      if (number > 1) return succeed(sent, response);
      if (moment === 'after') response.writeHead(200).write('{');
    });
    const embedder = await openRemote({ url: service.url, timeoutMs: 150 });
    expect(await embedder.embed(['hello'], document)).toHaveLength(1);
    expect(service.sent).toHaveLength(2);
  });

  it('is an answer that cannot be read, but not at once', async () => {
    const answers: unknown[] = [
      '<html>busy</html>',
      '{"data":[{"embedding":[1,2',
      { data: [] },
      { data: [{ embedding: 'x', index: 0 }] },
      `{"data":[{"embedding":[${'1e999,'.repeat(63)}1],"index":0}]}`,
    ];
    for (const answer of answers) {
      const service = await serve((_, response) => sendJson(response, answer));
      const error = await failureOf(await openRemote({ url: service.url }));
      expect(error.code).toBe('embedder_unavailable');
      expect(service.sent).toHaveLength(1);
    }
  });
});

describe('many texts', () => {
  it('go in calls of bounded size, not too many at once', async () => {
    const service = await serve((sent, response) => {
      setTimeout(() => succeed(sent, response), 5);
    });
    const embedder = await openRemote({ url: service.url, concurrency: 3 });
    const texts = Array.from({ length: 300 }, (_, at) => `text ${at}`);
    expect(await embedder.embed(texts, document)).toHaveLength(300);
    expect(service.sent).toHaveLength(10);
    expect(service.openMax).toBeLessThanOrEqual(3);
  });

  it('let a question pass', async () => {
    const service = await serve((sent, response) => {
      setTimeout(() => succeed(sent, response), 5);
    });
    const embedder = await openRemote({ url: service.url, concurrency: 1 });
    const texts = Array.from({ length: 320 }, (_, at) => `text ${at}`);
    const many = embedder.embed(texts, document);
    await embedder.embed(['who?'], { role: 'query' });
    await many;
    const order = service.sent.findIndex(({ body }) => JSON.stringify(body.input) === '["who?"]');
    expect(order).toBe(1);
  });

  it('end together when one call fails', async () => {
    const service = await serve((sent, response, number) => {
      if (number === 1) fail(401)(response);
      else setTimeout(() => succeed(sent, response), 20);
    });
    const embedder = await openRemote({ url: service.url, concurrency: 4 });
    const texts = Array.from({ length: 320 }, (_, at) => `text ${at}`);
    expect((await failureOf(embedder, texts)).code).toBe('embedder_rejected');
    await new Promise((resolve) => setTimeout(resolve, 100));
    // Four at once, and one that took the place of the first before the others heard of it.
    expect(service.sent.length).toBeLessThanOrEqual(5);
  });
});

describe('a model of unknown dimension', () => {
  it('is asked once', async () => {
    const service = await serve(succeed);
    const embedder = await openRemote({ url: service.url, dimension: undefined });
    expect(embedder.dimension).toBe(64);
    expect(embedder.model).toBe('openai-compatible/test-model@64');
    expect(service.sent).toHaveLength(1);
  });

  it('needs the setting when the service is down; a known one starts without it', async () => {
    const service = await serve((_, response) => fail(500)(response));
    await expect(openRemote({ url: service.url, dimension: undefined })).rejects.toMatchObject({
      code: 'setting_invalid',
      message: expect.stringMatching(/HTTP 500.*Set REVERIE_EMBEDDER_DIMENSION\.$/),
    });
    const calls = service.sent.length;
    const known = await openRemote({ url: service.url, model: 'bge-m3', dimension: undefined });
    expect(known.dimension).toBe(1024);
    expect(service.sent).toHaveLength(calls);
  });
});

describe('questions', () => {
  it('are asked once, and once at a time', async () => {
    const service = await serve((sent, response) => {
      setTimeout(() => succeed(sent, response), 20);
    });
    const embedder = await openRemote({ url: service.url });
    const ask = (text: string, signal?: AbortSignal) =>
      embedder.embed([text], { role: 'query', ...(signal && { signal }) });
    const controller = new AbortController();
    const left = ask('who?', controller.signal);
    const others = Promise.all([ask('who?'), ask('who?')]);
    controller.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    const [first, second] = await others;
    expect(first).toEqual(second);
    expect(await ask('who?')).toEqual(first);
    expect(service.sent).toHaveLength(1);
    await embedder.embed(['who?'], document);
    expect(service.sent).toHaveLength(2);
  });

  it('that failed are not remembered', async () => {
    const service = await serve((sent, response, number) =>
      number === 1 ? fail(401)(response) : succeed(sent, response),
    );
    const embedder = await openRemote({ url: service.url });
    await expect(embedder.embed(['who?'], { role: 'query' })).rejects.toThrow('HTTP 401');
    expect(await embedder.embed(['who?'], { role: 'query' })).toHaveLength(1);
  });
});

describe('closing', () => {
  it('ends what is under way with a code', async () => {
    const service = await serve(() => {});
    const embedder = await openRemote({ url: service.url });
    const running = [embedder.embed(['a'], document), embedder.embed(['b'], { role: 'query' })].map(
      (each) => each.catch((error: unknown) => error),
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    await embedder.close?.();
    for (const error of await Promise.all(running)) {
      expect(error).toMatchObject({ code: 'shutting_down' });
    }
  });
});
