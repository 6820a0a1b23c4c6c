import { describe, expect, test } from 'vitest';
import { loadSettings } from './settings.ts';

const load = (env: Record<string, string>) => loadSettings(env, {}, '/srv/app');

describe('a vector database', () => {
  test.each([
    ['qdrant', 'REVERIE_QDRANT_URL', 'http://127.0.0.1:6333'],
    ['weaviate', 'REVERIE_WEAVIATE_URL', 'https://weaviate.example/base'],
    ['pinecone', 'REVERIE_PINECONE_API_KEY', 'pc-key'],
  ])('%s needs %s, which is refused without it', (vectors, name, value) => {
    expect(load({ REVERIE_VECTORS: vectors, [name]: value })).toMatchObject({ vectors });
    expect(() => load({ REVERIE_VECTORS: vectors })).toThrow(`${name}: a value is needed`);
    expect(() => load({ [name]: value })).toThrow(
      `${name}: builtin does not use it; set REVERIE_VECTORS=${vectors} too`,
    );
  });

  test('has a key that is never shown', () => {
    const env = { REVERIE_VECTORS: 'qdrant', REVERIE_QDRANT_URL: 'http://q:6333' };
    expect(load({ ...env, REVERIE_QDRANT_API_KEY: 'k' })).toMatchObject({ qdrantApiKey: 'k' });
    expect(() => load({ ...env, REVERIE_QDRANT_API_KEY: 'not visible' })).toThrow(
      /^REVERIE_QDRANT_API_KEY: (?!.*not visible)/,
    );
  });

  test.each([
    ['REVERIE_QDRANT_URL', 'qdrant:6333'],
    ['REVERIE_QDRANT_URL', 'http://user:secret@host'],
    ['REVERIE_WEAVIATE_CLASS', 'lower'],
    ['REVERIE_PINECONE_INDEX', 'Upper'],
    ['REVERIE_PINECONE_INDEX', 'more-than-twenty-four-letters'],
    ['REVERIE_QDRANT_COLLECTION', 'a/b'],
  ])('%s is not %s', (name, value) => {
    expect(() => load({ [name]: value })).toThrow(name);
  });
});
