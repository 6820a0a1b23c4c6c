/** Named requests at several engines over one store, as several processes share one database. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as ephemeral from '../../packages/server/src/backends/ephemeral/ephemeral-store.ts';
import { type OpenEngine, openEngine } from '../../packages/server/src/compose-engine.ts';
import { type Models, openInstantModels } from '../../packages/server/src/compose-models.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { MemoryError } from '../../packages/server/src/domain/errors.ts';
import { limits } from '../../packages/server/src/domain/limits.ts';
import { parseNamespace } from '../../packages/server/src/domain/names.ts';
import { createLog } from '../../packages/server/src/observe/log.ts';
import { systemClock } from '../../packages/server/src/util/system-clock.ts';
import { scope } from '../full-scope.ts';

const namespace = parseNamespace('race');
let now = Date.parse('2026-11-21T12:00:00Z');
const store = ephemeral.openEphemeralStore({ clock: { ...systemClock, now: () => now } });
const models: Models = openInstantModels();
const engines: OpenEngine[] = [];

beforeAll(async () => {
  for (let i = 0; i < 3; i++) {
    engines.push(
      await openEngine({
        settings: loadSettings({ REVERIE_LOG_LEVEL: 'silent', REVERIE_SEARCH_WORKERS: '0' }),
        ...{ ...store, share: undefined, models, clock: { ...systemClock, now: () => now } },
        secret: new Uint8Array(32),
        log: createLog('silent'),
      }),
    );
  }
});
afterAll(() => Promise.all(engines.map(({ close }) => close())));

const storeOnce = (at: number, key: string, value: string) => {
  const engine = engines[at % engines.length]?.engine;
  if (!engine) throw new Error('The engines are opened before the tests.');
  const request = { key, route: 'store', namespace, digest: value };
  return engine.once(scope, request, (named) => engine.store(named, namespace, { value }));
};

const memories = async () =>
  (await store.records.open(scope.tenant).namespace(namespace))?.memories ?? 0;

test('of many racing engines one stores, and all who retry hear of the same memory', async () => {
  const insist = async (at: number): Promise<string> => {
    for (;;) {
      try {
        return (await storeOnce(at, 'k', 'said once')).answer.id;
      } catch (error) {
        const isBusy = MemoryError.isInstance(error) && error.code === 'idempotency_in_flight';
        if (!isBusy) throw error;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
  };
  const ids = await Promise.all(Array.from({ length: 30 }, (_, at) => insist(at)));
  expect(new Set(ids).size).toBe(1);
  expect(await memories()).toBe(1);
});

test('after a day the key names a new request', async () => {
  const before = await memories();
  await storeOnce(0, 'day', 'said again');
  now += limits.receiptKeptMs - 1;
  expect((await storeOnce(1, 'day', 'said again')).isReplay).toBe(true);
  now += 1;
  expect((await storeOnce(2, 'day', 'said again')).isReplay).toBe(false);
  expect(await memories()).toBe(before + 2);
});
