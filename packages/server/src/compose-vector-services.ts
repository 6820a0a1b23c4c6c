<<<<<<< HEAD
/** Vector databases as systems for the vectors of large namespaces: one line for each. */
import { openPineconeIndex } from './backends/pinecone/pinecone-index.ts';
import { openQdrantIndex } from './backends/qdrant/qdrant-index.ts';
import { openWeaviateIndex } from './backends/weaviate/weaviate-index.ts';
import type { DoctorCheck } from './cli/actions.ts';
import type { Settings } from './config/settings.ts';
import type { VectorServiceValues } from './config/vector-service-settings.ts';
import { MemoryError } from './domain/errors.ts';
import type { VectorIndexPort } from './ports/vector-index.ts';

type Open = (settings: VectorServiceValues, store: string) => Promise<VectorIndexPort>;

export const vectorServices = {
  qdrant: lookedAfter('qdrant', ({ qdrantUrl, qdrantApiKey, ...settings }, store) =>
    openQdrantIndex({
      ...{ url: qdrantUrl ?? '', collection: settings.qdrantCollection },
      ...(qdrantApiKey !== undefined && { apiKey: qdrantApiKey }),
      ...{ timeoutMs: settings.vectorsTimeoutMs, store },
    }),
  ),
  weaviate: lookedAfter('weaviate', ({ weaviateUrl, weaviateApiKey, ...settings }, store) =>
    openWeaviateIndex({
      ...{ url: weaviateUrl ?? '', className: settings.weaviateClass },
      ...(weaviateApiKey !== undefined && { apiKey: weaviateApiKey }),
      ...{ timeoutMs: settings.vectorsTimeoutMs, store },
    }),
  ),
  pinecone: lookedAfter('pinecone', (settings, store) =>
    openPineconeIndex({
      ...{ url: settings.pineconeUrl, apiKey: settings.pineconeApiKey ?? '' },
      ...{ indexName: settings.pineconeIndex, cloud: settings.pineconeCloud },
      ...{ region: settings.pineconeRegion, timeoutMs: settings.vectorsTimeoutMs, store },
    }),
  ),
};

/** With a look for `reverie doctor`: opening one makes nothing. */
function lookedAfter(name: string, open: Open) {
  const inspect = async (settings: VectorServiceValues): Promise<DoctorCheck> => {
    let index: VectorIndexPort | undefined;
    try {
      index = await open(settings, 'doctor');
      const { writable, reason } = await index.status();
      return { name, ok: writable, detail: reason ?? 'answers' };
    } catch (error) {
      if (!MemoryError.isInstance(error)) throw error;
      return { name, ok: false, detail: `${error.code}: ${error.message}` };
    } finally {
      await index?.close();
    }
  };
  return { open, inspect };
=======
/** Vector databases as systems for the vectors of large namespaces: one entry for each. */
import { PineconeService } from './backends/pinecone/pinecone-service.ts';
import { QdrantService } from './backends/qdrant/qdrant-service.ts';
import { inspectService } from './backends/vector-service/inspect-service.ts';
import { openServiceIndex } from './backends/vector-service/service-index.ts';
import type { VectorService } from './backends/vector-service/vector-service.ts';
import { WeaviateService } from './backends/weaviate/weaviate-service.ts';
import type { Settings } from './config/settings.ts';
import type { VectorServiceValues } from './config/vector-service-settings.ts';

export const vectorServices = {
  qdrant: toOpen(
    ({ qdrantUrl, qdrantApiKey, ...settings }) =>
      new QdrantService({
        ...{ url: qdrantUrl ?? '', collection: settings.qdrantCollection },
        ...(qdrantApiKey !== undefined && { apiKey: qdrantApiKey }),
        timeoutMs: settings.vectorsTimeoutMs,
      }),
  ),
  weaviate: toOpen(
    ({ weaviateUrl, weaviateApiKey, ...settings }) =>
      new WeaviateService({
        ...{ url: weaviateUrl ?? '', className: settings.weaviateClass },
        ...(weaviateApiKey !== undefined && { apiKey: weaviateApiKey }),
        timeoutMs: settings.vectorsTimeoutMs,
      }),
  ),
  pinecone: toOpen(
    (settings) =>
      new PineconeService({
        ...{ url: settings.pineconeUrl, apiKey: settings.pineconeApiKey ?? '' },
        ...{ indexName: settings.pineconeIndex, cloud: settings.pineconeCloud },
        ...{ region: settings.pineconeRegion, timeoutMs: settings.vectorsTimeoutMs },
      }),
  ),
};

function toOpen(make: (settings: VectorServiceValues) => VectorService) {
  return {
    open: (settings: VectorServiceValues, store: string) => openServiceIndex(make(settings), store),
    inspect: (settings: VectorServiceValues) => inspectService(make(settings)),
  };
>>>>>>> vecservices
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
