/** Dreams by the SDK and by the command, over the real product. */
import { createClient, type Dream, type ReverieClient } from '@reverie/sdk';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunningServer } from '../../packages/server/src/cli/actions.ts';
import { runCli } from '../../packages/server/src/cli/run-cli.ts';
import { serve } from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';

const rootKey = 'test-root-key-of-enough-length';
let server: RunningServer;
let reverie: ReverieClient;
beforeEach(async () => {
  server = await serve(
    loadSettings({
      ...{ REVERIE_ROOT_KEY: rootKey, REVERIE_RECORDS: 'ephemeral', REVERIE_PORT: '0' },
      REVERIE_LOG_LEVEL: 'silent',
    }),
  );
  reverie = createClient({ baseUrl: server.url, apiKey: rootKey, namespace: 'ann' });
  const facts = { kind: 'fact', speaker: 'Ann' } as const;
  await reverie.storeMany([
    { ...facts, value: 'I live in Bucharest.', occurredAt: '2026-01-01T10:00:00Z' },
    { ...facts, value: 'I moved to Cluj.', occurredAt: '2026-06-01T10:00:00Z' },
  ]);
});
afterEach(() => server.close());

async function run(...args: string[]) {
  let [out, err] = ['', ''];
  const code = await runCli([...args, '-n', 'ann'], {
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
    untilStopped: () => new Promise(() => undefined),
  });
  return { code, out, err };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

it('is planned, read, applied and undone by the SDK', async () => {
  const dream = await reverie.dream({ strategies: ['validate'] });
  expect(dream).toMatchObject({
    ...{ status: 'planned', namespace: 'ann', strategies: ['validate'], dryRun: false },
    snapshot: { memories: 2, complete: true },
    progress: { done: ['validate'], current: null },
    counts: { superseded: 1, added: 0 },
  });
  const { diff, nextCursor } = await reverie.dreamPage(dream.id);
  const [gone] = diff.superseded;
  const [action] = diff.actions;
  expect(nextCursor).toBeNull();
  expect(action).toMatchObject({ id: gone?.action, strategy: 'validate', status: 'pending' });
  expect(action?.sources.map(({ version }) => version)).toEqual([1, 1]);
  expect(diff.memories[gone?.id ?? '']?.content).toBe('I live in Bucharest.');
  expect(diff.memories[gone?.by ?? '']?.content).toBe('I moved to Cluj.');
  const actions = [gone?.action ?? ''];
  expect(await reverie.applyDream(dream.id, { actions })).toMatchObject({ applied: 1, dropped: 0 });
  expect((await reverie.get(gone?.id ?? ''))?.supersededBy).toBe(gone?.by);
  const undone = await reverie.undoDream(dream.id);
  expect(undone).toMatchObject({ restored: 1, removed: 0, conflicts: [] });
  expect(undone.dream.status).toBe('undone');
  expect((await reverie.get(gone?.id ?? ''))?.supersededBy).toBeNull();
});

it('is discarded, listed, and refused where it runs no more', async () => {
  const first = await reverie.dream({ strategies: ['validate'], dryRun: true });
  await expect(reverie.applyDream(first.id)).rejects.toMatchObject({ code: 'dream_state' });
  const second = await reverie.dream({ strategies: ['validate'] });
  expect((await reverie.discardDream(second.id)).status).toBe('discarded');
  await expect(reverie.cancelDream(second.id)).rejects.toMatchObject({ code: 'dream_state' });
  await expect(reverie.undoDream(second.id)).rejects.toMatchObject({ code: 'dream_state' });
  const listed: Dream[] = await all(reverie.dreams());
  expect(listed.map(({ id }) => id)).toEqual([second.id, first.id]);
  const started = await reverie.startDream({ strategies: ['reflect'], autoApply: true });
  expect(started).toMatchObject({ status: 'running', endedAt: null });
});

it('has schedules', async () => {
  const nightly = await reverie.createSchedule({
    ...{ cron: '30 3 * * 1', timezone: 'Europe/Bucharest', strategies: ['validate'] },
    autoApply: { confidence: 0.95 },
  });
  expect(nightly).toMatchObject({ cron: '30 3 * * 1', timezone: 'Europe/Bucharest', preset: null });
  expect(Date.parse(nightly.nextAt ?? '')).toBeGreaterThan(Date.now());
  const busy = await reverie.createSchedule({ afterWrites: 50 });
  expect(busy.strategies).toHaveLength(9);
  expect((await reverie.schedules()).map(({ id }) => id)).toEqual([nightly.id, busy.id]);
  await reverie.deleteSchedule(busy.id);
  expect(await reverie.schedules()).toHaveLength(1);
});

it('is told by the command, with what to do next', async () => {
  const planned = await run('dream', 'run', '-s', 'validate');
  expect(planned.code).toBe(0);
  expect(planned.out).toContain('- replaced: "I live in Bucharest." by "I moved to Cluj."');
  expect(planned.err).toContain('planned: read 2 memories; 1 superseded');
  const id = /reverie dream apply (\S+)/.exec(planned.err)?.[1] ?? '';
  expect((await run('dream', 'list')).out).toContain(`${id}  `);
  const applied = await run('dream', 'apply', id);
  expect(applied).toMatchObject({ code: 0, out: '1 applied\n' });
  expect(applied.err).toContain(`reverie dream undo ${id}`);
  expect((await run('dream', 'show', id)).out).toContain('applied');
  expect((await run('dream', 'undo', id)).out).toBe('1 restored, 0 removed\n');
  const again = await run('dream', 'undo', id);
  expect([again.code, again.err.includes('nothing to undo')]).toEqual([1, true]);
});

it('says by the command what is wrong with a name', async () => {
  const { code, err } = await run('dream', 'run', '-s', 'compres');
  expect(code).toBe(1);
  expect(err).toContain('Did you mean "compress"?');
});

it('has schedules by the command', async () => {
  const made = await run('schedules', 'create', '--preset', 'dawn_brief', '--timezone', 'UTC');
  const id = /^schedule_\S+/.exec(made.out)?.[0] ?? '';
  expect(made.out).toContain('"0 5 * * *" UTC');
  expect((await run('schedules', 'list')).out).toContain(id);
  expect((await run('schedules', 'delete', id)).out).toBe(`deleted ${id}\n`);
  expect((await run('schedules', 'list')).out).toBe('');
});
