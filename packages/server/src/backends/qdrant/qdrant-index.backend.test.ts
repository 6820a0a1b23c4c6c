import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import { memoriesOf, seededRandom, unitVector } from '../contract/vector-fixtures.ts';
import { runVectorIndexContract } from '../contract/vector-index-contract.ts';
import { fieldOf, numberOf, textOf } from '../vector-service/read-answer.ts';
import { openServiceIndex } from '../vector-service/service-index.ts';
import { clear, runServiceRules, serviceBackend } from '../vector-service/service-rules.ts';
import { QdrantService, type QdrantSettings } from './qdrant-service.ts';

const url = process.env.QDRANT_URL ?? '';
const missing =
  url === '' ? (process.env.REVERIE_TEST_QDRANT_MISSING ?? 'no QDRANT_URL') : undefined;
const settings = (more: Partial<QdrantSettings> = {}): QdrantSettings => ({
  url,
  collection: `test${randomBytes(4).toString('hex')}`,
  timeoutMs: 60_000,
  ...(process.env.QDRANT_API_KEY !== undefined && { apiKey: process.env.QDRANT_API_KEY }),
  ...more,
});
const make = () => new QdrantService(settings());

async function ask(path: string): Promise<unknown> {
  return (await fetch(`${url}${path}`)).json();
}

/** Until Qdrant has built what it wants to build. */
async function isBuilt(service: QdrantService): Promise<unknown[]> {
  for (;;) {
    const names = (await service.collections()).map(({ name }) => name);
    const found = await Promise.all(names.map((name) => ask(`/collections/${name}`)));
    if (found.every((each) => textOf(each, 'result', 'status') === 'green')) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** One whose tenants get an index from 100 kilobytes on; settling waits for it. */
function indexedBackend() {
  let service: QdrantService;
  const name = 'qdrant, large places with an index';
  const indexed = serviceBackend(name, () => {
    service = new QdrantService(settings({ indexFromKb: 100 }));
    return service;
  });
  const open = async () => {
    const opened = await indexed.open();
    opened.index.settle = async () => {
      await isBuilt(service);
    };
    return opened;
  };
  return { ...indexed, open };
}

// The reason is in the title.
describe.skipIf(missing)(`Qdrant${missing ? ` (${missing})` : ''}`, () => {
  runVectorIndexContract(serviceBackend('qdrant', make));
  runVectorIndexContract(indexedBackend());
  runServiceRules('qdrant', make);

  test('a tenant has an index of its own, and there is none over all', async () => {
    const service = new QdrantService(settings({ indexFromKb: 100 }));
    const index = await openServiceIndex(service, 'one');
    await index.prepare(1, 32);
    const place = { tenant: 'one' as TenantId, namespaceNo: 1, generation: 1 };
    const random = seededRandom(1);
    const vectors = Array.from({ length: 2_000 }, () => unitVector(random, 32));
    await index.put(place, memoriesOf(vectors));
    const [made] = await isBuilt(service);
    const config = fieldOf(made, 'result', 'config');
    expect(config).toMatchObject({
      params: { vectors: { size: 32, distance: 'Cosine', on_disk: true } },
      hnsw_config: { m: 0, payload_m: 16 },
      quantization_config: { scalar: { type: 'int8', always_ram: true } },
    });
    expect(fieldOf(made, 'result', 'payload_schema', 'place')).toMatchObject({
      data_type: 'keyword',
      params: { is_tenant: true },
    });
    expect(numberOf(made, 'result', 'indexed_vectors_count')).toBeGreaterThan(0);
    await clear(service);
  });

  const refusal = (more: Partial<QdrantSettings>): Promise<unknown> =>
    openServiceIndex(new QdrantService(settings(more)), 'one').then(
      () => undefined,
      (error: unknown) => error,
    );

  test('an address where nobody answers is unavailable', async () => {
    const refused = await refusal({ url: 'http://127.0.0.1:65535' });
    expect(refused).toMatchObject({ code: 'store_unavailable' });
    expect(String(refused)).toMatch(/Qdrant cannot be reached \(ECONNREFUSED\)/);
  });

  test('what is not Qdrant, or an old one, is refused by its setting', async () => {
    let answer: object = { hello: 'world' };
    const other = createServer((_, response) => response.end(JSON.stringify(answer)));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const there = { url: `http://127.0.0.1:${port}` };
    expect(String(await refusal(there))).toMatch(/REVERIE_QDRANT_URL: .* is not Qdrant/);
    answer = { title: 'qdrant', version: '1.9.0' };
    const old = await refusal(there);
    expect(old).toMatchObject({ code: 'setting_invalid' });
    expect(String(old)).toMatch(/Qdrant 1\.9\.0 is too old; 1\.17 is needed/);
    other.close();
  });
});
