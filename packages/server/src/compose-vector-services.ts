/** Vector databases as systems for the vectors of large namespaces: one entry for each. */
import { PineconeService } from './backends/pinecone/pinecone-service.ts';
import { QdrantService } from './backends/qdrant/qdrant-service.ts';
import { emptyService } from './backends/vector-service/empty-service.ts';
import { inspectService } from './backends/vector-service/inspect-service.ts';
import { openServiceIndex } from './backends/vector-service/service-index.ts';
import type { VectorService } from './backends/vector-service/vector-service.ts';
import { WeaviateService } from './backends/weaviate/weaviate-service.ts';
import type { Settings } from './config/settings.ts';
import type { VectorServiceValues } from './config/vector-service-settings.ts';

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
    ({ pineconeUrl, pineconeIndex }) =>
      `Pinecone at ${placeOf(pineconeUrl ?? '')} under ${pineconeIndex}`,
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
    empty: (settings: VectorServiceValues, store: string | undefined) =>
      emptyService(make(settings), store),
    inspect: (settings: VectorServiceValues) => inspectService(make(settings)),
  };
}

/** The host and the path of an address: nothing in it is a secret. */
export function placeOf(address: string): string {
  if (!URL.canParse(address)) return 'no address';
  const { host, pathname } = new URL(address);
  return host + pathname.replace(/\/+$/, '');
}

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
