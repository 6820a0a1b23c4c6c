/** Vector databases as systems for the vectors of large namespaces: one entry for each. */
import { createHash } from 'node:crypto';
import { PineconeService } from './backends/pinecone/pinecone-service.ts';
import { QdrantService } from './backends/qdrant/qdrant-service.ts';
import { emptyService } from './backends/vector-service/empty-service.ts';
import { inspectService } from './backends/vector-service/inspect-service.ts';
import { openServiceIndex } from './backends/vector-service/service-index.ts';
import type { VectorService } from './backends/vector-service/vector-service.ts';
import { WeaviateService } from './backends/weaviate/weaviate-service.ts';
import type { Settings } from './config/settings.ts';
import type { VectorServiceValues } from './config/vector-service-settings.ts';
import type { RequireOwn } from './ports/vector-index.ts';

export const vectorServices = {
  qdrant: toOpen(
    ({ qdrantUrl, qdrantCollection }) =>
      `Qdrant at ${placeOf(qdrantUrl ?? '')} under ${qdrantCollection}`,
    ({ qdrantUrl, qdrantApiKey, ...settings }) =>
      new QdrantService({
        ...{ url: qdrantUrl ?? '', collection: settings.qdrantCollection },
        ...(qdrantApiKey !== undefined && { apiKey: qdrantApiKey }),
        timeoutMs: settings.vectorsTimeoutMs,
      }),
  ),
  weaviate: toOpen(
    ({ weaviateUrl, weaviateClass }) =>
      `Weaviate at ${placeOf(weaviateUrl ?? '')} under ${weaviateClass}`,
    ({ weaviateUrl, weaviateApiKey, ...settings }) =>
      new WeaviateService({
        ...{ url: weaviateUrl ?? '', className: settings.weaviateClass },
        ...(weaviateApiKey !== undefined && { apiKey: weaviateApiKey }),
        timeoutMs: settings.vectorsTimeoutMs,
      }),
  ),
  pinecone: toOpen(
    ({ pineconeUrl, pineconeIndex, pineconeApiKey }) =>
      `Pinecone at ${placeOf(pineconeUrl)} under ${pineconeIndex}, ` +
      `by the key ${markOf(pineconeApiKey ?? '')}`,
    (settings) =>
      new PineconeService({
        ...{ url: settings.pineconeUrl, apiKey: settings.pineconeApiKey ?? '' },
        ...{ indexName: settings.pineconeIndex, cloud: settings.pineconeCloud },
        ...{ region: settings.pineconeRegion, timeoutMs: settings.vectorsTimeoutMs },
      }),
  ),
};

function toOpen(
  describe: (settings: VectorServiceValues) => string,
  make: (settings: VectorServiceValues) => VectorService,
) {
  return {
    describe,
    open: (settings: VectorServiceValues, store: string) => openServiceIndex(make(settings), store),
    empty: (settings: VectorServiceValues, store: string | undefined, requireOwn: RequireOwn) =>
      emptyService(make(settings), store, requireOwn),
    inspect: (settings: VectorServiceValues) => inspectService(make(settings)),
  };
}

/**
 * The host and the path of an address: nothing in it is a secret. The parameters that PostgreSQL
 * takes for a host, a socket among them, and a port come before those of the address.
 */
export function placeOf(address: string): string {
  if (!URL.canParse(address)) return 'no address';
  const { hostname, port, pathname, searchParams } = new URL(address);
  const host = searchParams.get('host') || hostname;
  const at = searchParams.get('port') || port;
  return (at === '' ? host : `${host}:${at}`) + pathname.replace(/\/+$/, '');
}

/** All projects have one address, and a key belongs to one: eight digits tell it from others. */
const markOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 8);

/** What a thread needs to open one. */
export function vectorServiceSettings(settings: Settings): VectorServiceValues {
  const { vectorsTimeoutMs, qdrantUrl, qdrantApiKey, qdrantCollection } = settings;
  const { weaviateUrl, weaviateApiKey, weaviateClass } = settings;
  const { pineconeUrl, pineconeApiKey, pineconeIndex, pineconeCloud, pineconeRegion } = settings;
  return {
    ...{ vectorsTimeoutMs, qdrantUrl, qdrantApiKey, qdrantCollection },
    ...{ weaviateUrl, weaviateApiKey, weaviateClass },
    ...{ pineconeUrl, pineconeApiKey, pineconeIndex, pineconeCloud, pineconeRegion },
  };
}
