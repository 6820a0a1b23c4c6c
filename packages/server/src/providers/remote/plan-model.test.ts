import { expect, test } from 'vitest';
import { MemoryError } from '../../domain/errors.ts';
import { checkBaseUrl } from './base-url.ts';
import { loadPackage } from './load-package.ts';
import { knownModel } from './models.ts';
import { planModel, type RemoteSettings } from './plan-model.ts';
import { embedderUse } from './remote-use.ts';
import { remoteVendors, vendors } from './vendors.ts';

function refusalOf(task: () => unknown): MemoryError {
  try {
    task();
  } catch (error) {
    if (MemoryError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('It was accepted.');
}

const plan = (settings: Partial<RemoteSettings>) =>
  planModel({
    vendor: 'openai',
    model: undefined,
    url: undefined,
    apiKey: 'key',
    dimension: undefined,
    concurrency: 4,
    timeoutMs: 1_000,
    ...settings,
  });

test.each(remoteVendors.filter((vendor) => vendor !== 'openai-compatible'))(
  '%s needs nothing but a key',
  (vendor) => {
    const { model, url, dimension } = plan({ vendor });
    expect(model).toBe(vendors[vendor].defaultModel);
    expect(url).toMatch(/^https:|^http:\/\/127\.0\.0\.1:/);
    expect(dimension).toBeGreaterThan(100);
  },
);

test.each([
  [{ apiKey: undefined }, 'REVERIE_EMBEDDER_API_KEY', 'openai needs a key'],
  [{ vendor: 'openai-compatible', url: 'https://a.org' }, 'REVERIE_EMBEDDER_MODEL', 'model'],
  [{ vendor: 'openai-compatible', model: 'a' }, 'REVERIE_EMBEDDER_URL', 'address'],
  [{ dimension: 2_000 }, 'REVERIE_EMBEDDER_DIMENSION', '1536 and not 2000'],
  [{ vendor: 'cohere', dimension: 600 }, 'REVERIE_EMBEDDER_DIMENSION', 'not 600'],
  [{ vendor: 'mistral', dimension: 512 }, 'REVERIE_EMBEDDER_DIMENSION', 'not 512'],
  [{ vendor: 'ollama', dimension: 512 }, 'REVERIE_EMBEDDER_DIMENSION', '768 and not 512'],
] as const)('%o is refused by name', (settings, setting, reason) => {
  const error = refusalOf(() => plan(settings));
  expect(error).toMatchObject({ code: 'setting_invalid', details: { setting } });
  expect(error.message).toContain(reason);
});

test('a dimension is asked for only where it is not what comes unasked', () => {
  expect(plan({}).outputDimension).toBeUndefined();
  expect(plan({ dimension: 1536 }).outputDimension).toBeUndefined();
  expect(plan({ dimension: 256 }).outputDimension).toBe(256);
  expect(plan({ vendor: 'google' }).outputDimension).toBe(768);
  expect(plan({ vendor: 'google', dimension: 3072 }).outputDimension).toBeUndefined();
  expect(plan({ model: 'unheard-of', dimension: 77 })).toMatchObject({
    dimension: 77,
    outputDimension: undefined,
  });
});

test.each([
  ['intfloat/multilingual-e5-large', 1024, 'query: '],
  ['BAAI/bge-small-en-v1.5', 384, 'Represent this sentence for searching relevant passages: '],
  ['nomic-ai/nomic-embed-text-v1.5', 768, 'search_query: '],
  ['nomic-embed-text:latest', 768, 'search_query: '],
  ['Qwen/Qwen3-Embedding-0.6B', 1024, expect.stringMatching(/^Instruct: .*\nQuery:$/)],
  ['sentence-transformers/all-MiniLM-L6-v2', 384, undefined],
])('%s is known', (name, dimension, query) => {
  const known = knownModel(name);
  expect(known?.dimension).toBe(dimension);
  expect(known?.prefixes?.query).toEqual(query);
});

test.each([
  'https://api.example.org/v1',
  'http://127.0.0.1:8080/v1/',
  'http://[::1]:8080',
  'http://localhost:11434/v1',
  'http://ollama:11434/v1',
  'http://192.168.1.9/v1',
  'http://10.0.0.3',
  'http://tei.internal/v1',
])('%s may be used', (url) => {
  expect(checkBaseUrl(url, embedderUse)).toBe(new URL(url).href.replace(/\/+$/, ''));
});

test.each([
  'http://api.example.org/v1',
  'http://8.8.8.8/v1',
  'http://172.32.0.1',
  'http://169.254.169.254/latest',
  'http://[2001:db8::1]/',
  'ftp://127.0.0.1',
  'https://user:secret@example.org',
  'https://example.org/v1?secret=1',
  'secret',
])('%s may not, and is not repeated', (url) => {
  const error = refusalOf(() => checkBaseUrl(url, embedderUse));
  expect(error.code).toBe('setting_invalid');
  expect(error.message).toMatch(/^REVERIE_EMBEDDER_URL: /);
  expect(error.message).not.toMatch(/secret|example|254/);
});

test('a missing package is named with the command that installs it', async () => {
  const load = () => Promise.reject(new Error('Cannot find package'));
  await expect(loadPackage('@ai-sdk/openai@3', load, embedderUse)).rejects.toMatchObject({
    code: 'setting_invalid',
    message: 'REVERIE_EMBEDDER: a package is missing. Run: npm install @ai-sdk/openai@3',
  });
});
