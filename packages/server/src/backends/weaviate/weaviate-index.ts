/** Vectors of large namespaces in Weaviate. */
import type { VectorIndexPort } from '../../ports/vector-index.ts';
import { openServiceIndex } from '../vector-service/service-index.ts';
import { WeaviateService, type WeaviateSettings } from './weaviate-service.ts';

export interface WeaviateOptions extends WeaviateSettings {
  /** The store whose memories these are. */
  readonly store: string;
}

/**
 * Looks at the server and marks it as this store's. Throws setting_invalid (with what to do: a
 * wrong key, an old version, the vectors of another store) and store_unavailable.
 */
export function openWeaviateIndex({
  store,
  ...settings
}: WeaviateOptions): Promise<VectorIndexPort> {
  return openServiceIndex(new WeaviateService(settings), store);
}
