/** The command: archived memories, other times, links, and the settings of namespaces. */
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Answer, openService, runCommand, type Service } from './run-command.test.helper.ts';

let service: Service;
let seen: Service['seen'];
let answer: Answer;
beforeEach(async () => {
  service = await openService(() => answer);
  seen = service.seen;
});
afterEach(() => service.close());

const run = (args: string[]) => runCommand(args, { url: service.url, folder: tmpdir() });

const memory = {
  ...{ id: 'mem_1', value: 'Lives in Porto.', namespace: 'ana', kind: 'fact', version: 1 },
  created_at: '2026-03-01T09:00:00.000Z',
};

it('list asks for archived memories and for other times', async () => {
  answer = {
    status: 200,
    body: { results: [{ ...memory, archived: true }], next_cursor: null, count: 1 },
  };
  const times = ['--valid-at', '2024-01-01', '--as-of', '2025-01-01', '--after', '2020-01-01'];
  const { out } = await run(['list', '--archived', 'only', ...times]);
  expect(out).toContain('archived');
  const query = Object.fromEntries(new URL(`http://x${seen[0]?.url}`).searchParams);
  expect(query).toEqual({
    ...{ archived: 'only', limit: '20', occurred_after: '2020-01-01' },
    ...{ valid_at: '2024-01-01', as_of: '2025-01-01' },
  });
  await run(['list', '--archived']);
  expect(seen[1]?.url).toContain('archived=true');
  expect((await run(['list', '--archived', 'x'])).code).toBe(2);
});

it('store and update take links', async () => {
  answer = { status: 200, body: { ok: true, status: 'stored', id: 'm', version: 1 } };
  const id = 'mem_0197a000-0000-7000-8000-000000000001';
  const links = ['--link', `supports=${id}`, '--link', `a=b=${id}`];
  for (const args of [
    ['store', 'x'],
    ['update', 'mem_1'],
  ]) {
    await run([...args, ...links]);
  }
  for (const { body } of seen) {
    expect(body).toMatchObject({
      links: [
        { type: 'supports', id },
        { type: 'a=b', id },
      ],
    });
  }
  expect(seen.length).toBe(2);
  expect((await run(['store', 'x', '--link', id])).code).toBe(2);
});

it('namespaces are listed, and one shows and changes its settings', async () => {
  const space = { name: 'ann', memories: 1, created_at: 'x', changed_at: '2026-03-01T09:00:00Z' };
  answer = { status: 200, body: { results: [space], next_cursor: null } };
  expect((await run(['namespaces'])).out).toBe('ann  1 memory, changed 2026-03-01 09:00:00\n');
  answer = { status: 200, body: { ...space, default_mode: 'append', version: 2 } };
  expect((await run(['namespaces', 'ann'])).out).toContain(
    'default mode append, hygiene secrets=flag,cards=flag,instructions=flag, version 2',
  );
  await run(['namespaces', 'ann', '--default-mode', 'append', '--if-version', '1']);
  expect(seen[2]).toMatchObject({
    ...{ method: 'PATCH', url: '/v1/namespaces/ann' },
    body: { default_mode: 'append', if_version: 1 },
  });
  expect((await run(['namespaces', '--default-mode', 'append'])).code).toBe(2);
  expect((await run(['namespaces', 'ann', '--default-mode', 'x'])).code).toBe(2);
  answer = { status: 404, body: { error: { code: 'namespace_not_found', message: 'None.' } } };
  expect((await run(['namespaces', 'ann'])).code).toBe(1);
});
