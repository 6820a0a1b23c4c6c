/** What an operator sees of the vectors, and may do about them. */
import { MemoryError } from '../../domain/errors.ts';
import type { EngineDeps } from '../deps.ts';
import type { BackfillProgress } from './backfill.ts';
import type { Generation } from './generations.ts';

export interface GenerationStatus extends Generation {
  /** Every namespace is to be searched by it. */
  readonly isTarget: boolean;
  /** A rollback leads to it. */
  readonly isPrevious: boolean;
  /** Its embedder is there. */
  readonly isAvailable: boolean;
  /** Namespaces that are searched by it now. */
  readonly namespaces: number;
  /** Memories that wait for a vector of it. */
  readonly pending: number;
  /** Memories that it has no vector of, because its embedder refuses them. */
  readonly refused: number;
}

export interface EmbeddingsStatus extends BackfillProgress {
  readonly generations: readonly GenerationStatus[];
}

export async function embeddingsStatus(deps: EngineDeps): Promise<EmbeddingsStatus> {
  const { generations } = deps.embeddings;
  const { target, previous } = generations;
  const all = await Promise.all(
    generations.kept.map(async (generation) => ({
      ...generation,
      isTarget: generation.no === target.no,
      isPrevious: generation.no === previous?.no,
      isAvailable: generations.embedderOf(generation.no) !== undefined,
      ...(await deps.backfill.counts(generation.no)),
      // An embedder without vectors gives empty ones to all, and refuses none.
      refused:
        generation.dimension === 0 ? 0 : await deps.records.vectors.countEmpty(generation.no),
    })),
  );
  return { ...(await deps.backfill.progress(0)), generations: all };
}

/** The previous generation is wanted again. Throws embedding_conflict when it cannot be. */
export async function rollBackEmbeddings(deps: EngineDeps): Promise<EmbeddingsStatus> {
  await deps.embeddings.generations.rollBack();
  deps.backfill.redirect();
  return embeddingsStatus(deps);
}

/** Gives up a generation that nobody is searched by. Throws embedding_conflict otherwise. */
export async function dropEmbeddings(deps: EngineDeps, no: number): Promise<EmbeddingsStatus> {
  const { generations } = deps.embeddings;
  if (!generations.find(no)) {
    throw new MemoryError('embedding_conflict', `There is no generation ${no}.`);
  }
  const { namespaces } = await deps.records.vectors.counts(no);
  if (no === generations.target.no || namespaces > 0) {
    const message = `Generation ${no} is in use: ${namespaces} namespaces are searched by it.`;
    throw new MemoryError('embedding_conflict', message);
  }
  // A namespace that is made at this moment may still take it: the backfill moves that one on, and
  // removes no vector before.
  await generations.drop(no);
  deps.backfill.redirect();
  return embeddingsStatus(deps);
}
