/**
 * Calls over plain HTTP, for services whose AI SDK provider does not run on Node 20 or does not
 * embed.
 */
import { z } from 'zod';
import type { Connection, EmbedCall } from './embed-call.ts';

const vectors = z.array(z.array(z.number()));
const voyageAnswer = z.object({
  data: z.array(z.object({ embedding: z.array(z.number()), index: z.number().int() })),
});

/** https://docs.voyageai.com/reference/embeddings-api */
export async function voyageCall(to: Connection): Promise<EmbedCall> {
  return async (texts, { role, signal }) => {
    const answer = await post(to, `${to.url}/embeddings`, signal, {
      model: to.model,
      input: texts,
      input_type: role,
      truncation: true,
      ...(to.outputDimension !== undefined && { output_dimension: to.outputDimension }),
    });
    const { data } = voyageAnswer.parse(answer);
    return data.sort((a, b) => a.index - b.index).map(({ embedding }) => embedding);
  };
}

/** https://huggingface.co/docs/inference-providers/tasks/feature-extraction */
export async function huggingfaceCall(to: Connection): Promise<EmbedCall> {
  const url = `${to.url}/models/${to.model}/pipeline/feature-extraction`;
  return async (texts, { signal }) =>
    vectors.parse(await post(to, url, signal, { inputs: texts, normalize: true, truncate: true }));
}

async function post(
  { apiKey, fetch }: Connection,
  url: string,
  signal: AbortSignal,
  body: object,
): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    signal,
    headers: {
      'content-type': 'application/json',
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify(body),
  });
  return response.json();
}
