/** Vectors of large namespaces in Qdrant. */
import type { VectorIndexPort } from '../../ports/vector-index.ts';
import { openServiceIndex } from '../vector-service/service-index.ts';
import { QdrantService, type QdrantSettings } from './qdrant-service.ts';

export interface QdrantOptions extends QdrantSettings {
  /** The store whose memories these are. */
  readonly store: string;
}

/**
 * Looks at the server and marks it as this store's. Throws setting_invalid (with what to do: a
 * wrong key, an old version, the vectors of another store) and store_unavailable.
 */
export function openQdrantIndex({ store, ...settings }: QdrantOptions): Promise<VectorIndexPort> {
  return openServiceIndex(new QdrantService(settings), store);
}
