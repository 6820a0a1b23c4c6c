/** What computes meaning, reads again and writes: a part of the table of settings. */
import { limits } from '../domain/limits.ts';
import { pricesFromText } from './prices-setting.ts';
import { apiKeyText, choice, define, integer, type Values, word } from './setting.ts';
import { refuseIdle } from './setting-invalid.ts';
import { keyVariablesOf } from './vendor-keys.ts';

const embedders = [
  'builtin',
  'none',
  'transformers',
  'openai',
  'cohere',
  'mistral',
  'huggingface',
  'voyage',
  'google',
  'ollama',
  'openai-compatible',
] as const;
const llms = [
  'none',
  'openai',
  'anthropic',
  'mistral',
  'google',
  'cohere',
  'ollama',
  'replicate',
  'openai-compatible',
] as const;
/** Precisions of ONNX weights, as files of a model's `onnx` folder. */
const dtypes = ['q8', 'fp32', 'fp16', 'int8', 'uint8', 'q4'] as const;

export const modelSettings = {
  embedder: define({
    env: 'REVERIE_EMBEDDER',
    schema: choice(...embedders),
    default: 'builtin',
    form: embedders.join('|'),
    doc: 'What computes meaning; none leaves words and entities. See docs/guides/embedders.md.',
  }),
  embedderModel: define({
    env: 'REVERIE_EMBEDDER_MODEL',
    schema: word,
    form: 'name',
    doc:
      "The embedder's model, as its service names it; most services have a default. For " +
      'transformers an id of the Hugging Face hub, or a folder that starts with / or ./.',
  }),
  embedderDtype: define({
    env: 'REVERIE_EMBEDDER_DTYPE',
    schema: choice(...dtypes),
    default: 'q8',
    form: dtypes.join('|'),
    doc: 'The precision of the weights that transformers loads for the embedder.',
  }),
  embedderUrl: define({
    env: 'REVERIE_EMBEDDER_URL',
    schema: word,
    form: 'url',
    doc: "The address of the embedder's service, where it is not the usual one.",
  }),
  embedderApiKey: define({
    env: 'REVERIE_EMBEDDER_API_KEY',
    schema: apiKeyText,
    form: 'key',
    secret: true,
    doc:
      "The key of the embedder's service. Without it the service's usual variable is read: " +
      `${keyVariablesOf(embedders)}.`,
  }),
  embedderDimension: define({
    env: 'REVERIE_EMBEDDER_DIMENSION',
    schema: integer(1, limits.vectorDimensionMax),
    form: 'number',
    doc: 'Numbers in a vector: shortens models that can be, and saves asking a service at start.',
  }),
  embedderConcurrency: define({
    env: 'REVERIE_EMBEDDER_CONCURRENCY',
    schema: integer(1, 64),
    default: '4',
    form: 'number',
    doc: "Calls to the embedder's service at one time.",
  }),
  embedderTimeoutMs: define({
    env: 'REVERIE_EMBEDDER_TIMEOUT_MS',
    schema: integer(100, 600_000),
    default: '30000',
    form: 'number',
    doc: "How long one call to the embedder's service may take.",
  }),
  reranker: define({
    env: 'REVERIE_RERANKER',
    schema: choice('none', 'transformers'),
    default: 'none',
    form: 'none|transformers',
    doc: 'What reads the first 30 results of a search again, together with the question.',
  }),
  rerankerModel: define({
    env: 'REVERIE_RERANKER_MODEL',
    schema: word,
    default: 'Xenova/ms-marco-MiniLM-L-6-v2',
    form: 'name',
    doc: 'The cross-encoder: an id of the Hugging Face hub, or a folder that starts with / or ./.',
  }),
  rerankerDtype: define({
    env: 'REVERIE_RERANKER_DTYPE',
    schema: choice(...dtypes),
    default: 'q8',
    form: dtypes.join('|'),
    doc: 'The precision of the weights that transformers loads for the reranker.',
  }),
  rerankerBudgetMs: define({
    env: 'REVERIE_RERANKER_BUDGET_MS',
    schema: integer(1, 60_000),
    default: '500',
    form: 'number',
    doc: 'How long a search waits for the reranker before it answers without, in milliseconds.',
  }),
  embedWaitMs: define({
    env: 'REVERIE_EMBED_WAIT_MS',
    schema: integer(0, 60_000),
    default: '200',
    form: 'number',
    doc: 'How long a store waits for a remote embedder; the vector follows later then. 0: never.',
  }),
  embedWaitQueryMs: define({
    env: 'REVERIE_EMBED_WAIT_QUERY_MS',
    schema: integer(1, 60_000),
    default: '1000',
    form: 'number',
    doc: 'How long a search waits for a remote embedder before it goes on without meaning.',
  }),
  llm: define({
    env: 'REVERIE_LLM',
    schema: choice(...llms),
    default: 'none',
    form: llms.join('|'),
    doc: 'The language model that dreams may ask; nothing needs one. See docs/guides/llm.md.',
  }),
  llmModel: define({
    env: 'REVERIE_LLM_MODEL',
    schema: word,
    form: 'name',
    doc: 'The model, as its service names it. Every service needs one.',
  }),
  llmUrl: define({
    env: 'REVERIE_LLM_URL',
    schema: word,
    form: 'url',
    doc: "The address of the language model's service, where it is not the usual one.",
  }),
  llmApiKey: define({
    env: 'REVERIE_LLM_API_KEY',
    schema: apiKeyText,
    form: 'key',
    secret: true,
    doc:
      "The key of the language model's service. Without it the service's usual variable is read: " +
      `${keyVariablesOf(llms)}.`,
  }),
  llmConcurrency: define({
    env: 'REVERIE_LLM_CONCURRENCY',
    schema: integer(1, 64),
    default: '2',
    form: 'number',
    doc: 'Calls to the language model at one time.',
  }),
  llmTimeoutMs: define({
    env: 'REVERIE_LLM_TIMEOUT_MS',
    schema: integer(100, 3_600_000),
    default: '120000',
    form: 'number',
    doc: 'How long one answer of the language model may take.',
  }),
  llmPrice: define({
    env: 'REVERIE_LLM_PRICE',
    schema: pricesFromText,
    form: 'input,output',
    doc:
      'What a million tokens cost in US dollars, read and written: 0.4,1.6. Without it costs are ' +
      'told in tokens alone.',
  }),
} as const;

/** Refused is what neither embedder nor language model would use. Throws setting_invalid. */
export function checkModels(values: Values<typeof modelSettings>): void {
  const { embedder, llm } = values;
  const at = modelSettings;
  if (embedder === 'builtin' || embedder === 'none') {
    const reason = `${embedder} does not use it; set REVERIE_EMBEDDER too`;
    refuseIdle([at.embedderModel, at.embedderUrl, at.embedderDimension], values, reason);
  }
  if (llm === 'none') {
    const reason = 'none does not use it; set REVERIE_LLM too';
    refuseIdle([at.llmModel, at.llmUrl, at.llmPrice], values, reason);
  }
}
