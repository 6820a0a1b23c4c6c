/** Pinecone itself, in the project of a key; it makes four indexes and removes them. */
import { randomBytes } from 'node:crypto';
import { describe } from 'vitest';
import { runVectorIndexContract } from '../contract/vector-index-contract.ts';
import { serviceBackend } from '../vector-service/service-rules.ts';
import { PineconeService } from './pinecone-service.ts';

const apiKey = process.env.PINECONE_API_KEY ?? '';
const missing = apiKey === '' ? 'no PINECONE_API_KEY' : undefined;
const make = () =>
  new PineconeService({
    ...{ url: 'https://api.pinecone.io', apiKey, timeoutMs: 60_000 },
    ...{ indexName: `test-${randomBytes(4).toString('hex')}`, cloud: 'aws', region: 'us-east-1' },
  });

// The reason is in the title.
describe.skipIf(missing)(`Pinecone${missing ? ` (${missing})` : ''}`, () => {
  runVectorIndexContract(serviceBackend('pinecone', make));
});
