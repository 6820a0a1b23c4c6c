/** Opens a remote embedder on a fake service, with a clock that never waits. */
import type { Embedder } from '../../ports/embedder.ts';
import type { RemoteSettings } from './plan-model.ts';
import { openRemoteEmbedder } from './remote-embedder.ts';
import type { RetryWorld } from './retry.ts';

export const testKey = 'test-key-of-nobody';

/** Keeps how long it was asked to sleep. Chance always says one half. */
export interface TestWorld extends RetryWorld {
  readonly sleeps: number[];
}

export function createTestWorld(): TestWorld {
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => Date.parse('2026-11-21T12:00:00Z'),
    random: () => 0.5,
    async sleep(durationMs, signal) {
      signal.throwIfAborted();
      sleeps.push(durationMs);
    },
  };
}

export function openRemote(
  settings: Partial<RemoteSettings> & { readonly url: string },
  world: RetryWorld = createTestWorld(),
): Promise<Embedder> {
  const otherwise: Omit<RemoteSettings, 'url'> = {
    vendor: 'openai-compatible',
    model: 'test-model',
    apiKey: testKey,
    dimension: 64,
    concurrency: 4,
    timeoutMs: 5_000,
  };
  return openRemoteEmbedder({ ...otherwise, ...settings }, world);
}
