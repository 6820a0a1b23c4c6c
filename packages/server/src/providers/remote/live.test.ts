/** Real services, only when asked for: LIVE=openai LIVE_API_KEY=... npx vitest run live */

import { describe, it } from 'vitest';
import { runEmbedderContract } from '../contract/embedder-contract.ts';
import { openRemoteEmbedder } from './remote-embedder.ts';
import { remoteVendors } from './vendors.ts';

const asked = (process.env.LIVE ?? '').split(',');
const live = remoteVendors.filter((vendor) => asked.includes(vendor));
const { REVERIE_EMBEDDER_MODEL: model, REVERIE_EMBEDDER_URL: url } = process.env;

describe('live services', () => {
  // No service is called unless LIVE names it.
  it.skipIf(live.length === 0)('are called', () => {});
});

for (const vendor of live) {
  runEmbedderContract({
    name: `${vendor} (live)`,
    open: () =>
      openRemoteEmbedder({
        vendor,
        model,
        url,
        apiKey: process.env.LIVE_API_KEY,
        dimension: undefined,
        concurrency: 4,
        timeoutMs: 30_000,
      }),
    // Services compute with half precision and in batches.
    agreement: 0.999,
    skip: [
      { rule: 'gives the same text the same vector again', reason: 'services round differently' },
    ],
  });
}
