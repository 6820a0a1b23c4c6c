/** Import over HTTP: each memory once, links kept, bad lines named, and nothing taken on trust. */
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { send } from './scenario.ts';
import { canonical, exportOf, importInto, linesOf } from './transfer.ts';

let app: RunningApp;
beforeEach(async () => {
  app = await openTestApp();
});
afterEach(() => app.close());

async function store(namespace: string, body: Record<string, unknown>) {
  return send(app, { path: '/v1/memory-set', body: { namespace, ...body } });
}

const jsonl = (...lines: unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

const time = fc
  .integer({ min: Date.parse('0100-01-01'), max: Date.parse('9000-01-01') })
  .map((ms) => new Date(ms).toISOString());
const oddText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.constantFrom('\u0000', 'a\u0000b', '\ud800', '\u2028 \n \r\n', '﷽'.repeat(500), '__proto__'),
  fc.constantFrom('User: hi\nAssistant: hello', '{"a":1}', 'null', 'x'.repeat(32 * 1024)),
);
const label = fc.constantFrom('a', 'b', 'Ω', 'conversation', 'with space');
const memory = fc.record(
  {
    value: fc.oneof(oddText, fc.jsonValue({ maxDepth: 5 })),
    key: fc.constantFrom('home', 'chat', '键', '__proto__'),
    mode: fc.constantFrom('append', 'replace'),
    kind: fc.constantFrom('episode', 'fact'),
    type: label,
    audience: fc.constantFrom('user', 'system'),
    tags: fc.array(label),
    metadata: fc.dictionary(fc.string({ maxLength: 9 }), fc.jsonValue({ maxDepth: 2 })),
    speaker: label,
    occurred_at: time,
    valid_from: time,
    expires_at: fc.constantFrom('2999-01-01', '2500-06-01T00:00:00.001Z'),
    importance: fc.double({ min: 0, max: 1, noNaN: true }),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    pinned: fc.boolean(),
    attachments: fc.array(fc.record({ url: label, caption: label }), { maxLength: 2 }),
  },
  { requiredKeys: ['value'] },
);

test('export, import into an empty namespace, export: the same memories', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(memory, { minLength: 1, maxLength: 8 }), async (memories) => {
      const [from, to] = [`from ${run}`, `to ${run++}`];
      let stored = 0;
      for (const body of memories) {
        if ((await store(from, body)).response.status === 200) stored += 1;
      }
      if (stored === 0) return;
      const before = await exportOf(app, from);
      const { json } = await importInto(app, to, before);
      expect(json()).toMatchObject({ ok: true, complete: true, failed: 0, present: 0 });
      expect(canonical(await exportOf(app, to))).toEqual(canonical(before));
      // The same file again brings nothing; nor does it into the namespace that it came from.
      for (const namespace of [to, from]) {
        const again = (await importInto(app, namespace, before)).json();
        expect(again).toMatchObject({ ok: true, imported: 0, present: json().imported });
      }
    }),
    { numRuns: 60 },
  );
});

test('a supersession chain and a thread are read as before', async () => {
  await store('a', { key: 'home', value: 'Porto' });
  await store('a', { key: 'home', value: 'Lisbon' });
  for (const n of [1, 2, 3]) await store('a', { key: 'chat', value: `User: ${n}\nAssistant: ok` });
  await importInto(app, 'b', await exportOf(app, 'a'));
  const get = async (key: string) =>
    (await send(app, { path: '/v1/memory-get', body: { namespace: 'b', key } })).json();
  const home = await get('home');
  expect(home).toMatchObject({ value: 'Lisbon', memory: { version: 2 } });
  expect(await get('chat')).toMatchObject({ value: 'User: 3\nAssistant: ok', turns: 3 });
  const search = { namespace: 'b', query: 'Porto' };
  const { json } = await send(app, { path: '/v1/memory/search', body: search });
  expect(JSON.stringify(json().results)).not.toContain('Porto');
  // A later store goes on where the imported fact stands.
  const { json: next } = await store('b', { key: 'home', value: 'Faro' });
  expect(next()).toMatchObject({ status: 'replaced', replaced: home.memory.id, version: 3 });
});

test('derived memories keep their sources, archived ones stay so, trust only sinks', async () => {
  await store('a', { value: 'one' });
  const [header, line] = linesOf(await exportOf(app, 'a'));
  const idOf = (n: number) => `mem_0197a000-0000-7000-8000-00000000000${n}`;
  const file = jsonl(
    { ...header },
    { ...line, id: idOf(1), archived: true, value: 'source' },
    { ...line, id: idOf(2), kind: 'derived', derived_from: [idOf(1), idOf(9)], trust: 'flagged' },
  );
  expect((await importInto(app, 'b', file)).json()).toMatchObject({ imported: 2, complete: false });
  const [, source, derived] = linesOf(await exportOf(app, 'b'));
  expect(source).toMatchObject({ archived: true, origin: 'import', imported: { id: idOf(1) } });
  expect(derived).toMatchObject({ kind: 'derived', trust: 'flagged' });
  expect(derived.derived_from[0]).toBe(source.id);
  // What is not in the namespace cannot be reached through a link.
  expect(derived.derived_from[1]).not.toBe(idOf(9));
});

test('an imported fact takes the place of the one that was there, and says so', async () => {
  await store('a', { key: 'home', value: 'Lisbon' });
  await store('b', { key: 'home', value: 'Berlin' });
  const file = await exportOf(app, 'a');
  const first = (await importInto(app, 'b', file)).json();
  expect(first, JSON.stringify(first)).toMatchObject({ imported: 1, replaced: 1 });
  const found = { path: '/v1/memory-get', body: { namespace: 'b', key: 'home' } };
  expect((await send(app, found)).json().value).toBe('Lisbon');
  // A newer export of the same source replaces only what it replaced there.
  await store('a', { key: 'home', value: 'Faro' });
  const newer = await exportOf(app, 'a');
  const report = (await importInto(app, 'b', newer)).json();
  expect(report).toMatchObject({ imported: 1, present: 1, replaced: 1 });
  expect((await send(app, found)).json().value).toBe('Faro');
});

test('a fact that was replaced twice since leaves one current fact behind', async () => {
  await store('a', { key: 'home', value: 'Porto' });
  await importInto(app, 'b', await exportOf(app, 'a'));
  await store('a', { key: 'home', value: 'Lisbon' });
  await store('a', { key: 'home', value: 'Faro' });
  const report = (await importInto(app, 'b', await exportOf(app, 'a'))).json();
  expect(report).toMatchObject({ ok: true, imported: 2, present: 1, replaced: 1 });
  const lines = linesOf(await exportOf(app, 'b')).filter((line) => 'value' in line);
  const current = lines.filter((line) => line.superseded_by === null);
  expect(current.map(({ value }) => value)).toEqual(['Faro']);
});

test('a copy that is brought up to date by exports says what its source says', async () => {
  const fact = fc.record({ key: fc.constantFrom('a', 'b'), value: fc.constantFrom('1', '2', '3') });
  const stage = fc.array(fact, { minLength: 1, maxLength: 6 });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(stage, { minLength: 1, maxLength: 4 }), async (stages) => {
      const [from, to] = [`source ${run}`, `copy ${run++}`];
      const currentOf = async (namespace: string) =>
        linesOf(await exportOf(app, namespace))
          .filter((line) => line.superseded_by === null)
          .map(({ key, value }) => ({ key, value }));
      for (const facts of stages) {
        for (const body of facts) await store(from, body);
        await importInto(app, to, await exportOf(app, from));
        const expected = await currentOf(from);
        expect(await currentOf(to)).toEqual(expect.arrayContaining(expected));
        expect(await currentOf(to)).toHaveLength(expected.length);
      }
    }),
    { numRuns: 40 },
  );
});

test('facts that stood beside each other do so again', async () => {
  await store('a', { key: 'home', value: 'Porto', kind: 'fact', mode: 'append' });
  await store('a', { key: 'home', value: 'Lisbon', kind: 'fact', mode: 'append' });
  const file = await exportOf(app, 'a');
  expect((await importInto(app, 'b', file)).json()).toMatchObject({ imported: 2, replaced: 0 });
  expect(canonical(await exportOf(app, 'b'))).toEqual(canonical(file));
});

test('a fact that has expired meanwhile takes no place', async () => {
  const soon = new Date(Date.now() + 200).toISOString();
  await store('a', { key: 'home', value: 'Lisbon', expires_at: soon });
  await store('b', { key: 'home', value: 'Berlin' });
  const file = await exportOf(app, 'a');
  await sleep(250);
  const report = (await importInto(app, 'b', file)).json();
  expect(report).toMatchObject({ imported: 1, replaced: 0 });
  const found = { path: '/v1/memory-get', body: { namespace: 'b', key: 'home' } };
  expect((await send(app, found)).json().value).toBe('Berlin');
});

test('a forgotten memory comes back from the file, the others do not double', async () => {
  await store('a', { value: 'keep' });
  const { json } = await store('a', { value: 'lost' });
  const file = await exportOf(app, 'a');
  await send(app, { method: 'DELETE', path: `/v1/memory/${json().id}` });
  expect((await importInto(app, 'a', file)).json()).toMatchObject({ imported: 1, present: 1 });
});

test('a cut file and a changed file are noticed', async () => {
  for (const n of [1, 2, 3]) await store('a', { value: `memory ${n}` });
  const whole = await exportOf(app, 'a');
  const cut = whole.slice(0, whole.lastIndexOf('memory 3'));
  const first = (await importInto(app, 'b', cut)).json();
  expect(first).toMatchObject({ ok: false, complete: false, imported: 2, failed: 1 });
  expect(first.errors.map(({ line }: { line: number }) => line)).toEqual([4, 4]);
  const changed = whole.replace('memory 2', 'memory x');
  const second = (await importInto(app, 'c', changed)).json();
  expect(second).toMatchObject({ ok: false, complete: false, imported: 3, failed: 0 });
  const third = (await importInto(app, 'b', whole)).json();
  expect(third).toMatchObject({ ok: true, complete: true, imported: 1, present: 2 });
});

test('what editors do to a file changes nothing', async () => {
  await store('a', { value: 'memory 1' });
  const windows = (text: string) => `\ufeff${text.replaceAll('\n', '\r\n')}`;
  const whole = await exportOf(app, 'a');
  expect((await importInto(app, 'b', windows(whole))).json()).toMatchObject({ ok: true });
  const plain = jsonl({ value: 'one' }, { value: 'two' });
  expect((await importInto(app, 'c', plain)).json()).toMatchObject({ ok: true, imported: 2 });
  const again = (await importInto(app, 'c', windows(plain))).json();
  expect(again).toMatchObject({ ok: true, imported: 0, present: 2, lines: 2 });
});

test('a list of objects is no file of lines, and that is said', async () => {
  for (const file of ['[{"memory":"a"}]', '[\n{"memory":"a"},\n{"memory":"b"}\n]']) {
    const { errors } = (await importInto(app, 'b', file)).json();
    expect(errors[0].message).toContain('one JSON object a line');
  }
});

test('lines of a store, of Mem0 and of the MCP memory server', async () => {
  const file = jsonl(
    { value: 'plain text', tags: ['x'] },
    { content: 'other spelling', timestamp: '2024-01-02' },
    { key: 'k', value: 'one' },
    { key: 'k', value: 'two' },
    {
      id: '4f1c',
      memory: 'Likes tea',
      user_id: 'ann',
      hash: 'h',
      metadata: { plan: 'pro' },
      categories: ['food'],
      created_at: '2024-07-20T01:30:36.275141-07:00',
      owner: 'o',
      valueOf: 'v',
    },
    { type: 'entity', name: 'Ann_S', entityType: 'person', observations: ['Runs', 'Sings'] },
    { type: 'relation', from: 'Ann_S', to: 'ACME', relationType: 'works_at' },
  );
  const answer = (await importInto(app, 'b', file)).json();
  expect(answer).toMatchObject({ ok: true, imported: 8, replaced: 1, failed: 0, complete: true });
  const lines = linesOf(await exportOf(app, 'b')).filter((line) => 'value' in line);
  expect(lines.map(({ value }) => value)).toEqual([
    'plain text',
    'other spelling',
    'one',
    'two',
    'Likes tea',
    'Ann_S: Runs',
    'Ann_S: Sings',
    'Ann_S works at ACME',
  ]);
  expect(lines[2].superseded_by).toBe(lines[3].id);
  expect(lines[4]).toMatchObject({
    kind: 'fact',
    tags: ['food'],
    metadata: { plan: 'pro', user_id: 'ann', owner: 'o', valueOf: 'v' },
    occurred_at: '2024-07-20T08:30:36.275Z',
    imported: { from: 'mem0', id: '4f1c' },
  });
  expect(lines[7].metadata).toEqual({ entity: 'Ann_S', relation: 'works_at', to: 'ACME' });
  expect((await importInto(app, 'b', file)).json()).toMatchObject({ imported: 0, present: 8 });
  // Another name for the file, and lines without an id count as others.
  const named = (await importInto(app, 'b', file, { query: '?import_id=two' })).json();
  expect(named).toMatchObject({ import_id: 'two', imported: 8 });
});

test('each bad line is named, the others come in', async () => {
  const file = [
    '{"value":"good"}',
    '{"value":',
    '[1]',
    '{"valeu":"x"}',
    '{"value":"x","namespace":"other"}',
    '{"value":""}',
    `{"value":${'['.repeat(40)}${']'.repeat(40)}}`,
    `{"value":"${'x'.repeat(33 * 1024)}"}`,
    '',
    `{"value":"${'x'.repeat(5 * 1024 * 1024)}"}`,
    '{"type":"entity","name":""}',
    '{"value":"last"}',
    '{"value":"x","key":"k","if_version":7}',
  ].join('\n');
  const { json, response } = await importInto(app, 'b', file);
  expect(response.status).toBe(200);
  expect(json()).toMatchObject({ ok: false, complete: true, lines: 13, imported: 2, failed: 10 });
  const codes = json().errors.map((error: Record<string, string>) => [error.line, error.code]);
  expect(Object.fromEntries(codes)).toEqual({
    2: 'invalid_json',
    3: 'invalid_json',
    4: 'unknown_field',
    5: 'invalid_request',
    6: 'invalid_value',
    7: 'json_too_deep',
    8: 'value_too_large',
    10: 'value_too_large',
    11: 'invalid_request',
    13: 'invalid_request',
  });
});

test('a line that its history made too long says how to go without', async () => {
  await store('a', { value: 'x' });
  const [header, own] = linesOf(await exportOf(app, 'a'));
  const history = Array.from({ length: 140 }, () => ({ value: 'x'.repeat(32 * 1024) }));
  const { errors } = (await importInto(app, 'b', jsonl(header, { ...own, history }))).json();
  expect(errors[0]).toMatchObject({ line: 2, code: 'value_too_large' });
  expect(errors[0].message).toContain('without history');
});

test('the first hundred errors are named, all are counted', async () => {
  const answer = (await importInto(app, 'b', 'x\n'.repeat(250))).json();
  expect(answer.failed).toBe(250);
  expect(answer.errors).toHaveLength(100);
  const endless = await importInto(app, 'b', 'x\n'.repeat(20_000));
  expect([endless.response.status, endless.json().error.code]).toEqual([413, 'too_many_items']);
});

test('a long name is not kept with each memory that it names', async () => {
  const name = 'n'.repeat(1024 * 1024);
  await store('a', { value: 'x' });
  const [, own] = linesOf(await exportOf(app, 'a'));
  const file = jsonl(
    { type: 'entity', name, entityType: 'person', observations: ['one', 'two'] },
    { type: 'relation', from: 'a', to: 'b', relationType: name },
    { id: name, memory: 'Likes tea' },
    { reverie_export: { format: 1, namespace: name } },
    own,
  );
  const answer = (await importInto(app, 'b', file)).json();
  expect(answer).toMatchObject({ imported: 1, failed: 4 });
  expect(answer.errors.map(({ code }: { code: string }) => code)).toEqual(
    Array(4).fill('invalid_request'),
  );
  expect((await exportOf(app, 'b')).length).toBeLessThan(4096);
});

test('exports that begin again and again are told a hundred times', async () => {
  const file = jsonl({ reverie_export: { format: 1, namespace: 'a' } }).repeat(5000);
  const answer = (await importInto(app, 'b', file)).json();
  expect(answer).toMatchObject({ ok: false, complete: false, lines: 5000 });
  expect(answer.errors).toHaveLength(101);
});

test('gzip, in bounds', async () => {
  const headers = { 'Content-Encoding': 'gzip' };
  const file = gzipSync(jsonl({ value: 'a' }, { value: 'b' }));
  const good = await importInto(app, 'b', file, { headers });
  expect(good.json()).toMatchObject({ ok: true, imported: 2 });
  const cut = await importInto(app, 'c', file.subarray(0, -9), { headers });
  expect(cut.response.status).toBe(400);
  const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, '\n'));
  const refused = await importInto(app, 'c', bomb, { headers });
  expect([refused.response.status, refused.json().error.code]).toEqual([413, 'body_too_large']);
  const plain = await importInto(app, 'c', '{"value":"x"}', { headers });
  expect(plain.response.status).toBe(400);
  const other = await importInto(app, 'c', 'x', { headers: { 'Content-Encoding': 'br' } });
  expect(other.response.status).toBe(400);
});

test('an export of a newer format is refused whole', async () => {
  const file = jsonl({ reverie_export: { format: 2, namespace: 'a' } }, { value: 'x' });
  const { response, json } = await importInto(app, 'b', file);
  expect([response.status, json().error.details.imported]).toEqual([400, 0]);
});

test('progress comes line by line, the result last', async () => {
  const file = jsonl(...Array.from({ length: 450 }, (_, i) => ({ value: `memory ${i}` })));
  const headers = { Accept: 'application/x-ndjson' };
  const lines = linesOf((await importInto(app, 'b', file, { headers })).text);
  expect(lines[0].progress).toMatchObject({ lines: 200, imported: 200 });
  expect(lines.at(-1).result).toMatchObject({ ok: true, imported: 450 });
  const newer = jsonl({ reverie_export: { format: 2, namespace: 'a' } });
  const [only] = linesOf((await importInto(app, 'b', newer, { headers })).text);
  expect(only.error.code).toBe('invalid_request');
});

test('two imports of the same file at once store it once', async () => {
  const file = jsonl(...Array.from({ length: 300 }, (_, i) => ({ key: `k${i}`, value: `v ${i}` })));
  const answers = await Promise.all([1, 2, 3].map(() => importInto(app, 'b', file)));
  const counts = answers.map((answer) => answer.json());
  expect(counts.reduce((sum, { imported }) => sum + imported, 0)).toBe(300);
  expect(counts.every(({ failed }) => failed === 0)).toBe(true);
});

test('noise never breaks it', async () => {
  await store('a', { key: 'k', value: 'x' });
  const whole = Buffer.from(await exportOf(app, 'a'));
  const damaged = fc
    .tuple(fc.nat(whole.length - 1), fc.uint8Array({ maxLength: 6 }), fc.nat(40))
    .map(([at, noise, gone]) =>
      Buffer.concat([whole.subarray(0, at), noise, whole.subarray(at + gone)]),
    );
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged);
  const line = fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text));
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(bytes, line), async (file) => {
      const { response, json } = await importInto(app, `noise ${run++}`, file);
      expect(response.status).toBe(200);
      const { imported, failed, complete, ok } = json();
      expect(ok).toBe(failed === 0 && complete);
      expect(imported + failed).toBeGreaterThanOrEqual(0);
      if (!ok) expect(json().errors.length).toBeGreaterThan(0);
    }),
    { numRuns: 200 },
  );
});
