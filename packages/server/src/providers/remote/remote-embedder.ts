/** An embedder that is somebody else's service: batched, bounded, patient and never trusted. */
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { Embedder, EmbedOptions } from '../../ports/embedder.ts';
import { followSignals } from '../../util/follow-signals.ts';
import { planBatches } from './batches.ts';
import type { EmbedCall } from './embed-call.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { type ModelPlan, planModel, type RemoteSettings } from './plan-model.ts';
import { prepareText } from './prepare-text.ts';
import { createQueryCache, type QueryCache } from './query-cache.ts';
import { readVectors } from './read-vectors.ts';
import { RemoteFailure } from './remote-failure.ts';
import { embedderUse } from './remote-use.ts';
import type { RetryWorld } from './retry.ts';
import { createServiceCalls, realWorld, type ServiceCalls } from './service-calls.ts';
import { type Vendor, vendors } from './vendors.ts';
import { withSharedVectors } from './with-shared-vectors.ts';

/**
 * Asks the service only where the model's dimension is neither known nor set.
 *
 * @throws MemoryError `setting_invalid`, naming what to set or to install.
 */
export async function openRemoteEmbedder(
  settings: RemoteSettings,
  world: RetryWorld = realWorld,
): Promise<Embedder> {
  const plan = planModel(settings);
  const vendor = vendors[settings.vendor];
  const { model, url, outputDimension } = plan;
  const fetch = createGuardedFetch(world.now);
  const call = await vendor.open({ model, url, apiKey: settings.apiKey, outputDimension, fetch });
  const service = createServiceCalls({
    ...settings,
    use: embedderUse,
    retriesLate: true,
    world,
  });
  const parts = { settings, plan, vendor, call, service };
  const dimension = plan.dimension ?? (await askDimension(parts));
  return new RemoteEmbedder(parts, dimension);
}

interface Parts {
  readonly settings: RemoteSettings;
  readonly plan: ModelPlan;
  readonly vendor: Vendor;
  readonly call: EmbedCall;
  readonly service: ServiceCalls;
}

class RemoteEmbedder implements Embedder {
  readonly model: string;
  readonly dimension: number;
  readonly isInstant = false;
  readonly #parts: Parts;
  readonly #cache: QueryCache;
  readonly #closing = followSignals();

  constructor(parts: Parts, dimension: number) {
    const { settings, plan } = parts;
    // One model shortened to two dimensions is two models: their vectors do not compare.
    this.model = `${settings.vendor}/${plan.model}@${dimension}`;
    this.dimension = dimension;
    this.#parts = parts;
    this.#cache = createQueryCache(this.model);
  }

  async embed(texts: readonly string[], options: EmbedOptions): Promise<Float32Array[]> {
    const { role, signal } = options;
    this.#closing.signal.throwIfAborted();
    signal?.throwIfAborted();
    const { plan, vendor } = this.#parts;
    const prefix = plan.prefixes?.[role] ?? '';
    const prepared = texts.map((text) => prepareText(text, vendor.limits.textBytesMax));
    const filled = prepared.filter((text) => text !== '').map((text) => prefix + text);
    const vectors = await this.#embedFilled(filled, role, signal);
    let next = 0;
    return prepared.map((text) =>
      text === '' ? new Float32Array(this.dimension) : (vectors[next++] ?? new Float32Array(0)),
    );
  }

  #embedFilled(
    texts: readonly string[],
    role: EmbedOptions['role'],
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> {
    if (role === 'document') return this.#embedBatches(texts, role, signal);
    const ask = (missing: readonly string[], flight: AbortSignal) =>
      this.#embedBatches(missing, role, flight);
    const { model, dimension } = this;
    const shared = { vectors: this.#parts.settings.sharedVectors, model, dimension };
    return this.#cache.embed(texts, signal, withSharedVectors(shared, ask));
  }

  /** The first batch that fails ends the others. */
  async #embedBatches(
    texts: readonly string[],
    role: EmbedOptions['role'],
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> {
    const { vendor } = this.#parts;
    const all = followSignals(signal, this.#closing.signal);
    try {
      const vectors: Float32Array[] = [];
      const batches = planBatches(texts, vendor.limits);
      await Promise.all(
        batches.map(async (numbers) => {
          const batch = numbers.map((number) => texts[number] ?? '');
          const made = await callService(this.#parts, batch, this.dimension, role, all.signal);
          for (const [at, number] of numbers.entries()) {
            const vector = made[at];
            if (vector !== undefined) vectors[number] = vector;
          }
        }),
      );
      return vectors;
    } catch (error) {
      all.abort(error);
      throw error;
    } finally {
      all.release();
    }
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new MemoryError('shutting_down', 'The embedder is closed.'));
  }
}

/** One batch, with all its tries. */
function callService(
  { call, service }: Parts,
  texts: readonly string[],
  dimension: number | undefined,
  role: EmbedOptions['role'],
  signal: AbortSignal,
): Promise<Float32Array[]> {
  const expected = { count: texts.length, dimension };
  return service.run(
    async (own) => readVectors(await call(texts, { role, signal: own }), expected),
    { isUrgent: role === 'query', signal },
  );
}

/** The dimension of a model that no table knows, from one vector of it. */
async function askDimension(parts: Parts): Promise<number> {
  const { settings, plan } = parts;
  const deadline = AbortSignal.timeout(settings.timeoutMs);
  try {
    const [vector] = await callService(parts, ['dimension'], undefined, 'document', deadline);
    const dimension = vector?.length ?? 0;
    if (dimension <= limits.vectorDimensionMax) return dimension;
    throw new RemoteFailure(`vectors of ${dimension} numbers are too long`);
  } catch (cause) {
    const isTold = MemoryError.isInstance(cause) || cause instanceof RemoteFailure;
    const reason = isTold ? ` ${cause.message}` : '';
    const message =
      `The dimension of ${plan.model} is not known and could not be asked for.${reason} ` +
      'Set REVERIE_EMBEDDER_DIMENSION.';
    const details = { setting: 'REVERIE_EMBEDDER_DIMENSION' };
    throw new MemoryError('setting_invalid', message, { details, cause });
  }
}
