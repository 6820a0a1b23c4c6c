/** Two servers over one database count the operations of a month, with nothing beside it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing } from '../../packages/server/src/backends/postgres/test-database.ts';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { rootKey } from '../http/scenario.ts';
import { ask, makeSharedStore, type SharedStore } from './shared-apps.ts';

// The reason is in the title.
describe.skipIf(missing)(`shares of a plan${missing ? ` (${missing})` : ''}`, () => {
  let store: SharedStore;
  let one: RunningApp;
  let two: RunningApp;
  let key: string;
  const limit = 1000;

  beforeAll(async () => {
    const plans = { thousand: { operations_per_month: limit } };
    store = await makeSharedStore({ REVERIE_PLANS: JSON.stringify(plans) });
    one = await store.open();
    const body = { name: 'Acme', plan: 'thousand' };
    key = (await ask(one, '/v1/admin/tenants', { key: rootKey, body })).json.key;
    two = await store.open();
  });
  afterAll(() => store?.close());

  test('together they let no more pass than the plan has, and few less', async () => {
    const body = { query: 'Who waits for the tide?' };
    let passed = 0;
    let asked = 0;
    const asker = async (app: RunningApp): Promise<void> => {
      while (asked < limit + 200) {
        asked += 1;
        const { status, json } = await ask(app, '/v1/memory/search', { key, body });
        if (status === 200) passed += 1;
        else expect(json.error).toMatchObject({ code: 'quota_exceeded', details: { limit } });
      }
    };
    await Promise.all([one, two, one, two, one, two].map(asker));
    expect(passed).toBeLessThanOrEqual(limit);
    expect(passed).toBeGreaterThanOrEqual(limit * 0.98);
    await two.close();
    // What it held is free again, and all that it counted is known.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    while ((await ask(one, '/v1/memory/search', { key, body })).status === 200) passed += 1;
    expect(passed).toBe(limit);
    const { operations } = (await ask(one, '/v1/usage', { key })).json;
    expect(operations).toMatchObject({ used: limit, remaining: 0 });
    expect(operations.by_kind).toMatchObject({ search: limit, interrupted: 0 });
  });
});
