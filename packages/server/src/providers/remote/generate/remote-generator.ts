/** A language model that is somebody else's service: bounded, patient and never trusted. */
import { MemoryError } from '../../../domain/errors.ts';
import type {
  Generated,
  GenerateRequest,
  Generator,
  TokenPrices,
} from '../../../ports/generator.ts';
import type { OpenTokenizer } from '../../../ports/tokenizer.ts';
import { countInPieces } from '../../../util/count-in-pieces.ts';
import { followSignals } from '../../../util/follow-signals.ts';
import { checkBaseUrl } from '../base-url.ts';
import { createGuardedFetch } from '../guarded-fetch.ts';
import { cleanText } from '../prepare-text.ts';
import { failureOf } from '../remote-failure.ts';
import { generatorUse } from '../remote-use.ts';
import type { RetryWorld } from '../retry.ts';
import { createServiceCalls, realWorld, type ServiceCalls } from '../service-calls.ts';
import type { Answered, GenerateCall } from './generate-call.ts';
import { type GeneratorVendor, generatorServices } from './generator-vendors.ts';
import { jsonInText } from './json-in-text.ts';

export interface GeneratorSettings {
  readonly vendor: GeneratorVendor;
  /** As the service names it. None is assumed: models come and go, and cost what they do. */
  readonly model: string | undefined;
  readonly url: string | undefined;
  readonly apiKey: string | undefined;
  /** Calls at one time. */
  readonly concurrency: number;
  /** Of one try; a call that failed is tried again. */
  readonly timeoutMs: number;
  readonly prices: TokenPrices | undefined;
  /** Counts where the service does not. */
  readonly openTokenizer: OpenTokenizer;
}

/**
 * Asks the service nothing yet.
 *
 * @throws MemoryError `setting_invalid`, naming what to set or to install.
 */
export async function openRemoteGenerator(
  settings: GeneratorSettings,
  world: RetryWorld = realWorld,
): Promise<Generator> {
  const { vendor, apiKey, openTokenizer } = settings;
  const service = generatorServices[vendor];
  const model = checkModel(settings);
  const address = settings.url ?? service.url;
  if (address === undefined) throw invalid('URL', `${vendor} needs the address of the service`);
  if (service.needsKey && apiKey === undefined) throw invalid('API_KEY', `${vendor} needs a key`);
  const url = checkBaseUrl(address, generatorUse);
  const fetch = createGuardedFetch(world.now);
  const call = await service.open({ model, url, apiKey, fetch, world });
  return new RemoteGenerator(`${vendor}/${model}`, settings.prices, {
    call,
    // A model that is late has been at work, and its time is billed: it is not asked again.
    service: createServiceCalls({ ...settings, use: generatorUse, retriesLate: false, world }),
    takesSchema: service.takesSchema,
    openTokenizer,
  });
}

/** There are about as many schemas as prompts; more were made for one question each. */
const refusedSchemasMax = 64;

interface Parts {
  readonly call: GenerateCall;
  readonly service: ServiceCalls;
  readonly takesSchema: boolean;
  readonly openTokenizer: OpenTokenizer;
}

class RemoteGenerator implements Generator {
  readonly model: string;
  readonly prices?: TokenPrices;
  readonly #parts: Parts;
  readonly #closing = followSignals();
  /** Schemas that the service would not take, as JSON. */
  readonly #refusedSchemas = new Set<string>();

  constructor(model: string, prices: TokenPrices | undefined, parts: Parts) {
    this.model = model;
    if (prices !== undefined) this.prices = prices;
    this.#parts = parts;
  }

  async generate(request: GenerateRequest): Promise<Generated> {
    const both = followSignals(request.signal, this.#closing.signal);
    try {
      both.signal.throwIfAborted();
      const answer = await this.#parts.service.run((signal) => this.#ask(request, signal), {
        isUrgent: false,
        signal: both.signal,
      });
      const text = request.schema === undefined ? answer.text : jsonInText(answer.text);
      return { text, ended: answer.ended, usage: await this.#usageOf(request, answer) };
    } finally {
      both.release();
    }
  }

  /**
   * Many services refuse a schema, or some schemas, with the same status as any bad request. They
   * are asked once more with the schema in words, and from then on for good where that worked.
   */
  async #ask(request: GenerateRequest, signal: AbortSignal): Promise<Answered> {
    const { call, takesSchema } = this.#parts;
    const { schema, maxOutputTokens } = request;
    const system = cleanText(request.system);
    const asked = { system, prompt: cleanText(request.prompt), maxOutputTokens };
    if (schema === undefined) return call(asked, signal);
    const form = JSON.stringify(schema);
    const isHeld = takesSchema && !this.#refusedSchemas.has(form);
    try {
      if (isHeld) return await call({ ...asked, schema }, signal);
    } catch (error) {
      signal.throwIfAborted();
      const { status } = failureOf(error);
      if (status !== 400 && status !== 422) throw error;
    }
    const answer = await call({ ...asked, system: withSchema(system, form) }, signal);
    if (isHeld) {
      if (this.#refusedSchemas.size >= refusedSchemasMax) this.#refusedSchemas.clear();
      this.#refusedSchemas.add(form);
    }
    return answer;
  }

  async #usageOf(request: GenerateRequest, answer: Answered): Promise<Generated['usage']> {
    const { inputTokens, outputTokens } = answer;
    if (inputTokens !== undefined && outputTokens !== undefined) {
      return { inputTokens, outputTokens, isEstimated: false };
    }
    const tokenizer = await this.#parts.openTokenizer();
    const count = (text: string) => countInPieces(text, (piece) => tokenizer.count(piece));
    return {
      inputTokens: inputTokens ?? (await count(`${request.system}\n${request.prompt}`)),
      outputTokens: outputTokens ?? (await count(answer.text)),
      isEstimated: true,
    };
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new MemoryError('shutting_down', 'The language model is closed.'));
  }
}

function withSchema(system: string, schema: string): string {
  const order = 'Answer with one JSON value that fits this JSON schema, and with nothing else:';
  return `${system}\n\n${order}\n${schema}`;
}

function checkModel({ vendor, model }: GeneratorSettings): string {
  if (model === undefined) throw invalid('MODEL', `${vendor} needs the name of a model`);
  const form = generatorServices[vendor].modelForm;
  if (form === undefined || form.pattern.test(model)) return model;
  throw invalid('MODEL', `${vendor} names its models like ${form.example}`);
}

function invalid(name: string, reason: string): MemoryError {
  const setting = `REVERIE_LLM_${name}`;
  return new MemoryError('setting_invalid', `${setting}: ${reason}.`, { details: { setting } });
}
