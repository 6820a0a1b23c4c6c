/** `reverie webhooks` and `reverie events` against the real product. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunningServer } from '../packages/server/src/cli/actions.ts';
import { runCli } from '../packages/server/src/cli/run-cli.ts';
import { serve } from '../packages/server/src/compose.ts';
import { loadSettings } from '../packages/server/src/config/settings.ts';
import { openReceiver, type Receiver, until } from './receiver.ts';

const rootKey = 'test-root-key-of-enough-length';
let server: RunningServer;
let receiver: Receiver;
beforeEach(async () => {
  receiver = await openReceiver();
  server = await serve(
    loadSettings({
      ...{ REVERIE_ROOT_KEY: rootKey, REVERIE_RECORDS: 'ephemeral', REVERIE_PORT: '0' },
      ...{ REVERIE_LOG_LEVEL: 'silent', REVERIE_OUTGOING_PRIVATE: '127.0.0.1' },
    }),
  );
});
afterEach(async () => {
  await server.close();
  await receiver.close();
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `stopped`: when the command is asked to end. */
function start(args: readonly string[], stopped: Promise<void> = new Promise(() => undefined)) {
  let out = '';
  let err = '';
  const done = runCli(args, {
    env: { REVERIE_URL: server.url, REVERIE_API_KEY: rootKey },
    ...{ cwd: '/', version: '0' },
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    readInput: async () => '',
    actions: () => Promise.reject(new Error('no actions')),
    untilStopped: () => stopped,
  });
  return { done: done.then((code): Ran => ({ code, out, err })), out: () => out };
}

const run = (...args: string[]): Promise<Ran> => start(args).done;

it('makes a webhook, tells how it does, and removes it', async () => {
  const made = await run('webhooks', 'create', receiver.url, '-n', 'ann', '--include-value');
  expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^whsec_/) });
  const id = /whk_[\w-]+/.exec(made.err)?.[0] ?? '';
  expect((await run('store', 'I live in Porto.', '-n', 'ann')).code).toBe(0);
  await receiver.atLeast(1);
  expect(receiver.received[0]?.body.data.value).toBe('I live in Porto.');
  expect((await run('webhooks', 'test', id)).out).toMatch(/^delivered: answered 204, \d+ ms\n$/);
  const listed = await run('webhooks', 'list');
  expect(listed.out).toContain(`${id}  active  ${receiver.url}  * in ann`);
  const { out } = await run('webhooks', 'deliveries', id);
  expect(out.split('\n')).toHaveLength(3);
  const event = receiver.received[0]?.body.id ?? '';
  expect((await run('webhooks', 'redeliver', id, event)).code).toBe(0);
  await receiver.atLeast(3);
  expect((await run('webhooks', 'rotate', id, '--overlap', '60')).out).toMatch(/^whsec_/);
  expect((await run('webhooks', 'disable', id)).out).toContain('disabled');
  expect((await run('webhooks', 'enable', id)).out).toContain('active');
  expect((await run('webhooks', 'delete', id)).code).toBe(0);
  expect((await run('webhooks', 'list', '--json')).out).toBe('[]\n');
  const refused = await run('webhooks', 'create', 'http://example.com');
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('invalid_url') });
});

it('follows a namespace until it is stopped', async () => {
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  await run('store', 'first', '-n', 'ann');
  const args = ['events', '-n', 'ann', '--after', '0', '--include-value'];
  const following = start(args, stopped);
  await until(() => following.out().includes('first'));
  await run('store', 'second', '-n', 'ann');
  await until(() => following.out().includes('second'));
  stop();
  const { code, out } = await following.done;
  const headers = { Authorization: `Bearer ${rootKey}` };
  await until(async () => {
    const answer = await fetch(`${server.url}/metrics`, { headers });
    return (await answer.text()).includes('reverie_event_streams 0');
  });
  expect(code).toBe(0);
  expect(out.split('\n')[0]).toMatch(
    /^\d+-\d+-1 {2}\S+ {2}memory.created {2}mem_\S+ {2}version 1 {2}first$/,
  );
});
