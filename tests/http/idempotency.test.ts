/** A retried write happens once: what came back the first time comes back again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from './open-test-app.ts';
import { send } from './scenario.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe.each(['ephemeral', 'sqlite'])('over %s records', (records) => {
  let app: RunningApp;
  let keys = 0;
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'reverie-once-'));
    folders.push(folder);
    app = await openTestApp(records === 'sqlite' ? { REVERIE_DATA_DIR: folder } : {});
  });
  afterAll(() => app.close());

  const newKey = () => `request-${++keys}`;
  const ask = async (path: string, body: unknown, key?: string, method = 'POST') => {
    const headers = key === undefined ? {} : { 'Idempotency-Key': key };
    const { response, json } = await send(app, { path, method, body, headers });
    const isReplay = response.headers.get('Idempotency-Replayed') === 'true';
    return { status: response.status, isReplay, answer: json() };
  };
  const count = async (namespace: string) =>
    (await ask(`/v1/memory?namespace=${namespace}&limit=200`, undefined, undefined, 'GET')).answer
      .count;

  test('the same answer, and one memory', async () => {
    const namespace = 'same';
    const body = { value: 'I live in Porto.', tags: ['home'], namespace };
    const key = newKey();
    const first = await ask('/v1/memory-set', body, key);
    expect(first).toMatchObject({ status: 200, isReplay: false, answer: { status: 'stored' } });
    const second = await ask('/v1/memory/store', body, key);
    expect(second).toEqual({ ...first, isReplay: true });
    expect(await count(namespace)).toBe(1);
    const other = await ask('/v1/memory-set', body, newKey());
    expect(other.answer.id).not.toBe(first.answer.id);
    await ask('/v1/memory-set', body);
    expect(await count(namespace)).toBe(3);
  });

  test('the same key with another body, query or route', async () => {
    const namespace = 'mismatch';
    const key = newKey();
    await ask('/v1/memory-set', { value: 'one', namespace }, key);
    const other = await ask('/v1/memory-set', { value: 'two', namespace }, key);
    expect(other).toMatchObject({
      status: 422,
      answer: { error: { code: 'idempotency_mismatch' } },
    });
    const elsewhere = await ask('/v1/memory-set', { value: 'two', namespace: 'm2' }, key);
    expect(elsewhere).toMatchObject({ status: 200, isReplay: false });
    expect((await ask('/v1/forget', { key: 'none', namespace }, key)).status).toBe(200);
    expect(await count(namespace)).toBe(1);
  });

  test('the condition of a change is part of what is asked', async () => {
    const { answer } = await ask('/v1/memory-set', { value: 'x', namespace: 'if' });
    const patch = async (version: string) => {
      const headers = { 'Idempotency-Key': 'conditioned', 'If-Match': version };
      const path = `/v1/memory/${answer.id}`;
      const { response } = await send(app, {
        method: 'PATCH',
        path,
        body: { pinned: true },
        headers,
      });
      return [response.status, response.headers.get('Idempotency-Replayed')];
    };
    expect(await patch('"1"')).toEqual([200, null]);
    expect(await patch('"1"')).toEqual([200, 'true']);
    expect(await patch('"2"')).toEqual([422, null]);
  });

  test.each(['', 'two words', 'ümlaut', 'x'.repeat(256)])('no key: "%s"', async (key) => {
    const refused = await ask('/v1/memory-set', { value: 'x' }, key);
    expect(refused).toMatchObject({ status: 400, answer: { error: { code: 'invalid_request' } } });
  });

  test('what was refused left nothing and may be sent again', async () => {
    const namespace = 'refused';
    const key = newKey();
    const refused = { value: 'x', key: 'k', if_version: 3, namespace };
    expect((await ask('/v1/memory-set', refused, key)).status).toBe(409);
    expect((await ask('/v1/memory-set', { value: 'x', namespace }, key)).status).toBe(200);
  });

  test('replaced, merged and unchanged are told again, and leave later facts alone', async () => {
    const namespace = 'facts';
    const fact = (value: string, more = {}) => ({ value, key: 'city', namespace, ...more });
    const sent: [object, string, Awaited<ReturnType<typeof ask>>][] = [];
    for (const [body, status] of [
      [fact('Lisbon it is.'), 'stored'],
      [fact('Porto, now.'), 'replaced'],
      [fact('Porto, now.'), 'unchanged'],
      [fact('Porto, now.', { tags: ['home'] }), 'merged'],
      [fact('Braga.'), 'replaced'],
    ] as const) {
      const key = newKey();
      const first = await ask('/v1/memory-set', body, key);
      expect(first.answer.status).toBe(status);
      sent.push([body, key, first]);
    }
    for (const [body, key, first] of sent) {
      const again = await ask('/v1/memory-set', body, key);
      const { memory, ...told } = first.answer;
      expect(again).toMatchObject({ status: 200, isReplay: true, answer: told });
      const { superseded_by: _, updated_at: __, indexed: ___, ...said } = memory;
      expect(again.answer.memory).toMatchObject(said);
    }
    const current = await ask('/v1/memory-get', { key: 'city', namespace });
    expect(current.answer.value).toBe('Braga.');
    expect(await count(namespace)).toBe(1);
  });

  test('a memory that was erased since: the same status and id, and no content', async () => {
    const namespace = 'erased';
    const key = newKey();
    const body = { value: 'the secret canary', key: 'bird', namespace };
    const first = await ask('/v1/memory-set', body, key);
    await ask('/v1/forget', { key: 'bird', namespace });
    const again = await ask('/v1/memory-set', body, key);
    const { id, status, version, created_at } = first.answer;
    expect(again).toMatchObject({ status: 200, isReplay: true });
    expect(again.answer).toMatchObject({ id, status, version, created_at, erased: true });
    expect(again.answer).toMatchObject({ memory: null, key: null });
    expect(JSON.stringify(again.answer)).not.toContain('canary');
    expect(await count(namespace)).toBe(0);
  });

  test('forget by key and by id tells again what it counted', async () => {
    const namespace = 'forgets';
    const turn = { value: 'a turn', key: 'chat', mode: 'append', namespace };
    for (let i = 0; i < 3; i++) await ask('/v1/memory-set', turn);
    const key = newKey();
    const first = await ask('/v1/forget', { key: 'chat', namespace }, key);
    expect(first.answer.forgotten).toBe(3);
    await ask('/v1/memory-set', turn);
    expect(await ask('/v1/forget', { key: 'chat', namespace }, key)).toEqual({
      ...first,
      isReplay: true,
    });
    expect(await count(namespace)).toBe(1);
    const none = await ask('/v1/forget', { key: 'nothing', namespace }, newKey());
    expect(none.answer.forgotten).toBe(0);
    const { id } = (await ask('/v1/memory-set', turn)).answer;
    const byId = newKey();
    const gone = await ask(`/v1/memory/${id}`, undefined, byId, 'DELETE');
    expect(gone.answer).toMatchObject({ forgotten: 1, namespace });
    expect(await ask(`/v1/memory/${id}`, undefined, byId, 'DELETE')).toEqual({
      ...gone,
      isReplay: true,
    });
  });

  test('a patch and an archive are told again as they were', async () => {
    const namespace = 'patches';
    const { id } = (await ask('/v1/memory-set', { value: 'A list.', namespace })).answer;
    const path = `/v1/memory/${id}`;
    const key = newKey();
    const patch = { metadata: { read: true }, if_version: 1 };
    const first = await ask(path, patch, key, 'PATCH');
    expect(first.answer).toMatchObject({ status: 'updated', version: 2 });
    const same = newKey();
    await ask(path, { metadata: { read: true } }, same, 'PATCH');
    const aside = newKey();
    expect((await ask(`${path}/archive`, undefined, aside)).answer.version).toBe(3);
    expect((await ask(`${path}/restore`, undefined, newKey())).answer.version).toBe(4);
    const again = await ask(path, patch, key, 'PATCH');
    expect(again).toMatchObject({ isReplay: true, answer: { status: 'updated', version: 2 } });
    const unchanged = await ask(path, { metadata: { read: true } }, same, 'PATCH');
    expect(unchanged.answer).toMatchObject({ status: 'unchanged', version: 2 });
    const archived = await ask(`${path}/archive`, undefined, aside);
    expect(archived).toMatchObject({ isReplay: true, answer: { version: 3 } });
    const now = await ask(path, undefined, undefined, 'GET');
    expect(now.answer.memory).toMatchObject({ version: 4, archived: false });
  });

  test('bulk: every item has its outcome again, refused ones too', async () => {
    const namespace = 'bulk';
    const body = {
      namespace,
      items: [
        { value: 'first' },
        { valeu: 'misspelt' },
        { value: 'a fact', key: 'k' },
        { value: 'another fact', key: 'k' },
        { value: 'another fact', key: 'k' },
        { value: 'too early', key: 'k', if_version: 9 },
        { value: 'a third', key: 'k', namespace: 'bulk-2' },
      ],
    };
    const key = newKey();
    const first = await ask('/v1/memory/bulk', body, key);
    expect(first).toMatchObject({ status: 200, isReplay: false, answer: { failed: 2 } });
    // The condition would hold by now.
    for (let v = 2; v < 9; v++) {
      await ask('/v1/memory-set', { value: `fact number ${v}`, key: 'k', namespace });
    }
    const again = await ask('/v1/memory/bulk', body, key);
    const told = first.answer.results.map(({ indexed: _, ...rest }: { indexed: unknown }) => rest);
    expect(again.isReplay).toBe(true);
    expect(again.answer.results).toMatchObject(told);
    expect(again.answer).toMatchObject({ failed: 2, stored: 5 });
    expect(await count(namespace)).toBe(2);
    expect(await count('bulk-2')).toBe(1);
  });

  test('racing requests with one key make one memory', async () => {
    const namespace = 'race';
    const body = { value: 'said once', key: 'turns', mode: 'append', namespace };
    const key = newKey();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask('/v1/memory-set', body, key)),
    );
    const [done, busy] = [200, 409].map((status) => answers.filter((a) => a.status === status));
    expect(done?.length).toBeGreaterThanOrEqual(1);
    expect((done?.length ?? 0) + (busy?.length ?? 0)).toBe(20);
    for (const { answer } of busy ?? []) expect(answer.error.code).toBe('idempotency_in_flight');
    expect(new Set(done?.map(({ answer }) => answer.id)).size).toBe(1);
    expect(await count(namespace)).toBe(1);
    expect((await ask('/v1/memory-set', body, key)).isReplay).toBe(true);
  });
});
