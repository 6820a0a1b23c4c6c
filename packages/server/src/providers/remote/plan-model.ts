/** From settings to one model: its name, address, dimension and prefixes. */
import { MemoryError } from '../../domain/errors.ts';
import type { SharedVectors } from '../../ports/shared-vectors.ts';
import { checkBaseUrl } from './base-url.ts';
import { canHaveDimension, type KnownModel, knownModel } from './models.ts';
import { embedderUse } from './remote-use.ts';
import { type RemoteVendor, vendors } from './vendors.ts';

export interface RemoteSettings {
  readonly vendor: RemoteVendor;
  /** The service's name of the model; absent: a good one of the service. */
  readonly model: string | undefined;
  readonly url: string | undefined;
  readonly apiKey: string | undefined;
  readonly dimension: number | undefined;
  /** Calls at one time. */
  readonly concurrency: number;
  /** Of one call; a call that failed is tried again. */
  readonly timeoutMs: number;
  /** Of questions; absent where this process remembers for itself alone. */
  readonly sharedVectors?: SharedVectors | undefined;
}

export interface ModelPlan {
  readonly model: string;
  readonly url: string;
  /** Undefined when only the service knows it. */
  readonly dimension: number | undefined;
  /** To be asked for in each call. */
  readonly outputDimension: number | undefined;
  readonly prefixes: KnownModel['prefixes'];
}

/** @throws MemoryError `setting_invalid`, naming the setting. */
export function planModel(settings: RemoteSettings): ModelPlan {
  const { vendor: name, apiKey } = settings;
  const vendor = vendors[name];
  const model = settings.model ?? vendor.defaultModel;
  if (model === undefined) throw missing('MODEL', `${name} needs the name of a model`);
  const address = settings.url ?? vendor.url;
  if (address === undefined) throw missing('URL', `${name} needs the address of the service`);
  if (vendor.needsKey && apiKey === undefined) throw missing('API_KEY', `${name} needs a key`);
  const known = knownModel(model);
  const dimension = settings.dimension ?? known?.dimension;
  if (known !== undefined && dimension !== undefined) {
    checkDimension(model, known, vendor.canShorten, dimension);
  }
  const native = known?.nativeDimension ?? known?.dimension;
  return {
    model,
    url: checkBaseUrl(address, embedderUse),
    dimension,
    outputDimension: known !== undefined && dimension !== native ? dimension : undefined,
    prefixes: known?.prefixes,
  };
}

function checkDimension(
  model: string,
  known: KnownModel,
  canShorten: boolean,
  dimension: number,
): void {
  const fits = canShorten ? canHaveDimension(known, dimension) : dimension === known.dimension;
  if (fits) return;
  throw missing('DIMENSION', `${model} gives ${known.dimension} and not ${dimension}`);
}

function missing(name: string, reason: string): MemoryError {
  const setting = `REVERIE_EMBEDDER_${name}`;
  return new MemoryError('setting_invalid', `${setting}: ${reason}.`, { details: { setting } });
}
