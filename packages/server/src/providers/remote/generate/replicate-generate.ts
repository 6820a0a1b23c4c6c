/**
 * Language models on Replicate, over its HTTP API. Its npm client is not used: version 1.4.0 sends
 * a request that fails without an answer six times at once, predictions too, and each is billed.
 * https://replicate.com/docs/reference/http
 */
import { z } from 'zod';
import { failureOf, MalformedAnswer, RemoteFailure } from '../remote-failure.ts';
import type { Answered, Asked, GenerateCall, GeneratorConnection } from './generate-call.ts';

const pollMs = 1_000;
const cancelMs = 5_000;

const predictionShape = z.object({
  id: z.string().min(1),
  status: z.string(),
  output: z.union([z.string(), z.array(z.string())]).nullish(),
  metrics: z
    .object({ input_token_count: z.number().nullish(), output_token_count: z.number().nullish() })
    .nullish(),
});
type Prediction = z.infer<typeof predictionShape>;

const boundShape = z.object({ minimum: z.number().optional(), maximum: z.number().optional() });
const versionShape = z.object({
  openapi_schema: z.object({
    components: z.object({
      schemas: z.object({ Input: z.object({ properties: z.record(z.string(), z.unknown()) }) }),
    }),
  }),
});
const modelShape = z.object({ latest_version: versionShape });

/** What the fields of a model's input are called; models differ. */
interface InputNames {
  readonly prompt: string;
  readonly system: string | undefined;
  readonly tokensMax: string | undefined;
  readonly bounds: z.infer<typeof boundShape>;
}

export async function replicateGenerate(to: GeneratorConnection): Promise<GenerateCall> {
  let known: InputNames | undefined;
  return async (asked, signal) => {
    known ??= await readNames(to, signal);
    const [model, version] = to.model.split(':');
    const path = version === undefined ? `/models/${model}/predictions` : '/predictions';
    const body = { ...(version !== undefined && { version }), input: inputOf(asked, known) };
    // Without "Prefer: wait" its id comes at once, so that it can be stopped.
    const first = await send(to, path, signal, { method: 'POST', body });
    const last = await finish(to, predictionShape.parse(first), signal);
    return readPrediction(last, asked.maxOutputTokens);
  };
}

async function readNames(to: GeneratorConnection, signal: AbortSignal): Promise<InputNames> {
  const [model, version] = to.model.split(':');
  const at = version === undefined ? `/models/${model}` : `/models/${model}/versions/${version}`;
  const answer = await send(to, at, signal);
  const { openapi_schema } =
    version === undefined ? modelShape.parse(answer).latest_version : versionShape.parse(answer);
  const { properties } = openapi_schema.components.schemas.Input;
  const find = (...names: string[]) => names.find((name) => name in properties);
  const prompt = find('prompt');
  if (prompt === undefined) throw new RemoteFailure('the model takes no prompt');
  const tokensMax = find(
    'max_tokens',
    'max_new_tokens',
    'max_output_tokens',
    'max_completion_tokens',
  );
  const bounds = boundShape.safeParse(tokensMax === undefined ? {} : properties[tokensMax]);
  return {
    prompt,
    system: find('system_prompt', 'system_instruction', 'system'),
    tokensMax,
    bounds: bounds.data ?? {},
  };
}

function inputOf(asked: Asked, { prompt, system, tokensMax, bounds }: InputNames) {
  const { minimum = 1, maximum = Number.POSITIVE_INFINITY } = bounds;
  return {
    [prompt]: system === undefined ? `${asked.system}\n\n${asked.prompt}` : asked.prompt,
    ...(system !== undefined && { [system]: asked.system }),
    ...(tokensMax !== undefined && {
      [tokensMax]: Math.max(minimum, Math.min(maximum, asked.maxOutputTokens)),
    }),
  };
}

const isOver = ({ status }: Prediction): boolean =>
  ['succeeded', 'failed', 'canceled', 'aborted'].includes(status);

/** A prediction that nobody waits for any more is stopped: it would be billed to its end. */
async function finish(
  to: GeneratorConnection,
  first: Prediction,
  signal: AbortSignal,
): Promise<Prediction> {
  const at = `/predictions/${encodeURIComponent(first.id)}`;
  let prediction = first;
  try {
    while (!isOver(prediction)) {
      await to.world.sleep(pollMs, signal);
      prediction = (await poll(to, at, signal)) ?? prediction;
    }
    return prediction;
  } catch (error) {
    const stop = send(to, `${at}/cancel`, AbortSignal.timeout(cancelMs), { method: 'POST' });
    await stop.catch(() => undefined);
    throw error;
  }
}

/** Undefined when it may be asked again: the prediction goes on all the same. */
async function poll(
  to: GeneratorConnection,
  path: string,
  signal: AbortSignal,
): Promise<Prediction | undefined> {
  try {
    return predictionShape.parse(await send(to, path, signal));
  } catch (error) {
    signal.throwIfAborted();
    if (failureOf(error).isRetryable) return undefined;
    throw error;
  }
}

/** It does not say whether it was cut; an answer of as many tokens as it may have was. */
function readPrediction(prediction: Prediction, tokensMax: number): Answered {
  const { status, output, metrics } = prediction;
  if (status !== 'succeeded') {
    throw new RemoteFailure(`the prediction ended as ${status}`, { mayPass: true });
  }
  if (output === undefined || output === null) throw new MalformedAnswer('no text');
  const outputTokens = metrics?.output_token_count ?? undefined;
  return {
    text: typeof output === 'string' ? output : output.join(''),
    ended: outputTokens !== undefined && outputTokens >= tokensMax ? 'cut' : 'whole',
    inputTokens: metrics?.input_token_count ?? undefined,
    outputTokens,
  };
}

interface Sending {
  readonly method: 'POST';
  readonly body?: object;
}

async function send(
  { url, apiKey, fetch }: GeneratorConnection,
  path: string,
  signal: AbortSignal,
  sending?: Sending,
): Promise<unknown> {
  const { method = 'GET', body } = sending ?? {};
  const response = await fetch(`${url}${path}`, {
    method,
    signal,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return response.json();
}
