/** Pinecone as its documentation describes it: a stand-in on loopback. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import type { VectorPlace } from '../../ports/vector-index.ts';
import { memoriesOf, seededRandom, unitVector } from '../contract/vector-fixtures.ts';
import { runVectorIndexContract } from '../contract/vector-index-contract.ts';
import { openServiceIndex } from '../vector-service/service-index.ts';
import { runServiceRules, serviceBackend } from '../vector-service/service-rules.ts';
import { PineconeService, type PineconeSettings } from './pinecone-service.ts';
import { openPineconeStandIn, type PineconeStandIn } from './pinecone-stand-in.test.helper.ts';

const dimension = 8;
const random = seededRandom(1);
const vector = () => unitVector(random, dimension);
const place: VectorPlace = { tenant: 'one' as TenantId, namespaceNo: 1, generation: 1 };

let standIn: PineconeStandIn;
beforeAll(async () => {
  standIn = await openPineconeStandIn();
});
afterAll(() => standIn.close());

const settings = (more: Partial<PineconeSettings> = {}): PineconeSettings => ({
  ...{ url: standIn.url, apiKey: standIn.key, indexName: `t${randomBytes(4).toString('hex')}` },
  ...{ cloud: 'aws', region: 'us-east-1', timeoutMs: 5_000, ...more },
});
const make = () => new PineconeService(settings());
const openFilled = async (more: Partial<PineconeSettings> = {}) => {
  const index = await openServiceIndex(new PineconeService(settings(more)), 'one');
  await index.prepare(1, dimension);
  await index.put(place, memoriesOf([vector(), vector()]));
  return index;
};

describe('the stand-in of Pinecone', () => {
  runVectorIndexContract(serviceBackend('pinecone', make));
  runServiceRules('pinecone', make);
});

describe('pinecone on bad days', () => {
  test('a put waits until the write is indexed', async () => {
    const index = await openFilled();
    standIn.indexedPerQuery = 0;
    const put = index.put(place, [{ ordinal: 9, passages: [vector()] }]);
    const before = standIn.asked.length;
    await expect
      .poll(() => standIn.asked.slice(before))
      .toContainEqual(expect.stringMatching(/POST .*\/query$/));
    expect(await index.count(place)).toBe(2);
    standIn.indexedPerQuery = 1;
    await put;
    expect(await index.count(place)).toBe(3);
    standIn.indexedPerQuery = 2;
  });

  test('a write that is never indexed is told in time', async () => {
    const index = await openFilled({ timeoutMs: 2_000 });
    standIn.indexedPerQuery = 0;
    const put = index.put(place, memoriesOf([vector()]));
    await expect(put).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(put).rejects.toThrow(/not indexed a write in time/);
    standIn.indexedPerQuery = 2;
  });

  test('too many requests are sent again, a little later', async () => {
    const index = await openFilled();
    standIn.trouble = [429, 503, 429];
    expect(await index.search(place, vector(), 10)).toHaveLength(2);
    standIn.trouble = [429];
    await index.put(place, memoriesOf([vector(), vector(), vector()]));
    expect(await index.count(place)).toBe(3);
  });

  test('a connection that was closed meanwhile is opened again, once', async () => {
    const index = await openFilled();
    standIn.trouble = [0];
    expect(await index.search(place, vector(), 10)).toHaveLength(2);
    standIn.trouble = [0, 0];
    await expect(index.search(place, vector(), 10)).rejects.toThrow(
      /Pinecone cannot be reached \(\w+\)/,
    );
  });

  test('what goes on being broken is unavailable, and well again by itself', async () => {
    const index = await openFilled();
    standIn.trouble = [503, 503, 503, 503];
    await expect(index.search(place, vector(), 10)).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    standIn.trouble = [500];
    await expect(index.remove(place, [1])).rejects.toThrow('Pinecone answered 500.');
    expect(await index.search(place, vector(), 10)).toHaveLength(2);
    expect(await index.status()).toEqual({ writable: true });
    standIn.trouble = [503, 503, 503, 503];
    expect(await index.status()).toEqual({ writable: false, reason: 'Pinecone answered 503.' });
  });

  test('a put larger than one request is sent in several', async () => {
    const index = await openFilled();
    const many = Array.from({ length: 1_700 }, vector);
    const before = standIn.asked.length;
    await index.put(place, memoriesOf(many));
    const upserts = standIn.asked.slice(before).filter((each) => each.endsWith('/vectors/upsert'));
    expect(upserts).toHaveLength(2);
    expect(await index.count(place)).toBe(1_700);
    await index.prepare(2, 3_000);
    const wide = Array.from({ length: 100 }, () => unitVector(random, 3_000));
    await index.put({ ...place, generation: 2 }, memoriesOf(wide));
    expect(await index.count({ ...place, generation: 2 })).toBe(100);
  });
});

describe('pinecone refuses at the start', () => {
  const refusal = (more: Partial<PineconeSettings>) =>
    openServiceIndex(new PineconeService(settings(more)), 'one').then(
      () => undefined,
      (error: unknown) => error,
    );

  test('a wrong key, by the name of its setting', async () => {
    const refused = await refusal({ apiKey: 'wrong' });
    expect(refused).toMatchObject({ code: 'setting_invalid' });
    expect(String(refused)).toMatch(/REVERIE_PINECONE_API_KEY: Pinecone refuses the key \(401\)/);
  });

  test('a region that is not there, and a plan without room for an index', async () => {
    const region = await refusal({ region: 'nowhere-1' });
    expect(region).toMatchObject({ code: 'setting_invalid' });
    expect(String(region)).toMatch(/REVERIE_PINECONE_REGION.*nowhere-1 not found/);
    standIn.indexesMax = 0;
    expect(String(await refusal({}))).toMatch(/refuses to make the index.*reached the max/);
    standIn.indexesMax = 1_000;
  });
});
