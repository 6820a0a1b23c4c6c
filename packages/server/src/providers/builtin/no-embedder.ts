/** The embedder of a server that is told to do without: no text has a vector. */
import type { Embedder } from '../../ports/embedder.ts';

export const noEmbedder: Embedder = {
  model: 'none',
  dimension: 0,
  isInstant: true,
  embed: async (texts) => texts.map(() => new Float32Array(0)),
};
