/** From the text of a memory to the stored form of its vectors. */
import type { MemoryBody } from '../../domain/memory.ts';
import { indexedText } from '../../domain/store-rules.ts';
import { encodeVectors } from '../../index/vectors-codec.ts';
import { splitPassages } from '../../text/passages.ts';
import { quantize } from '../quantize.ts';

/** Null when there was no answer. */
export type Embed = (texts: readonly string[]) => Promise<readonly Float32Array[] | null>;

/** Vectors of a memory that has none, or cannot have any. */
export const noVectors = new Uint8Array(0);

/**
 * One entry per body, by one call; null when there was no answer. `dimension` 0 is an embedder
 * that gives no vectors, and is not asked.
 */
export async function bodyVectors(
  bodies: readonly MemoryBody[],
  dimension: number,
  embed: Embed,
): Promise<Uint8Array[] | null> {
  if (dimension === 0) return bodies.map(() => noVectors);
  const cut = bodies.map(passageTexts);
  const vectors = await embed(cut.flatMap(({ texts }) => texts));
  if (vectors === null) return null;
  let next = 0;
  return cut.map(({ spans }) =>
    encodeVectors(
      spans.map((span) => {
        const vector = vectors[next++];
        return { ...span, vector: vector ? quantize(vector) : null };
      }),
    ),
  );
}

/** Who says something is part of what it means. */
function passageTexts(body: MemoryBody) {
  const text = indexedText(body);
  const spans = splitPassages(text);
  const texts = spans.map(({ start, end }) => {
    const passage = text.slice(start, end);
    return body.speaker ? `${body.speaker}: ${passage}` : passage;
  });
  return { spans, texts };
}
