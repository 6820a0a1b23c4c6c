/** Vectors of large namespaces in Pinecone. */
import type { VectorIndexPort } from '../../ports/vector-index.ts';
import { openServiceIndex } from '../vector-service/service-index.ts';
import { PineconeService, type PineconeSettings } from './pinecone-service.ts';

export interface PineconeOptions extends PineconeSettings {
  /** The store whose memories these are. */
  readonly store: string;
}

/**
 * Looks at the project and marks it as this store's. Throws setting_invalid (with what to do: a
 * wrong key, a cloud or region that is not there, the vectors of another store) and
 * store_unavailable.
 */
export function openPineconeIndex({
  store,
  ...settings
}: PineconeOptions): Promise<VectorIndexPort> {
  return openServiceIndex(new PineconeService(settings), store);
}
