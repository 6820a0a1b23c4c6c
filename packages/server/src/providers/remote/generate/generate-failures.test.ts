import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MemoryError } from '../../../domain/errors.ts';
import type { Generator } from '../../../ports/generator.ts';
import { type Answer, openFakeService, sendJson } from '../fake-service.test.helper.ts';
import { loadPackage, sdkPackages } from '../load-package.ts';
import { createTestWorld, testKey } from '../open-remote.test.helper.ts';
import { generatorUse } from '../remote-use.ts';
import { answerWith, openGenerator, withGenerator } from './open-generator.test.helper.ts';
import { openRemoteGenerator } from './remote-generator.ts';

const vendor = 'openai-compatible';
const secret = 'the secret text';
const request = { system: 'Be brief.', prompt: secret, maxOutputTokens: 64 };
const schema = { type: 'object', properties: { word: { type: 'string' } } };
const succeed: Answer = (_, response) => sendJson(response, answerWith(vendor, 'Yes.'));
const fail = (response: ServerResponse, status: number, headers: Record<string, string> = {}) => {
  response.writeHead(status, headers);
  response.end(`{"error":"${testKey} and ${secret}"}`);
};

async function failureOf(generator: Generator, asked: object = {}): Promise<MemoryError> {
  try {
    await generator.generate({ ...request, ...asked });
  } catch (error) {
    if (MemoryError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('It was answered.');
}

describe('what will not pass', () => {
  it.each([400, 401, 403, 404, 422])('is not tried again: %d', (status) =>
    withGenerator(
      {},
      (_, response) => fail(response, status),
      async ({ generator, sent }) => {
        const error = await failureOf(generator);
        expect(error).toMatchObject({ code: 'generator_rejected', retryable: false });
        expect(error.message).toContain(`HTTP ${status}`);
        expect(sent).toHaveLength(1);
      },
    ),
  );

  it('is a bad request with the schema and without it', () =>
    withGenerator(
      {},
      (_, response) => fail(response, 400),
      async ({ generator, sent }) => {
        for (const calls of [2, 4]) {
          expect((await failureOf(generator, { schema })).code).toBe('generator_rejected');
          expect(sent).toHaveLength(calls);
        }
      },
    ));

  it('is a redirect', async () => {
    const target = await openFakeService(succeed);
    const answer: Answer = (_, response) => fail(response, 307, { location: target.url });
    await withGenerator({}, answer, async ({ generator }) => {
      const error = await failureOf(generator);
      expect(error.message).toContain('redirects are not followed; check REVERIE_LLM_URL');
    });
    expect(target.sent).toEqual([]);
    await target.close();
  });

  it('is never told with key, text or address', async () => {
    const broken: Answer[] = [
      (_, response) => fail(response, 401),
      (_, response) => sendJson(response, `{"choices": "${testKey} ${secret}`),
      (_, response) => sendJson(response, { choices: [], note: `${testKey} ${secret}` }),
      (_, response) => sendJson(response, { error: { message: `${testKey} ${secret}` } }),
      (_, response) => response.destroy(),
    ];
    for (const answer of broken) {
      await withGenerator({}, answer, async ({ generator }) => {
        const error = await failureOf(generator);
        const told = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
        for (const word of [testKey, secret, '127.0.0.1']) expect(told).not.toContain(word);
      });
    }
  });
});

describe('what may pass', () => {
  it.each([408, 429, 500, 529])('is tried again: %d, then success', async (status) => {
    const world = createTestWorld();
    const service = await openFakeService((sent, response, number) =>
      number <= 2 ? fail(response, status) : succeed(sent, response, number),
    );
    const generator = await openGenerator({ url: service.url }, world);
    expect((await generator.generate(request)).text).toBe('Yes.');
    expect(service.sent).toHaveLength(3);
    expect(world.sleeps).toEqual([250, 500]);
    await service.close();
  });

  it('waits as long as Retry-After says', async () => {
    const world = createTestWorld();
    const service = await openFakeService((sent, response, number) =>
      number === 1 ? fail(response, 429, { 'retry-after': '7' }) : succeed(sent, response, number),
    );
    const generator = await openGenerator({ url: service.url }, world);
    await generator.generate(request);
    expect(world.sleeps).toEqual([7_250]);
    await service.close();
  });

  it('ends after four tries', () =>
    withGenerator(
      {},
      (_, response) => fail(response, 503),
      async ({ generator, sent }) => {
        const error = await failureOf(generator);
        expect(error).toMatchObject({ code: 'generator_unavailable', retryable: true });
        expect(error.message).toBe(
          'The LLM openai-compatible gave no usable answer in 4 tries: HTTP 503.',
        );
        expect(sent).toHaveLength(4);
      },
    ));

  it.each(['before', 'after'])('is one that hangs %s its headers; it is not asked again', (when) =>
    withGenerator(
      { timeoutMs: 150 },
      (_, response) => {
        if (when === 'after') response.writeHead(200).write('{');
      },
      async ({ generator, sent }) => {
        const error = await failureOf(generator);
        expect(error.code).toBe('generator_unavailable');
        expect(error.message).toContain('no answer within 150 ms');
        expect(sent).toHaveLength(1);
      },
    ),
  );

  it.each(['<html>busy</html>', '{"choices":[{"mess', '{}', '{"choices":[]}', '{"error":{}}'])(
    'is an answer that cannot be read, but not at once: %s',
    (text) =>
      withGenerator(
        {},
        (_, response) => sendJson(response, text),
        async ({ generator, sent }) => {
          expect((await failureOf(generator)).code).toBe('generator_unavailable');
          expect(sent).toHaveLength(1);
        },
      ),
  );
});

describe('calls', () => {
  it('are not too many at once', async () => {
    const service = await openFakeService((sent, response, number) => {
      setTimeout(() => succeed(sent, response, number), 10);
    });
    const generator = await openGenerator({ url: service.url, concurrency: 2 });
    await Promise.all(Array.from({ length: 9 }, () => generator.generate(request)));
    expect(service.sent).toHaveLength(9);
    expect(service.openMax).toBeLessThanOrEqual(2);
    await service.close();
  });

  it('under way and waiting end with a code when it closes', () =>
    withGenerator(
      { concurrency: 1 },
      () => {},
      async ({ generator }) => {
        const running = [1, 2].map(() => generator.generate(request).catch((error) => error));
        await new Promise((resolve) => setTimeout(resolve, 30));
        await generator.close?.();
        for (const error of await Promise.all(running)) {
          expect(error).toMatchObject({ code: 'shutting_down' });
        }
      },
    ));

  it('are counted here where the service does not say, and marked', () => {
    const { usage: _, ...silent } = answerWith(vendor, 'Yes, I am here.') as Record<
      string,
      unknown
    >;
    return withGenerator(
      {},
      (_, response) => sendJson(response, silent),
      async ({ generator }) => {
        // The tokeniser of the test counts words.
        expect((await generator.generate(request)).usage).toEqual({
          inputTokens: 5,
          outputTokens: 4,
          isEstimated: true,
        });
      },
    );
  });
});

describe('settings', () => {
  const base = {
    vendor: 'openai' as const,
    model: 'test-model' as string | undefined,
    url: undefined,
    apiKey: testKey as string | undefined,
    concurrency: 1,
    timeoutMs: 1_000,
    prices: { input: 1, output: 2 },
    openTokenizer: () => Promise.reject(new Error('It is not needed.')),
  };

  it.each([
    [{ model: undefined }, 'REVERIE_LLM_MODEL: openai needs the name of a model.'],
    [{ apiKey: undefined }, 'REVERIE_LLM_API_KEY: openai needs a key.'],
    [
      { vendor: 'openai-compatible' },
      'REVERIE_LLM_URL: openai-compatible needs the address of the service.',
    ],
    [
      { vendor: 'replicate' },
      'REVERIE_LLM_MODEL: replicate names its models like owner/name or owner/name:version.',
    ],
    [
      { url: 'http://example.org/v1' },
      'REVERIE_LLM_URL: https is needed for a host outside this machine and its network.',
    ],
    [
      { url: 'https://me:secret@example.org' },
      'REVERIE_LLM_URL: leave user and password out; the key is REVERIE_LLM_API_KEY.',
    ],
  ] as const)('%o are refused by name', async (draft, message) => {
    await expect(openRemoteGenerator({ ...base, ...draft })).rejects.toMatchObject({
      code: 'setting_invalid',
      message,
    });
  });

  it('that need a package that is missing say which', async () => {
    const load = () => Promise.reject(new Error('Cannot find package'));
    await expect(loadPackage(sdkPackages.anthropic, load, generatorUse)).rejects.toMatchObject({
      code: 'setting_invalid',
      message: 'REVERIE_LLM: a package is missing. Run: npm install @ai-sdk/anthropic@3',
    });
  });

  it('are enough: nothing is asked when it opens, and prices are told', async () => {
    const generator = await openRemoteGenerator(base);
    expect(generator).toMatchObject({ model: 'openai/test-model', prices: base.prices });
  });
});
