/** Dreams over HTTP: what is refused, to whom, and what becomes of a plan step by step. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import type { PlannedAction } from '../../packages/server/src/domain/dream.ts';
import { openTestApp } from '../http/open-test-app.ts';
import { runScenarios, type Scenario, send } from '../http/scenario.ts';
import { ref, scripted } from './open-dreams.ts';

/** Put together here, so that no scanner takes it for real. */
const secret = ['gh', 'p_', 'aB3dE5gH7jK9mN2pQ4sT6vX8zC1bD0fG3hJ5'].join('');

/** A note about each memory. */
const synthesize = scripted('synthesize', async ({ memories }) =>
  memories.map((memory, i): PlannedAction => {
    const add = { value: `Noted: ${memory.text}`, type: 'summary', subject: memory.id };
    const said = { reason: `Note ${i}.`, confidence: 0.6, sources: [ref(memory)] };
    return { strategy: 'synthesize', ...said, add: { ...add, occurredAt: memory.occurredAt } };
  }),
);

/** One summary in place of all turns. */
const compress = scripted('compress', async ({ memories }) => {
  const sources = memories.filter(({ kind }) => kind === 'episode').map(ref);
  if (sources.length < 2) return [];
  const add = { value: 'All turns.', type: 'summary', subject: 'all', occurredAt: 0 };
  const action = { reason: 'All.', confidence: 0.95, sources, archive: sources };
  return [{ strategy: 'compress', ...action, add }];
});

/** Runs until it is ended. */
const reflect = scripted('reflect', async (_, __, tools) => {
  for (let i = 0; i < 2000; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    await tools.breathe();
  }
  return [];
});

const plans = { few: { operations_per_month: 4 }, small: { stored_bytes: 6_000 } };
let app: RunningApp;
beforeAll(async () => {
  app = await openTestApp(
    { REVERIE_PLANS: JSON.stringify(plans) },
    { strategies: [synthesize, compress, reflect] },
  );
  await put('home', 'We went to the sea.', 'It was cold.');
});
afterAll(() => app.close());

const call = async (method: string, path: string, body?: object, key?: string) => {
  const { response, json } = await send(app, {
    ...{ method, path, ...(body && { body }), ...(key !== undefined && { key }) },
  });
  return { ...json(), code: response.status };
};

async function put(namespace: string, ...values: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const value of values) {
    const stored = await call('POST', '/v1/memory-set', {
      namespace,
      value,
      key: 'talk',
      mode: 'append',
    });
    ids.push(stored.id);
  }
  return ids;
}

async function dream(namespace: string, more: object = {}, key?: string) {
  const body = { namespace, strategies: ['synthesize'], wait_ms: 20_000, ...more };
  const answer = await call('POST', '/v1/dreams', body, key);
  expect(answer.code, JSON.stringify(answer)).toBe(200);
  return answer.dream;
}

const bad = (name: string, body: object, has: string[] = []): Scenario => ({
  ...{ name, path: '/v1/dreams', body: { namespace: 'home', ...body }, has },
  ...{ status: 400, code: 'invalid_request' },
});
const budgets: readonly [string, unknown][] = [
  ...[0, 10_001, 1.5, '5'].map((value): [string, unknown] => ['memories', value]),
  ...[-1, 10_000_001].map((value): [string, unknown] => ['tokens', value]),
  ...[0, 3601].map((value): [string, unknown] => ['seconds', value]),
  ['dollars', -1],
];
const noDream = 'dream_00000000-0000-7000-8000-000000000000';
const page = (rest: string, code: string): Scenario => {
  const path = `/v1/dreams${rest}`;
  return { name: `GET ${path}`, path, status: code === 'dream_not_found' ? 404 : 400, code };
};

describe('a field that means nothing is refused', () => {
  runScenarios(
    () => app,
    [
      { ...bad('an unknown field', { strategie: 'x' }, ['strategies']), code: 'unknown_field' },
      bad('an unknown strategy', { strategies: ['compres'] }, ['Did you mean \\"compress\\"?']),
      bad('no strategy', { strategies: [] }),
      bad('strategies that are no list', { strategies: 'compress' }),
      bad('two ways to name them', { strategy: 'compress', strategies: ['compress'] }),
      ...budgets.map(([name, value]) =>
        bad(`budget ${name} ${value}`, { budget: { [name]: value } }),
      ),
      bad('a confidence above 1', { auto_apply: { confidence: 1.1 } }),
      { ...bad('an unknown policy', { auto_apply: { additions: true } }), code: 'unknown_field' },
      bad('an unknown strategy in a policy', { auto_apply: { strategies: ['all'] } }),
      bad('a time that is none', { before: 'yesterday' }, ['before']),
      bad('a wait below 0', { wait_ms: -1 }),
      bad('a wait above a minute', { wait_ms: 60_001 }),
      bad('dry_run that is no boolean', { dry_run: 'yes' }),
      { ...bad('no namespace', { namespace: '' }), code: 'invalid_namespace' },
      { ...bad('an unknown bound', { budget: { other: 1 } }), code: 'unknown_field' },
      {
        ...bad('nobody there', { namespace: 'nowhere' }),
        status: 404,
        code: 'namespace_not_found',
      },
      page('?namespace=home&cursor=abc', 'invalid_cursor'),
      page('?namespace=home&limit=0', 'invalid_request'),
      page(`/${noDream}?cursor=-1`, 'invalid_cursor'),
      page(`/${noDream}?limit=201`, 'invalid_request'),
      page(`/${noDream}`, 'dream_not_found'),
      page('/nothing', 'dream_not_found'),
      ...['apply', 'discard', 'cancel', 'undo'].map((verb) => ({
        ...{ name: `${verb} of none`, method: 'POST', path: `/v1/dreams/${noDream}/${verb}` },
        ...{ body: {}, status: 404, code: 'dream_not_found' },
      })),
      ...[
        { path: '/v1/dream-schedules', body: { namespace: 'home' } },
        { path: '/v1/dream-schedules', body: { namespace: 'home', cron: 'daily' } },
        { path: '/v1/dream-schedules', body: { namespace: 'home', cron: '0 * * * * *' } },
        {
          path: '/v1/dream-schedules',
          body: { namespace: 'home', cron: '0 3 * * *', timezone: 'Mars' },
        },
        { path: '/v1/dream-schedules', body: { namespace: 'home', preset: 'noon' } },
        {
          path: '/v1/dream-schedules',
          body: { namespace: 'home', preset: 'continuous', cron: '0 3 * * *' },
        },
        { path: '/v1/dream-schedules', body: { namespace: 'home', after_writes: 0 } },
      ].map((each) => ({
        ...{ name: `a schedule of ${JSON.stringify(each.body)}`, ...each },
        ...{ status: 400, code: 'invalid_request' },
      })),
    ],
  );
});

test('a dream of others is 404 like one that is not there, for every verb', async () => {
  const { id } = await dream('home');
  const { key } = await call('POST', '/v1/admin/tenants', { name: 'other' });
  for (const [method, verb] of [
    ...[
      ['GET', ''],
      ['POST', '/apply'],
      ['POST', '/discard'],
    ],
    ...[
      ['POST', '/cancel'],
      ['POST', '/undo'],
    ],
  ] as const) {
    const body = method === 'POST' ? {} : undefined;
    const foreign = await call(method, `/v1/dreams/${id}${verb}`, body, key);
    expect(foreign).toEqual(await call(method, `/v1/dreams/${noDream}${verb}`, body, key));
    expect(foreign.error.code).toBe('dream_not_found');
  }
});

describe('what a key must have', () => {
  const keyWith = async (...permissions: string[]): Promise<string> => {
    const grants = [{ permissions, namespaces: ['home'] }];
    return (await call('POST', '/v1/keys', { label: permissions.join(), grants })).key;
  };

  test.each([
    [['dream'], 'read'],
    [['read'], 'dream'],
    [['read', 'write', 'forget', 'system'], 'dream'],
  ])('%s alone: 403 that names %s', async (permissions, missing) => {
    const key = await keyWith(...permissions);
    const { id } = await dream('home');
    for (const [method, path, body] of [
      ['POST', '/v1/dreams', { namespace: 'home' }],
      ['GET', '/v1/dreams?namespace=home', undefined],
      ['GET', `/v1/dreams/${id}`, undefined],
      ['POST', `/v1/dreams/${id}/apply`, {}],
      ['POST', `/v1/dreams/${id}/undo`, {}],
      ['POST', '/v1/dream-schedules', { namespace: 'home', preset: 'continuous' }],
      ['GET', '/v1/dream-schedules?namespace=home', undefined],
      ['POST', '/v1/memory/dream/run', { namespace: 'home' }],
    ] as const) {
      const { code, error } = await call(method, path, body, key);
      expect([code, error.code], `${method} ${path}`).toEqual([403, 'permission_denied']);
      expect(JSON.stringify(error)).toContain(missing);
    }
  });

  test('dream and read together are enough, to write nothing else', async () => {
    const key = await keyWith('dream', 'read');
    const { id } = await dream('home', {}, key);
    expect((await call('POST', `/v1/dreams/${id}/apply`, {}, key)).applied).toBe(2);
    expect((await call('POST', `/v1/dreams/${id}/undo`, {}, key)).removed).toBe(2);
    const stored = await call('POST', '/v1/memory-set', { namespace: 'home', value: 'x' }, key);
    expect(stored.code).toBe(403);
  });
});

test('wait_ms waits no longer, cancel ends it, and one runs at a time', async () => {
  await put('slow', 'One.');
  const asked = performance.now();
  const running = await dream('slow', { strategies: ['reflect'], wait_ms: 50 });
  expect(performance.now() - asked).toBeLessThan(5_000);
  expect(running).toMatchObject({ status: 'running', ended_at: null });
  const second = await call('POST', '/v1/dreams', { namespace: 'slow' });
  expect(second).toMatchObject({ code: 409, error: { code: 'dream_running' } });
  expect(second.error.details.dream_id).toBe(running.id);
  const read = await call('GET', `/v1/dreams/${running.id}?wait_ms=50`);
  expect(read).toMatchObject({
    dream: { progress: { current: 'reflect' } },
    diff: { actions: [] },
  });
  const early = await call('POST', `/v1/dreams/${running.id}/apply`, {});
  expect(early).toMatchObject({ code: 409, error: { code: 'dream_state' } });
  const report = await call('GET', `/v1/memory/dream/report/${running.id}`);
  expect(report).toMatchObject({
    code: 409,
    error: { message: expect.stringContaining('still runs') },
  });
  const { dream: ended } = await call('POST', `/v1/dreams/${running.id}/cancel`);
  expect(ended).toMatchObject({ status: 'cancelled', ended_at: expect.any(String) });
  expect(await call('POST', `/v1/dreams/${running.id}/cancel`)).toMatchObject({ code: 409 });
});

test('a dream has as long as its budget says, and tells what it left out', async () => {
  await put('short', 'One.', 'Two.');
  const budget = { seconds: 0.2 };
  const cut = await dream('short', { strategies: ['synthesize', 'reflect'], budget });
  expect(cut).toMatchObject({ status: 'planned', counts: { added: 2 } });
  expect(cut.notes).toEqual([
    'reflect: The time was over before it was done; it proposes nothing.',
  ]);
});

test('a diff is read in pages, and each names what it needs', async () => {
  const ids = await put('pages', ...Array.from({ length: 7 }, (_, i) => `Turn ${i}.`));
  const { id, counts } = await dream('pages');
  expect(counts.added).toBe(7);
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const at = cursor === '' ? '' : `&cursor=${cursor}`;
    const { diff, next_cursor: next } = await call('GET', `/v1/dreams/${id}?limit=3${at}`);
    expect(diff.added).toHaveLength(diff.actions.length);
    for (const { sources } of diff.actions) {
      expect(Object.keys(diff.memories)).toContain(sources[0].id);
      seen.push(sources[0].id);
    }
    cursor = next;
  }
  expect(seen.sort()).toEqual([...ids].sort());
  const { results, next_cursor: next } = await call('GET', '/v1/dreams?namespace=home&limit=1');
  const more = await call('GET', `/v1/dreams?namespace=home&limit=1&cursor=${next}`);
  expect(more.results[0].id).not.toBe(results[0].id);
});

test('an action that is not of the dream changes nothing', async () => {
  await put('some', 'One.', 'Two.');
  const { id } = await dream('some');
  const apply = (...actions: string[]) => call('POST', `/v1/dreams/${id}/apply`, { actions });
  const wrong = await apply('synthesize-1', 'synthesize-9');
  expect(wrong).toMatchObject({ code: 400, error: { details: { field: 'actions' } } });
  expect(wrong.error.message).toContain('synthesize-9');
  expect((await call('GET', `/v1/dreams/${id}`)).dream.status).toBe('planned');
  expect(await apply('synthesize-2')).toMatchObject({ applied: 1, dream: { status: 'applied' } });
  // Applied already: nothing happens twice.
  expect(await apply('synthesize-2')).toMatchObject({ applied: 0, dropped: 0 });
  const { diff } = await call('GET', `/v1/dreams/${id}`);
  expect(diff.actions.map(({ status }: { status: string }) => status)).toEqual([
    'pending',
    'applied',
  ]);
  expect(diff.added[1]).toMatchObject({ id: expect.stringMatching(/^mem_/), value: null });
});

test('a policy applies what it allows: by confidence, by strategy, additions alone', async () => {
  await put('policy', 'One.', 'Two.');
  const strategies = ['synthesize', 'compress'];
  const statuses = async (auto_apply: object) => {
    const { id } = await dream('policy', { strategies, auto_apply });
    const { diff } = await call('GET', `/v1/dreams/${id}`);
    await call('POST', `/v1/dreams/${id}/undo`, {});
    return diff.actions.map((action: { strategy: string; status: string }) => [
      ...[action.strategy, action.status],
    ]);
  };
  const told = (first: string, last: string) => [
    ...[
      ['synthesize', first],
      ['synthesize', first],
    ],
    ['compress', last],
  ];
  expect(await statuses({})).toEqual(told('pending', 'applied'));
  expect(await statuses({ confidence: 0, strategies: ['synthesize'] })).toEqual(
    told('applied', 'pending'),
  );
  const additions = { confidence: 0, additions_only: true };
  expect(await statuses(additions)).toEqual(told('applied', 'pending'));
  const { auto_apply: shown } = await dream('policy', { auto_apply: additions, dry_run: true });
  expect(shown).toEqual(additions);
});

test('words of a former dream give way to newer ones, also where only additions are', async () => {
  const [first] = await put('anew', 'One.', 'Two.');
  const auto_apply = { confidence: 0, additions_only: true };
  expect((await dream('anew', { auto_apply })).counts).toMatchObject({ added: 2, archived: 0 });
  const again = await dream('anew', { auto_apply });
  expect(again).toMatchObject({
    status: 'empty',
    dropped: [{ reason: 'known already', count: 2 }],
  });
  await call('PATCH', `/v1/memory/${first}`, { value: 'One and a half.' });
  const newer = await dream('anew', { auto_apply });
  expect(newer).toMatchObject({ status: 'applied', counts: { added: 1, archived: 1 } });
  const { results } = await call('GET', '/v1/memory?namespace=anew&kind=derived');
  const values = results.map(({ value }: { value: string }) => value);
  expect(values.sort()).toEqual(['Noted: One and a half.', 'Noted: Two.']);
});

test('the audit log tells of every apply and undo, and of no words', async () => {
  await put('logged', 'A heron.', 'Two.');
  const { tenant, key } = await call('POST', '/v1/admin/tenants', { name: 'logged' });
  await call('POST', '/v1/memory-set', { namespace: 'n', value: 'A heron.' }, key);
  const byHand = await dream('n', {}, key);
  await call('POST', `/v1/dreams/${byHand.id}/apply`, {}, key);
  await call('POST', `/v1/dreams/${byHand.id}/undo`, {}, key);
  const alone = await dream('n', { auto_apply: { confidence: 0 } }, key);
  const discarded = await dream('n', { dry_run: true }, key);
  const { results } = await call('GET', '/v1/audit', undefined, key);
  const dreams = results.filter(({ action }: { action: string }) => action.startsWith('dream.'));
  expect(dreams).toMatchObject([
    { action: 'dream.applied', target: alone.id },
    { action: 'dream.undone', target: byHand.id },
    { action: 'dream.applied', target: byHand.id },
  ]);
  expect(new Set(dreams.map(({ actor }: { actor: string }) => actor)).size).toBe(1);
  expect(JSON.stringify(results)).not.toContain('heron');
  expect(JSON.stringify(results)).not.toContain(discarded.id);
  expect(tenant.id).toBeTruthy();
});

describe('quotas', () => {
  const tenantOf = async (plan: string): Promise<string> =>
    (await call('POST', '/v1/admin/tenants', { name: plan, plan })).key;

  test('a dream and what is asked of it are operations of the kind dream', async () => {
    const key = await tenantOf('few');
    await call('POST', '/v1/memory-set', { namespace: 'n', value: 'A heron.' }, key);
    const { id } = await dream('n', {}, key);
    await call('POST', `/v1/dreams/${id}/apply`, {}, key);
    // Refused, and given back.
    await call('POST', `/v1/dreams/${id}/apply`, { actions: ['nothing'] }, key);
    const { operations } = await call('GET', '/v1/usage', undefined, key);
    expect(operations.by_kind).toMatchObject({ store: 1, dream: 2 });
    await call('GET', `/v1/dreams/${id}`, undefined, key);
    const over = await call('POST', `/v1/dreams/${id}/undo`, {}, key);
    expect(over).toMatchObject({ code: 402, error: { code: 'quota_exceeded' } });
  });

  test('an apply beyond the storage of the plan is 402 and changes nothing', async () => {
    const key = await tenantOf('small');
    for (let i = 0; i < 4; i += 1) {
      const body = { namespace: 'n', value: `Turn ${i} ${'of the sea '.repeat(60)}` };
      const { code } = await call('POST', '/v1/memory-set', body, key);
      expect(code).toBe(200);
    }
    const { id } = await dream('n', {}, key);
    const before = await call('GET', '/v1/memory?namespace=n', undefined, key);
    const refused = await call('POST', `/v1/dreams/${id}/apply`, {}, key);
    expect(refused).toMatchObject({ code: 402, error: { code: 'quota_exceeded' } });
    expect(await call('GET', '/v1/memory?namespace=n', undefined, key)).toEqual(before);
    const { dream: still } = await call('GET', `/v1/dreams/${id}`, undefined, key);
    expect(still).toMatchObject({ status: 'planned', applied_at: null });
    // By its own policy it stays planned, and says why.
    const alone = await dream('n', { auto_apply: { confidence: 0 } }, key);
    expect(alone).toMatchObject({ status: 'planned', error: { code: 'quota_exceeded' } });
    const run = await call('POST', '/v1/memory/dream/run', { namespace: 'n' }, key);
    expect(run).toMatchObject({ code: 402, error: { code: 'quota_exceeded' } });
  });
});

test('what a dream says is judged like any store: redacted, or the action is dropped', async () => {
  await put('secrets', `Deploy with ${secret}`, 'Nothing special.');
  const settle = (policy: string) =>
    call('PATCH', '/v1/namespaces/secrets', { hygiene: { secrets: policy } });
  await settle('refuse');
  const refused = await dream('secrets', { auto_apply: { confidence: 0 } });
  expect(refused).toMatchObject({ status: 'applied', counts: { added: 2 } });
  const { diff } = await call('GET', `/v1/dreams/${refused.id}`);
  const [dropped] = diff.actions.filter(({ status }: { status: string }) => status === 'dropped');
  expect(dropped).toMatchObject({ reason: '', why: expect.stringContaining('does not keep') });
  expect(JSON.stringify([diff.actions, diff.added])).not.toContain(secret);
  await call('POST', `/v1/dreams/${refused.id}/undo`, {});
  await settle('redact');
  const redacted = await dream('secrets', { auto_apply: { confidence: 0 } });
  expect(redacted.status).toBe('applied');
  const { results } = await call('GET', '/v1/memory?namespace=secrets&kind=derived');
  expect(results).toHaveLength(2);
  expect(JSON.stringify(results)).toContain('Noted: Deploy with');
  expect(JSON.stringify(results)).not.toContain(secret);
});
