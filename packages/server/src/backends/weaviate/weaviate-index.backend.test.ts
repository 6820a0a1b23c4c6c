import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { runVectorIndexContract } from '../contract/vector-index-contract.ts';
import { openServiceIndex } from '../vector-service/service-index.ts';
import { runServiceRules, serviceBackend } from '../vector-service/service-rules.ts';
import { WeaviateService, type WeaviateSettings } from './weaviate-service.ts';

const url = process.env.WEAVIATE_URL ?? '';
const missing =
  url === '' ? (process.env.REVERIE_TEST_WEAVIATE_MISSING ?? 'no WEAVIATE_URL') : undefined;
const settings = () => ({
  url,
  className: `Test${randomBytes(4).toString('hex')}`,
  timeoutMs: 60_000,
  ...(process.env.WEAVIATE_API_KEY !== undefined && { apiKey: process.env.WEAVIATE_API_KEY }),
});
const make = () => new WeaviateService(settings());

// The reason is in the title.
describe.skipIf(missing)(`Weaviate${missing ? ` (${missing})` : ''}`, () => {
  runVectorIndexContract(serviceBackend('weaviate', make));
  runServiceRules('weaviate', make);

  const refusal = (more: Partial<WeaviateSettings>): Promise<unknown> =>
    openServiceIndex(new WeaviateService({ ...settings(), ...more }), 'one').then(
      () => undefined,
      (error: unknown) => error,
    );

  test('an address where nobody answers is unavailable', async () => {
    const refused = await refusal({ url: 'http://127.0.0.1:65535' });
    expect(refused).toMatchObject({ code: 'store_unavailable' });
    expect(String(refused)).toMatch(/Weaviate cannot be reached \(ECONNREFUSED\)/);
  });

  test('a name that no class may have is refused by its setting', async () => {
    const refused = await refusal({ className: 'not-a-name' });
    expect(refused).toMatchObject({ code: 'setting_invalid' });
    expect(String(refused)).toMatch(/REVERIE_WEAVIATE_CLASS/);
  });
});
