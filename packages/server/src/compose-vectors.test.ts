/** Systems for vectors in words: what receipts call them, and what tells them apart. */

import { expect, test } from 'vitest';
import { describeVectors, vectorSettings } from './compose-vectors.ts';
import { loadSettings } from './config/settings.ts';

const words = (env: Record<string, string>): string =>
  describeVectors(vectorSettings(loadSettings(env)));

const pgvector = (url: string) => words({ REVERIE_VECTORS: 'pgvector', REVERIE_PGVECTOR_URL: url });
const pinecone = (key: string) =>
  words({ REVERIE_VECTORS: 'pinecone', REVERIE_PINECONE_API_KEY: key });

test('a database is named by its address, without who enters it', () => {
  expect(pgvector('postgres://me:hidden@db.example:5433/one')).toBe(
    'pgvector at db.example:5433/one',
  );
  expect(pgvector('postgres://me@db.example/one')).toBe('pgvector at db.example/one');
  const socket = 'postgres:///one?host=/var/run/postgresql&port=5433';
  expect(pgvector(socket)).toBe('pgvector at /var/run/postgresql:5433/one');
  expect(pgvector('postgres://here/one?port=5433')).not.toBe(pgvector('postgres://here/one'));
});

test('two projects of Pinecone are two systems, and no key is shown', () => {
  const [one, other] = [pinecone('hidden-key-one'), pinecone('hidden-key-other')];
  expect(one).toMatch(/^Pinecone at api\.pinecone\.io under reverie, by the key [0-9a-f]{8}$/);
  expect(other).not.toBe(one);
});
