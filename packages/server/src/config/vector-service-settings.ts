/** Settings of the vector databases: a part of the one table, and the rules between them. */
import { z } from 'zod';
import { apiKeyText, define, integer, type Values, word } from './setting.ts';
import { refuseIdle, settingInvalid } from './setting-invalid.ts';

/** fetch takes no user and password in an address. */
const address = z
  .string()
  .regex(/^https?:\/\/[^\s@/]+(\/[^\s@]*)?$/, 'an address like https://host:6333 is needed');

export const vectorServiceSettings = {
  vectorsTimeoutMs: define({
    env: 'REVERIE_VECTORS_TIMEOUT_MS',
    schema: integer(100, 600_000),
    default: '30000',
    form: 'number',
    doc:
      'How long one call to Qdrant, Weaviate or Pinecone may take in the background, in ' +
      'milliseconds, with its retries; a search waits for REVERIE_VECTORS_WAIT_MS only.',
  }),
  qdrantUrl: define({
    env: 'REVERIE_QDRANT_URL',
    schema: address,
    form: 'url',
    doc: 'The REST API of Qdrant, as http://127.0.0.1:6333.',
  }),
  qdrantApiKey: define({
    env: 'REVERIE_QDRANT_API_KEY',
    schema: apiKeyText,
    form: 'key',
    secret: true,
    doc: 'The key of Qdrant, where it has one.',
  }),
  qdrantCollection: define({
    env: 'REVERIE_QDRANT_COLLECTION',
    schema: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'letters, digits, _ and -'),
    default: 'reverie',
    form: 'name',
    doc: 'What the names of its collections begin with; every store needs one of its own.',
  }),
  weaviateUrl: define({
    env: 'REVERIE_WEAVIATE_URL',
    schema: address,
    form: 'url',
    doc: 'The REST API of Weaviate, as http://127.0.0.1:8080.',
  }),
  weaviateApiKey: define({
    env: 'REVERIE_WEAVIATE_API_KEY',
    schema: apiKeyText,
    form: 'key',
    secret: true,
    doc: 'The key of Weaviate, where it has one.',
  }),
  weaviateClass: define({
    env: 'REVERIE_WEAVIATE_CLASS',
    schema: z.string().regex(/^[A-Z][A-Za-z0-9]{0,99}$/, 'a capital, then letters and digits'),
    default: 'Reverie',
    form: 'name',
    doc: 'What the names of its classes begin with; every store needs one of its own.',
  }),
  pineconeApiKey: define({
    env: 'REVERIE_PINECONE_API_KEY',
    schema: apiKeyText,
    form: 'key',
    secret: true,
    doc: 'The key of a project of Pinecone.',
  }),
  pineconeIndex: define({
    env: 'REVERIE_PINECONE_INDEX',
    schema: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,22}[a-z0-9])?$/, '1 to 24 of a-z, 0-9 and -'),
    default: 'reverie',
    form: 'name',
    doc: 'What the names of its indexes begin with; every store needs one of its own.',
  }),
  pineconeCloud: define({
    env: 'REVERIE_PINECONE_CLOUD',
    schema: word,
    default: 'aws',
    form: 'aws|gcp|azure',
    doc: 'Where indexes are made that are not there yet.',
  }),
  pineconeRegion: define({
    env: 'REVERIE_PINECONE_REGION',
    schema: word,
    default: 'us-east-1',
    form: 'name',
    doc: 'The region of that cloud; the free plan of Pinecone has us-east-1 only.',
  }),
  pineconeUrl: define({
    env: 'REVERIE_PINECONE_URL',
    schema: address,
    default: 'https://api.pinecone.io',
    form: 'url',
    doc: 'The control plane of Pinecone, where it is not the usual one.',
  }),
};

export type VectorServiceValues = Values<typeof vectorServiceSettings>;

/** What a system cannot do without, and what says nothing without it. */
const services = {
  qdrant: { needed: 'qdrantUrl', idle: ['qdrantUrl', 'qdrantApiKey'] },
  weaviate: { needed: 'weaviateUrl', idle: ['weaviateUrl', 'weaviateApiKey'] },
  pinecone: { needed: 'pineconeApiKey', idle: ['pineconeApiKey'] },
} as const;

/**
 * Throws setting_invalid for what the system that is chosen lacks, or would not use, unless that
 * `mayBeIdle`.
 */
export function checkVectorServices(
  vectors: string,
  values: VectorServiceValues,
  mayBeIdle: boolean,
): void {
  const at = vectorServiceSettings;
  for (const [name, { needed, idle }] of Object.entries(services)) {
    if (name === vectors && values[needed] === undefined) {
      throw settingInvalid(at[needed].env, 'a value is needed');
    }
    if (name === vectors || mayBeIdle) continue;
    const reason = `${vectors} does not use it; set REVERIE_VECTORS=${name} too`;
    const settings = idle.map((each) => at[each]);
    refuseIdle(settings, values, reason);
  }
}
