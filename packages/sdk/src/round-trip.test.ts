/** Whatever an application stores comes back as it was, whatever its names look like. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createClient } from './client.ts';
import { wireMemory } from './fixtures.ts';
import type { StoreInput } from './store-types.ts';

/** Answers a store with the memory that it was sent. */
async function echo(request: Request): Promise<Response> {
  const sent: StoreInput = JSON.parse(await request.text());
  const memory = { ...wireMemory, value: sent.value, metadata: sent.metadata, tags: sent.tags };
  return Response.json({ ...wireMemory, status: 'stored', memory });
}

const client = createClient({ fetch: echo });

it('leaves values, metadata and tags untouched', async () => {
  const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)));
  const object = fc.dictionary(fc.string(), json).map((value) => JSON.parse(JSON.stringify(value)));
  const tags = fc.array(fc.string());
  await fc.assert(
    fc.asyncProperty(json, object, tags, async (value, metadata, tags) => {
      const { memory } = await client.store({ value, metadata, tags });
      expect({ value: memory?.value, metadata: memory?.metadata, tags: memory?.tags }).toEqual({
        value,
        metadata,
        tags,
      });
    }),
    { numRuns: 200 },
  );
});
