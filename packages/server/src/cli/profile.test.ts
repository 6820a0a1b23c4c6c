/** The command: who the user is. */
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { openService, runCommand } from './run-command.test.helper.ts';

const line = { updated_at: '2026-03-01T09:00:00.000Z', confidence: 1 };
const sections = {
  identity: [
    { ...line, text: 'name: \u001b[31mAnn', sources: ['mem_1', 'mem_2'], trust: 'normal' },
  ],
  open_threads: [{ ...line, text: 'chat: And?', sources: ['mem_3'], trust: 'flagged' }],
};

it('profile prints sections of lines with their first source', async () => {
  let body: object = { namespace: 'ann', looked_at: 3, complete: true, sections, query_time_ms: 1 };
  const { url, seen, close } = await openService(() => ({ status: 200, body }));
  const run = (args: string[]) => runCommand(args, { url, folder: tmpdir() });
  const { out, err } = await run(['profile', 'ann']);
  expect(out).toBe(
    'Identity\n- name: [31mAnn (mem_1 +1)\nOpen threads\n- chat: And? (mem_3, flagged)\n',
  );
  expect(err).toBe('from 3 memories, 1.0 ms\n');
  expect(seen[0]?.url).toBe('/v1/namespaces/ann/profile');
  expect(JSON.parse((await run(['profile', '-n', 'b', '--json'])).out).sections.people).toEqual([]);
  expect(seen[1]?.url).toBe('/v1/namespaces/b/profile');
  body = { ...body, sections: {} };
  expect((await run(['profile'])).out).toBe('Nothing is known yet.\n');
  await close();
});
