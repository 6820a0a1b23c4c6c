import { afterAll, describe, expect, it } from 'vitest';
import {
  answerOf,
  type FakeService,
  openFakeService,
  readFixture,
  type Sent,
  sendJson,
} from './fake-service.test.helper.ts';
import { openRemote, testKey } from './open-remote.test.helper.ts';
import { type RemoteVendor, remoteVendors } from './vendors.ts';

const services: FakeService[] = [];
afterAll(async () => {
  for (const service of services) await service.close();
});

async function serve(answer: (sent: Sent) => unknown, status = 200): Promise<FakeService> {
  const service = await openFakeService((sent, response) =>
    sendJson(response, answer(sent), status),
  );
  services.push(service);
  return service;
}

interface Expected {
  readonly path: string;
  readonly key: { readonly header: string; readonly value: string };
  readonly document: object;
  readonly query: object;
}

const bearer = { header: 'authorization', value: `Bearer ${testKey}` };
const likeOpenai = (path: string): Expected => {
  const body = { model: 'test-model', input: ['hello', 'goodbye'], encoding_format: 'float' };
  return { path, key: bearer, document: body, query: body };
};
const cohereBody = (role: string) => ({
  model: 'test-model',
  embedding_types: ['float'],
  texts: ['hello', 'goodbye'],
  input_type: role,
  truncate: 'END',
});
const voyageBody = (role: string) => ({
  model: 'test-model',
  input: ['hello', 'goodbye'],
  input_type: role,
  truncation: true,
});
const googleBody = (taskType: string) => ({
  requests: ['hello', 'goodbye'].map((text) => ({
    model: 'models/test-model',
    content: { role: 'user', parts: [{ text }] },
    taskType,
  })),
});
const huggingfaceBody = { inputs: ['hello', 'goodbye'], normalize: true, truncate: true };

const expected: Readonly<Record<RemoteVendor, Expected>> = {
  openai: likeOpenai('/embeddings'),
  mistral: likeOpenai('/embeddings'),
  ollama: likeOpenai('/embeddings'),
  'openai-compatible': likeOpenai('/embeddings'),
  cohere: {
    path: '/embed',
    key: bearer,
    document: cohereBody('search_document'),
    query: cohereBody('search_query'),
  },
  voyage: {
    path: '/embeddings',
    key: bearer,
    document: voyageBody('document'),
    query: voyageBody('query'),
  },
  huggingface: {
    path: '/models/test-model/pipeline/feature-extraction',
    key: bearer,
    document: huggingfaceBody,
    query: huggingfaceBody,
  },
  google: {
    path: '/models/test-model:batchEmbedContents',
    key: { header: 'x-goog-api-key', value: testKey },
    document: googleBody('RETRIEVAL_DOCUMENT'),
    query: googleBody('RETRIEVAL_QUERY'),
  },
};

describe.each(remoteVendors)('%s', (vendor) => {
  it('sends what the documentation asks for, and reads the documented answer', async () => {
    const service = await serve(() => readFixture(vendor).answer);
    const embedder = await openRemote({ vendor, url: service.url, dimension: 4 });
    for (const role of ['document', 'query'] as const) {
      const vectors = await embedder.embed(['hello', 'goodbye'], { role });
      const whole = [
        [0.6, 0, -0.8, 0],
        [0, 0.6, 0.8, 0],
      ].map((numbers) => Float32Array.from(numbers));
      expect(vectors).toEqual(whole);
      const sent = service.sent.at(-1);
      expect(sent?.path).toBe(expected[vendor].path);
      expect(sent?.headers[expected[vendor].key.header]).toBe(expected[vendor].key.value);
      expect(sent?.headers['content-type']).toMatch(/^application\/json/);
      expect(sent?.body).toEqual(expected[vendor][role]);
    }
    expect(service.sent).toHaveLength(2);
    expect(embedder.model).toBe(`${vendor}/test-model@4`);
    await embedder.close?.();
  });

  it('says 401 and not the key', async () => {
    const service = await serve(() => readFixture(vendor).refusal, 401);
    const embedder = await openRemote({ vendor, url: service.url });
    const error: unknown = await embedder.embed(['hello'], { role: 'document' }).catch((e) => e);
    expect(error).toMatchObject({
      code: 'embedder_rejected',
      status: 503,
      retryable: false,
      details: { embedder: vendor, status: 401 },
    });
    expect(service.sent).toHaveLength(1);
  });
});

it.each([
  ['openai', 'text-embedding-3-large', 256, { dimensions: 256 }],
  ['cohere', 'embed-v4.0', 512, { output_dimension: 512 }],
  ['voyage', 'voyage-4', 2048, { output_dimension: 2048 }],
  ['openai-compatible', 'text-embedding-3-small', 64, { dimensions: 64 }],
] as const)('%s shortens %s to %d', async (vendor, model, dimension, field) => {
  const service = await serve((sent) => answerOf(vendor, sent, dimension));
  const embedder = await openRemote({ vendor, model, url: service.url, dimension });
  const [vector] = await embedder.embed(['hello', 'goodbye'], { role: 'document' });
  expect(vector).toHaveLength(dimension);
  expect(service.sent[0]?.body).toMatchObject(field);
});

it('google is asked for 768 unless told otherwise, for one text as for many', async () => {
  const service = await serve((sent) => answerOf('google', sent, 768));
  const google = { vendor: 'google', model: undefined, dimension: undefined } as const;
  const embedder = await openRemote({ ...google, url: service.url });
  expect(embedder.dimension).toBe(768);
  await embedder.embed(['hello'], { role: 'query' });
  expect(service.sent[0]?.path).toBe('/models/gemini-embedding-001:embedContent');
  expect(service.sent[0]?.body).toMatchObject({
    outputDimensionality: 768,
    taskType: 'RETRIEVAL_QUERY',
  });
});

it('puts the prefixes of a model before questions and documents', async () => {
  const service = await serve((sent) => answerOf('ollama', sent, 768));
  const ollama = { vendor: 'ollama', model: undefined, dimension: undefined } as const;
  const embedder = await openRemote({ ...ollama, apiKey: undefined, url: service.url });
  expect(embedder.model).toBe('ollama/nomic-embed-text@768');
  await embedder.embed([' a  ', ''], { role: 'document' });
  await embedder.embed(['a'], { role: 'query' });
  expect(service.sent.map(({ body }) => body.input)).toEqual([
    ['search_document: a'],
    ['search_query: a'],
  ]);
  expect(service.sent[0]?.headers.authorization).toBeUndefined();
});

it('voyage may answer in any order', async () => {
  const service = await serve(() => ({
    data: [
      { embedding: [0, 1], index: 1 },
      { embedding: [1, 0], index: 0 },
    ],
  }));
  const embedder = await openRemote({ vendor: 'voyage', url: service.url, dimension: 2 });
  const vectors = await embedder.embed(['first', 'second'], { role: 'document' });
  expect(vectors.map((vector) => [...vector])).toEqual([
    [1, 0],
    [0, 1],
  ]);
});
