/** Loads a model and runs one text at a time through it; used in the model's process. */
import type { Model, Tensor, Tokenizer, TransformersLibrary } from './library.ts';
import type { ModelInput, ModelTask } from './model-messages.ts';

/** The limit of most small models, and a bound on the time that one text can take. */
const tokensMax = 512;
/** More than 512 tokens of any language; the tokenizer is spared what would be cut anyway. */
const charsMax = 8_192;

/** A question's share of the tokens: what is too long is cut at the end, where the passage is. */
const questionShare = 1 / 3;

/**
 * Threads of the model that wait shall sleep. By default they spin, which on a busy machine takes
 * the processor from those that work: half the texts a second were measured.
 */
const asleep = { allow_spinning: '0' } as const;

/**
 * One text in one run: an int8 model scales its activations by the largest of the whole batch, so
 * that a text's vector would depend on its neighbours, and a CPU gains nothing from batches
 * (docs/decisions/2026-11-21-one-text-a-run.md).
 */
export type RunModel = (input: ModelInput) => Promise<Float32Array>;

/** Throws what the library throws: no such model, no network, not enough memory. */
export async function loadModel(library: TransformersLibrary, task: ModelTask): Promise<RunModel> {
  const { env } = library;
  const isLocal = task.parent !== undefined;
  env.logLevel = library.LogLevel.ERROR;
  env.allowRemoteModels = !isLocal;
  env.cacheDir = task.cacheDir;
  if (task.parent !== undefined) env.localModelPath = task.parent;
  const where = { revision: task.revision, local_files_only: isLocal };
  const loader =
    task.use === 'embed' ? library.AutoModel : library.AutoModelForSequenceClassification;
  const tokenizer = await library.AutoTokenizer.from_pretrained(task.model, where);
  const model = await loader.from_pretrained(task.model, {
    ...where,
    dtype: task.dtype,
    device: 'cpu',
    session_options: { extra: { session: { intra_op: asleep, inter_op: asleep } } },
  });
  const maxLength = lengthOf(tokenizer, model);
  const shorten = questionCutter(tokenizer, maxLength * questionShare);
  return async ({ text, pair }) => {
    const inputs = tokenizer(pair === undefined ? text.slice(0, charsMax) : shorten(text), {
      ...(pair !== undefined && { text_pair: pair.slice(0, charsMax) }),
      truncation: true,
      max_length: maxLength,
    });
    const outputs = await model(inputs);
    return task.use === 'rank' ? scoreOf(outputs) : vectorOf(outputs, task);
  };
}

/** Cuts a question to about so many tokens. It comes with thirty passages, one after another. */
function questionCutter(tokenizer: Tokenizer, tokens: number): (question: string) => string {
  let last = { question: '', cut: '' };
  return (question) => {
    if (last.question === question) return last.cut;
    const text = question.slice(0, charsMax);
    const whole = { truncation: false, max_length: Number.MAX_SAFE_INTEGER };
    const needed = tokenizer(text, whole).input_ids?.dims.at(-1) ?? 0;
    const chars = Math.floor(text.length * Math.min(1, tokens / needed));
    last = { question, cut: text.slice(0, chars) };
    return last.cut;
  };
}

function lengthOf(tokenizer: Tokenizer, model: Model): number {
  const own = tokenizer.model_max_length ?? tokensMax;
  return Math.min(tokensMax, own, model.config.max_position_embeddings ?? tokensMax);
}

/** The head's only number, or the last of several: the class "relevant". */
function scoreOf({ logits }: Readonly<Record<string, Tensor>>): Float32Array {
  if (logits === undefined) throw new Error('The model gives no logits: it is no cross-encoder.');
  const last = logits.data[logits.data.length - 1] ?? Number.NaN;
  const first = logits.data.length > 1 ? (logits.data[0] ?? 0) : 0;
  return Float32Array.of(last - first);
}

function vectorOf(outputs: Readonly<Record<string, Tensor>>, { pooling }: ModelTask): Float32Array {
  const { sentence_embedding: ready, last_hidden_state: states } = outputs;
  if (ready !== undefined) return unitLength(Float32Array.from(ready.data));
  const [, tokens = 0, size = 0] = states?.dims ?? [];
  if (states === undefined || tokens === 0 || size === 0) {
    const given = Object.keys(outputs).join(', ');
    throw new Error(`The model gives ${given} and no token states: it is no embedding model.`);
  }
  const vector = new Float32Array(size);
  const counted = pooling === 'cls' ? 1 : tokens;
  for (let at = 0; at < counted * size; at++) {
    vector[at % size] = (vector[at % size] ?? 0) + (states.data[at] ?? 0);
  }
  return unitLength(vector);
}

function unitLength(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}
