/** Asks for the vectors of questions only where no server over the store has asked before. */
import type { SharedVectors } from '../../ports/shared-vectors.ts';
import type { EmbedTexts } from './query-cache.ts';

export interface SharedModel {
  readonly vectors: SharedVectors | undefined;
  /** Model and dimension: vectors of two models are never taken for each other. */
  readonly model: string;
  readonly dimension: number;
}

/** The same call; what it finds out others may use. */
export function withSharedVectors(
  { vectors: shared, model, dimension }: SharedModel,
  embedTexts: EmbedTexts,
): EmbedTexts {
  if (!shared) return embedTexts;
  // The texts come with the words that the model wants before a question, so these count too.
  const nameOf = (text: string) => `${model}\nquery\n${text}`;
  return async (texts, signal) => {
    if (!shared.answers) return embedTexts(texts, signal);
    const known = await shared.get(texts.map(nameOf));
    signal.throwIfAborted();
    const found = texts.map((_, i) => (known[i]?.length === dimension ? known[i] : undefined));
    const missing = texts.filter((_, i) => found[i] === undefined);
    if (missing.length === 0) return found.flatMap((vector) => vector ?? []);
    const made = await embedTexts(missing, signal);
    const fresh = new Map<string, Float32Array>();
    for (const [i, text] of missing.entries()) {
      const vector = made[i];
      if (vector) fresh.set(nameOf(text), vector);
    }
    shared.put(fresh);
    let next = 0;
    return found.map((vector) => vector ?? made[next++] ?? new Float32Array(0));
  };
}
