/** Language models through the AI SDK's providers, which neither batch nor try again. */
import { loadPackage, sdkPackages } from '../load-package.ts';
import { MalformedAnswer } from '../remote-failure.ts';
import { generatorUse } from '../remote-use.ts';
import type { Answered, GenerateCall, GeneratorConnection } from './generate-call.ts';

export async function openaiGenerate(to: GeneratorConnection): Promise<GenerateCall> {
  const { createOpenAI } = await load(sdkPackages.openai, () => import('@ai-sdk/openai'));
  const openai = createOpenAI({ ...addressOf(to), apiKey: to.apiKey ?? '' });
  // The Responses API keeps what it is sent for 30 days unless it is told not to.
  return callOf(openai.responses(to.model), { openai: { store: false } });
}

export async function anthropicGenerate(to: GeneratorConnection): Promise<GenerateCall> {
  const { createAnthropic } = await load(sdkPackages.anthropic, () => import('@ai-sdk/anthropic'));
  return callOf(createAnthropic({ ...addressOf(to), apiKey: to.apiKey ?? '' })(to.model));
}

export async function mistralGenerate(to: GeneratorConnection): Promise<GenerateCall> {
  const { createMistral } = await load(sdkPackages.mistral, () => import('@ai-sdk/mistral'));
  return callOf(createMistral({ ...addressOf(to), apiKey: to.apiKey ?? '' })(to.model));
}

export async function googleGenerate(to: GeneratorConnection): Promise<GenerateCall> {
  const open = () => import('@ai-sdk/google');
  const { createGoogleGenerativeAI } = await load(sdkPackages.google, open);
  return callOf(createGoogleGenerativeAI({ ...addressOf(to), apiKey: to.apiKey ?? '' })(to.model));
}

export async function cohereGenerate(to: GeneratorConnection): Promise<GenerateCall> {
  const { createCohere } = await load(sdkPackages.cohere, () => import('@ai-sdk/cohere'));
  return callOf(createCohere({ ...addressOf(to), apiKey: to.apiKey ?? '' })(to.model));
}

/** Ollama, vLLM, LM Studio, LiteLLM and others that speak `/v1/chat/completions`. */
export async function compatibleGenerate(to: GeneratorConnection): Promise<GenerateCall> {
  const open = () => import('@ai-sdk/openai-compatible');
  const { createOpenAICompatible } = await load(sdkPackages.compatible, open);
  const key = to.apiKey === undefined ? {} : { apiKey: to.apiKey };
  const options = { name: 'service', supportsStructuredOutputs: true };
  return callOf(createOpenAICompatible({ ...options, ...addressOf(to), ...key })(to.model));
}

const load = <T>(wanted: string, open: () => Promise<T>): Promise<T> =>
  loadPackage(wanted, open, generatorUse);

function addressOf({ url, fetch }: GeneratorConnection) {
  return { baseURL: url, fetch };
}

/** The part of the AI SDK's language model that we use. */
interface SdkModel {
  doGenerate(options: SdkRequest): PromiseLike<SdkAnswer>;
}

type SdkOptions = Record<string, Record<string, string | number | boolean>>;

interface SdkRequest {
  prompt: (
    | { role: 'system'; content: string }
    | { role: 'user'; content: { type: 'text'; text: string }[] }
  )[];
  maxOutputTokens?: number;
  responseFormat?: { type: 'json'; name?: string; schema?: object };
  abortSignal?: AbortSignal;
  providerOptions?: SdkOptions;
}

interface SdkAnswer {
  /** Text, and what else the model wrote: thoughts, sources. */
  readonly content: readonly { readonly type: string; readonly text?: unknown }[];
  readonly finishReason: { readonly unified: string };
  readonly usage: {
    readonly inputTokens: { readonly total: number | undefined };
    readonly outputTokens: { readonly total: number | undefined };
  };
}

function callOf(model: SdkModel, providerOptions: SdkOptions = {}): GenerateCall {
  return async ({ system, prompt, schema, maxOutputTokens }, signal) => {
    const answer = await model.doGenerate({
      prompt: [
        { role: 'system', content: system },
        { role: 'user', content: [{ type: 'text', text: prompt }] },
      ],
      maxOutputTokens,
      ...(schema && { responseFormat: { type: 'json', name: 'answer', schema } }),
      abortSignal: signal,
      providerOptions,
    });
    return readAnswer(answer);
  };
}

function readAnswer({ content, finishReason, usage }: SdkAnswer): Answered {
  const { unified } = finishReason;
  if (unified === 'error') throw new MalformedAnswer('it broke off with an error');
  const texts = content.map(({ type, text }) =>
    type === 'text' && typeof text === 'string' ? text : '',
  );
  return {
    text: texts.join(''),
    ended: unified === 'length' ? 'cut' : unified === 'content-filter' ? 'refused' : 'whole',
    inputTokens: usage.inputTokens.total,
    outputTokens: usage.outputTokens.total,
  };
}
