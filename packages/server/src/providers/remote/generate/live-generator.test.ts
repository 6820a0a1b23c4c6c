/**
 * Real services, only when asked for:
 * LIVE_LLM=openai LIVE_API_KEY=... REVERIE_LLM_MODEL=... npx vitest run live-generator
 */
import { describe, it } from 'vitest';
import { runGeneratorContract } from '../../contract/generator-contract.ts';
import { lazyO200kTokenizer } from '../../tokenizer/o200k-tokenizer.ts';
import { generatorVendors } from './generator-vendors.ts';
import { openRemoteGenerator } from './remote-generator.ts';

const live = generatorVendors.filter((vendor) => vendor === process.env.LIVE_LLM);
const { REVERIE_LLM_MODEL: model, REVERIE_LLM_URL: url } = process.env;

describe('live language models', () => {
  // No service is called unless LIVE_LLM names it.
  it.skipIf(live.length === 0)('are called', () => {});
});

for (const vendor of live) {
  runGeneratorContract({
    name: `${vendor} (live)`,
    open: () =>
      openRemoteGenerator({
        vendor,
        model,
        url,
        apiKey: process.env.LIVE_API_KEY,
        concurrency: 2,
        timeoutMs: 60_000,
        prices: undefined,
        openTokenizer: lazyO200kTokenizer(),
      }),
  });
}
