/** Settings of the systems that search vectors of large namespaces: a part of the one table. */
import { z } from 'zod';
import { choice, define, integer, type Values } from './setting.ts';
import { settingInvalid } from './setting-invalid.ts';
import { checkVectorServices, vectorServiceSettings } from './vector-service-settings.ts';

export const vectorSettings = {
  vectors: define({
    env: 'REVERIE_VECTORS',
    schema: choice('builtin', 'pgvector', 'qdrant', 'weaviate', 'pinecone'),
    default: 'builtin',
    form: 'builtin|pgvector|qdrant|weaviate|pinecone',
    doc:
      'Where vectors of large namespaces are searched: in memory, or in another system ' +
      '(docs/guides/vectors.md).',
  }),
  vectorsFrom: define({
    env: 'REVERIE_VECTORS_FROM',
    schema: integer(1, 1_000_000_000),
    default: '200000',
    form: 'number',
    doc: 'Memories from which a namespace keeps its vectors there; smaller ones are in memory.',
  }),
  vectorsWaitMs: define({
    env: 'REVERIE_VECTORS_WAIT_MS',
    schema: integer(10, 60_000),
    default: '500',
    form: 'number',
    doc:
      'How long a search waits for that system, in milliseconds; later it answers by words and ' +
      'names, and says so.',
  }),
  pgvectorUrl: define({
    env: 'REVERIE_PGVECTOR_URL',
    schema: z.string().regex(/^postgres(ql)?:\/\/\S+$/, 'an address like postgres:// is needed'),
    form: 'url',
    secret: true,
    doc: 'The database with pgvector; that of REVERIE_POSTGRES_URL when absent.',
  }),
  ...vectorServiceSettings,
};

/**
 * Each system has its address, and an address has its system, unless it `mayBeIdle`. Throws
 * setting_invalid.
 */
export function checkVectors(
  values: Values<typeof vectorSettings> & { readonly postgresUrl: string | undefined },
  mayBeIdle: boolean,
): void {
  const { vectors, pgvectorUrl, postgresUrl } = values;
  const { env } = vectorSettings.pgvectorUrl;
  if (vectors !== 'pgvector' && pgvectorUrl !== undefined && !mayBeIdle) {
    throw settingInvalid(env, `${vectors} does not use it; set REVERIE_VECTORS=pgvector too`);
  }
  if (vectors === 'pgvector' && (pgvectorUrl ?? postgresUrl) === undefined) {
    throw settingInvalid(env, 'a value is needed');
  }
  checkVectorServices(vectors, values, mayBeIdle);
}
