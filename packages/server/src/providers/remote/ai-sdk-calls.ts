/** Calls through the AI SDK's providers: each an optional package, loaded when it is chosen. */
import type { Connection, EmbedCall } from './embed-call.ts';
import { loadPackage, sdkPackages } from './load-package.ts';
import { embedderUse } from './remote-use.ts';

/** For the embedder, which is what a missing package is told of. */
const load = <T>(wanted: string, open: () => Promise<T>): Promise<T> =>
  loadPackage(wanted, open, embedderUse);

export async function openaiCall(to: Connection): Promise<EmbedCall> {
  const { createOpenAI } = await load(sdkPackages.openai, () => import('@ai-sdk/openai'));
  const openai = createOpenAI({ ...addressOf(to), apiKey: to.apiKey ?? '' });
  return callOf(openai.embeddingModel(to.model), () => ({ openai: dimensionsOf(to) }));
}

export async function cohereCall(to: Connection): Promise<EmbedCall> {
  const { createCohere } = await load(sdkPackages.cohere, () => import('@ai-sdk/cohere'));
  const cohere = createCohere({ ...addressOf(to), apiKey: to.apiKey ?? '' });
  return callOf(cohere.embeddingModel(to.model), (role) => ({
    cohere: {
      inputType: role === 'query' ? 'search_query' : 'search_document',
      truncate: 'END',
      ...(to.outputDimension !== undefined && { outputDimension: to.outputDimension }),
    },
  }));
}

export async function mistralCall(to: Connection): Promise<EmbedCall> {
  const { createMistral } = await load(sdkPackages.mistral, () => import('@ai-sdk/mistral'));
  const mistral = createMistral({ ...addressOf(to), apiKey: to.apiKey ?? '' });
  return callOf(mistral.embeddingModel(to.model), () => ({}));
}

export async function googleCall(to: Connection): Promise<EmbedCall> {
  const open = () => import('@ai-sdk/google');
  const { createGoogleGenerativeAI } = await load(sdkPackages.google, open);
  const google = createGoogleGenerativeAI({ ...addressOf(to), apiKey: to.apiKey ?? '' });
  return callOf(google.embeddingModel(to.model), (role) => ({
    google: {
      taskType: role === 'query' ? 'RETRIEVAL_QUERY' : 'RETRIEVAL_DOCUMENT',
      ...(to.outputDimension !== undefined && { outputDimensionality: to.outputDimension }),
    },
  }));
}

/** Ollama, vLLM, LM Studio, Text Embeddings Inference and others that speak `/v1/embeddings`. */
export async function compatibleCall(to: Connection): Promise<EmbedCall> {
  const open = () => import('@ai-sdk/openai-compatible');
  const { createOpenAICompatible } = await load(sdkPackages.compatible, open);
  const key = to.apiKey === undefined ? {} : { apiKey: to.apiKey };
  const service = createOpenAICompatible({ name: 'service', ...addressOf(to), ...key });
  return callOf(service.embeddingModel(to.model), () => ({ openaiCompatible: dimensionsOf(to) }));
}

type JsonOptions = Record<string, Record<string, string | number>>;

/** The part of the AI SDK's embedding model that we use. It neither batches nor tries again. */
interface SdkModel {
  doEmbed(options: {
    values: string[];
    abortSignal?: AbortSignal;
    providerOptions?: JsonOptions;
  }): PromiseLike<{ embeddings: number[][] }>;
}

function callOf(
  model: SdkModel,
  optionsOf: (role: 'query' | 'document') => JsonOptions,
): EmbedCall {
  return async (texts, { role, signal }) => {
    const { embeddings } = await model.doEmbed({
      values: [...texts],
      abortSignal: signal,
      providerOptions: optionsOf(role),
    });
    return embeddings;
  };
}

function addressOf({ url, fetch }: Connection) {
  return { baseURL: url, fetch };
}

function dimensionsOf({ outputDimension }: Connection): Record<string, number> {
  return outputDimension === undefined ? {} : { dimensions: outputDimension };
}
