/** Whatever is sent: no 500, one coded error, and the answers that the words mean. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import {
  filterJsonArb,
  metadataArb,
} from '../../packages/server/src/domain/filter/filter-arbitraries.test.helper.ts';
import {
  type Filtered,
  matchesFilter,
} from '../../packages/server/src/domain/filter/matches-filter.ts';
import { parseFilter } from '../../packages/server/src/domain/filter/parse-filter.ts';
import { openTestApp } from './open-test-app.ts';
import { send } from './scenario.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

type Sent = Omit<Parameters<typeof send>[1], 'headers'> & { headers?: Record<string, string> };

/** The answer, or the code of one error of the one shape that is the sender's fault. */
async function ask(sent: Sent) {
  const { response, text, json } = await send(app, sent);
  const answer = json();
  if (response.status === 200) return { status: 200, answer, code: null };
  expect(response.status, `${JSON.stringify(sent)} -> ${text}`).toBeLessThan(500);
  expect(Object.keys(answer)).toEqual(['error']);
  expect(answer.error).toMatchObject({ code: expect.any(String), message: expect.any(String) });
  expect(text.length).toBeLessThan(4_000);
  return { status: response.status, answer, code: String(answer.error.code) };
}

const set = async (body: object) => (await ask({ path: '/v1/memory-set', body })).answer;

/** JSON with odd names and numbers, as text: `1e999` and `__proto__` are only there. */
const jsonTextArb = fc
  .oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.dictionary(fc.constantFrom('__proto__', 'constructor', '', '\ud800'), fc.jsonValue()),
    fc.constantFrom(null, '', ' ', '\u0000', '\ud800', -0, 2 ** 53, 1e300, '2026-02-30', [], {}),
  )
  .map((value) => JSON.stringify(value));
const oddTextArb = fc.oneof(
  { weight: 9, arbitrary: jsonTextArb },
  fc.constantFrom('1e999', '1E-999'),
);

/** Valid now and then, so that something is changed. */
const patchFields = {
  value: fc.oneof(fc.constantFrom('"Tea."', '"Coffee."', '{"a":1}'), oddTextArb),
  metadata: fc.oneof(
    metadataArb.map((value) => JSON.stringify(value)),
    oddTextArb,
  ),
  tags: fc.oneof(fc.constantFrom('["a"]', '"a,b"', '[" a","a"]'), oddTextArb),
  type: fc.oneof(fc.constantFrom('"note"', 'null'), oddTextArb),
  speaker: fc.oneof(fc.constantFrom('"Ann"', 'null'), oddTextArb),
  attachments: fc.oneof(fc.constantFrom('[]', '[{"caption":"A cat."}]'), oddTextArb),
  audience: fc.oneof(fc.constantFrom('"user"', '"system"'), oddTextArb),
  occurred_at: fc.oneof(fc.constantFrom('"2026-05-08"', '1760000000'), oddTextArb),
  valid_from: fc.oneof(fc.constantFrom('"2026-05-08"', 'null'), oddTextArb),
  valid_to: fc.oneof(fc.constantFrom('"2027-05-08"', '"2025-05-08"', 'null'), oddTextArb),
  // Never in the past, which would end it for the rest of the test.
  expires_at: fc.constantFrom('"2199-05-08"', 'null', '"soon"', '[]', '"2199-02-30"', '1e999'),
  pinned: fc.oneof(fc.constantFrom('true', 'false'), oddTextArb),
  importance: fc.oneof(fc.constantFrom('0', '1', '0.25'), oddTextArb),
  if_version: fc.oneof(fc.constantFrom('1', '2', '0'), oddTextArb),
};

const patchTextArb = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .shuffledSubarray(Object.entries(patchFields), { maxLength: 3 })
      .chain((fields) => fc.tuple(...fields.map(([name, arb]) => arb.map((text) => [name, text]))))
      .map((fields) => `{${fields.map(([name, text]) => `"${name}":${text}`).join(',')}}`),
  },
  oddTextArb,
  fc.string(),
);

/** RFC 7396, word for word. */
function merged(target: unknown, patch: unknown): unknown {
  const isObject = (one: unknown): one is object =>
    typeof one === 'object' && one !== null && !Array.isArray(one);
  if (!isObject(patch)) return patch;
  const result = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, merged(result.get(name), value));
  }
  return Object.fromEntries(result);
}

test('a patch is made as it says, or refused whole', async () => {
  const { id } = await set({ namespace: 'patch', value: 'Tea.', metadata: { plan: 'pro' } });
  const path = `/v1/memory/${id}`;
  let before = (await ask({ path })).answer.memory;
  let made = 0;
  await fc.assert(
    fc.asyncProperty(patchTextArb, async (raw) => {
      const { status, answer } = await ask({ method: 'PATCH', path, raw });
      const { memory: after } = (await ask({ path })).answer;
      if (status !== 200 || answer.status === 'unchanged') {
        expect(after).toEqual(before);
        return;
      }
      made += 1;
      expect(after).toEqual(answer.memory);
      expect(after.version).toBe(before.version + 1);
      const patch = JSON.parse(raw);
      const { updated_at: _, version: __, content: ___, ...others } = before;
      for (const name of Object.keys(patch)) delete others[name];
      expect(after).toMatchObject(others);
      if ('metadata' in patch) {
        expect(after.metadata).toEqual(merged(before.metadata, patch.metadata));
      }
      if ('value' in patch) expect(JSON.stringify(after.value)).toBe(JSON.stringify(patch.value));
      before = after;
    }),
    { numRuns: 400 },
  );
  expect(made).toBeGreaterThan(20);
});

const keyArb = fc.oneof(
  fc.constantFrom('one', 'two'),
  fc.string({ minLength: 0, maxLength: 4 }),
  fc.integer({ min: 250, max: 260 }).map((length) => 'k'.repeat(length)),
);

/** Headers that a client can send at all. */
function isHeader(value: string): boolean {
  try {
    return new Headers({ 'Idempotency-Key': value }).get('Idempotency-Key') === value;
  } catch {
    return false;
  }
}

test('whatever an Idempotency-Key is, a named store happens once', async () => {
  let round = 0;
  const requestArb = fc.record({
    key: keyArb.filter(isHeader),
    value: fc.constantFrom('Tea.', 'Coffee.'),
    together: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(requestArb, { minLength: 1, maxLength: 12 }), async (requests) => {
      const namespace = `keys-${++round}`;
      const first = new Map<string, { id: string; value: string }>();
      const run = async ({ key, value }: { key: string; value: string }) => {
        const headers = { 'Idempotency-Key': key };
        const body = { namespace, value };
        const { status, answer, code } = await ask({ path: '/v1/memory-set', body, headers });
        if (!/^[!-~]{1,255}$/.test(key)) return expect(status).toBe(400);
        if (status !== 200) {
          return expect(code).toMatch(/^idempotency_(in_flight|mismatch)$/);
        }
        const known = first.get(key) ?? { id: answer.id, value };
        first.set(key, known);
        expect({ id: answer.id, value }).toEqual(known);
      };
      let running: Promise<unknown>[] = [];
      for (const request of requests) {
        running.push(run(request));
        if (request.together) continue;
        await Promise.all(running);
        running = [];
      }
      await Promise.all(running);
      const listed = await ask({ path: `/v1/memory?namespace=${namespace}` });
      expect(listed.answer.count).toBe(first.size);
    }),
    { numRuns: 80 },
  );
});

const filterTextArb = fc.oneof(
  filterJsonArb.map((json) => JSON.stringify(json)),
  fc
    .tuple(
      fc.constantFrom('metadata.a', 'tags', 'kind', 'created_at', 'AND', 'NOT', '__proto__', ''),
      fc.oneof(
        oddTextArb,
        fc
          .tuple(fc.constantFrom('eq', 'in', 'gt', 'exists', 'icontains', 'toString'), oddTextArb)
          .map(([operator, text]) => `{"${operator}":${text}}`),
      ),
    )
    .map(([name, text]) => `{"${name}":${text}}`),
  // A body adds a level: beyond these the depth of all JSON comes first.
  fc.nat(28).map((depth) => `${'{"NOT":'.repeat(depth)}{"kind":"fact"}${'}'.repeat(depth)}`),
);

type Columns = 'kind' | 'audience' | 'trust' | 'pinned' | 'archived' | 'importance' | 'confidence';
type Contents = Pick<Filtered['body'], 'tags' | 'metadata'>;
type Labels = Record<'key' | 'type' | 'speaker', string | null>;
type Times = Record<'occurred_at' | 'created_at' | 'updated_at', string>;
type MaybeTimes = Record<'valid_from' | 'valid_to' | 'expires_at', string | null>;

/** What a filter reads of a memory, as the wire shows it. */
interface WireMemory extends Pick<Filtered, Columns>, Contents, Labels, Times, MaybeTimes {
  readonly id: string;
}

function filteredOf({ key, type, speaker, tags, metadata, ...rest }: WireMemory): Filtered {
  const time = (text: string | null) => (text === null ? null : Date.parse(text));
  return {
    ...rest,
    body: {
      ...{ tags, metadata },
      ...(key !== null && { key }),
      ...(type !== null && { type }),
      ...(speaker !== null && { speaker }),
    },
    occurredAt: Date.parse(rest.occurred_at),
    createdAt: Date.parse(rest.created_at),
    updatedAt: Date.parse(rest.updated_at),
    expiresAt: time(rest.expires_at),
    validFrom: time(rest.valid_from),
    validTo: time(rest.valid_to),
  };
}

test('a filter is refused, or search, list and context narrow to what it means', async () => {
  const namespace = 'filters';
  const bodies = fc.sample(
    fc.record(
      {
        metadata: metadataArb,
        tags: fc.subarray(['work', 'homework', 'Work']),
        key: fc.constantFrom('k1', 'k2'),
        speaker: fc.constantFrom('ann', 'bob'),
        pinned: fc.boolean(),
        importance: fc.constantFrom(0.5, 0.7, 0.8),
        valid_from: fc.constantFrom(1, 2),
        occurred_at: fc.constantFrom(1, 2, 3),
      },
      { requiredKeys: ['metadata'] },
    ),
    { numRuns: 40, seed: 7 },
  );
  const fixed = { namespace, mode: 'append' };
  const items = bodies.map((body, i) => ({ ...fixed, value: `Tea number ${i}.`, ...body }));
  await ask({ path: '/v1/memory/bulk', body: { items } });
  const list = (more: string) =>
    ask({ path: `/v1/memory?namespace=${namespace}&limit=200${more}` });
  const all: WireMemory[] = (await list('')).answer.results;
  expect(all.length).toBeGreaterThan(20);
  const ids = (memories: readonly { id: string }[]) => memories.map(({ id }) => id).sort();
  let asked = 0;
  await fc.assert(
    fc.asyncProperty(filterTextArb, async (text) => {
      const listed = await list(`&filter=${encodeURIComponent(text)}`);
      const raw = `{"namespace":"${namespace}","query":"","limit":100,"filter":${text}}`;
      const found = await ask({ path: '/v1/memory/search', raw });
      expect(found.code).toBe(listed.code);
      if (found.code !== null) {
        expect(['invalid_filter', 'json_too_deep']).toContain(found.code);
        return;
      }
      asked += 1;
      const filter = parseFilter(JSON.parse(text));
      const expected = all.filter((one) => !filter || matchesFilter(filteredOf(one), filter));
      expect(ids(listed.answer.results)).toEqual(ids(expected));
      expect(ids(found.answer.results)).toEqual(ids(expected));
      const words = await ask({
        path: '/v1/memory/search',
        raw: raw.replace('""', '"tea number"'),
      });
      const shown = words.answer.results.flatMap(({ id, duplicates }: Record<string, unknown>) => [
        id,
        ...[duplicates].flat(),
      ]);
      expect(ids(expected)).toEqual(expect.arrayContaining(shown));
    }),
    { numRuns: 250 },
  );
  expect(asked).toBeGreaterThan(50);
});

test('a cursor that was not given for the list is refused', async () => {
  const namespace = 'cursors';
  for (const value of ['One.', 'Two.', 'Three.']) await set({ namespace, value });
  const page = (more: string) => ask({ path: `/v1/memory?namespace=${namespace}&limit=1${more}` });
  const own = String((await page('')).answer.next_cursor);
  const textArb = fc.oneof(
    fc.string(),
    fc.base64String(),
    fc.nat(2 ** 33).map((after) => Buffer.from(`${after}.${'0'.repeat(32)}`).toString('base64url')),
    fc.nat(own.length).map((end) => own.slice(0, end)),
    fc.string({ minLength: 1 }).map((more) => own + more),
  );
  await fc.assert(
    fc.asyncProperty(textArb, async (text) => {
      const cursor = `&cursor=${encodeURIComponent(text)}`;
      if (text !== own) expect((await page(cursor)).code).toBe('invalid_cursor');
      const { code } = await ask({ path: `/v1/namespaces?limit=1${cursor}` });
      expect([null, 'invalid_cursor']).toContain(code);
    }),
    { numRuns: 150 },
  );
});
