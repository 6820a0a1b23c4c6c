/** A forget that ends at any one of its writes, as in a crash: the next start finishes it. */
import { expect, test } from 'vitest';
import * as ephemeral from '../packages/server/src/backends/ephemeral/ephemeral-store.ts';
import { openEngine } from '../packages/server/src/compose-engine.ts';
import { openModels } from '../packages/server/src/compose-models.ts';
import { loadSettings } from '../packages/server/src/config/settings.ts';
import { parseNamespace } from '../packages/server/src/domain/names.ts';
import type { Engine } from '../packages/server/src/engine/engine.ts';
import type { ForgetAnswer } from '../packages/server/src/engine/forget/forget.ts';
import type { Scope } from '../packages/server/src/engine/scope.ts';
import { createLog } from '../packages/server/src/observe/log.ts';
import { systemClock } from '../packages/server/src/util/system-clock.ts';
import { scope } from './full-scope.ts';

const ann = parseNamespace('ann');
const memories = 250;
const stays = 'the one that stays';

type Store = ReturnType<typeof ephemeral.openEphemeralStore>;

/** Writes that are still let through; what comes after them finds that the process has ended. */
interface Life {
  writes: number;
}

const writing = new Set<string | symbol>([
  ...['commit', 'keepReceipts', 'remove'],
  ...['putIfVersion', 'delete'],
]);

function mortal<Part extends object>(part: Part, life: Life): Part {
  return new Proxy(part, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (name === 'open') return (...all: unknown[]) => mortal(member.apply(target, all), life);
      if (!writing.has(name)) return member.bind(target);
      return async (...all: unknown[]) => {
        life.writes -= 1;
        if (life.writes < 0) throw new Error('The process has ended.');
        return member.apply(target, all);
      };
    },
  });
}

async function start(store: Store, life: Life) {
  const settings = loadSettings({ REVERIE_RECORDS: 'ephemeral', REVERIE_LOG_LEVEL: 'silent' });
  return openEngine({
    settings,
    records: mortal(store.records, life),
    control: mortal(store.control, life),
    share: undefined,
    models: await openModels(settings),
    clock: systemClock,
    secret: new Uint8Array(32),
    log: createLog('silent'),
  });
}

async function filled(): Promise<Store> {
  const store = ephemeral.openEphemeralStore({ clock: systemClock });
  const { engine, close } = await start(store, { writes: Number.POSITIVE_INFINITY });
  const items = Array.from({ length: memories }, (_, i) => ({
    namespace: ann,
    input: { value: `turn ${i}`, tags: ['gone'] },
  }));
  await engine.storeMany(scope, [...items, { namespace: ann, input: { value: stays } }]);
  await engine.createSnapshot(scope, ann, 'monday');
  await close();
  return store;
}

type Ask = (engine: Engine) => Promise<ForgetAnswer>;

const named = (run: (engine: Engine, scope: Scope) => Promise<ForgetAnswer>): Ask => {
  const request = { key: 'the same', route: 'forget', namespace: ann, digest: 'as before' };
  return async (engine) => (await engine.once(scope, request, (own) => run(engine, own))).answer;
};

test.each([
  ['a filter', { filter: { tagsAll: ['gone'] }, namespace: ann }, 1],
  ['a namespace', { everything: true, namespace: ann } as const, 0],
])('%s, after every number of writes', { timeout: 120_000 }, async (_, selector, left) => {
  const forgotten = memories + 1 - left;
  const ask = named((engine, own) => engine.forget(own, { ...selector, isConfirmed: true }));
  for (let writes = 0, isWhole = false; !isWhole; writes++) {
    const store = await filled();
    const life = { writes: Number.POSITIVE_INFINITY };
    const first = await start(store, life);
    life.writes = writes;
    isWhole = await ask(first.engine).then(
      () => true,
      () => false,
    );
    life.writes = 0;
    await first.close().catch(() => undefined);

    const { engine, close } = await start(store, { writes: Number.POSITIVE_INFINITY });
    const { receipts } = await engine.forgetReceipts(scope, { limit: 10 });
    const begun = receipts.length > 0;
    const told = `after ${writes} writes`;
    const count = async () =>
      (await engine.namespaces(scope, { limit: 10 })).namespaces[0]?.memories ?? 0;
    expect(receipts.length, told).toBeLessThanOrEqual(1);
    expect(await count(), told).toBe(begun ? left : memories + 1);
    const done = { state: 'hidden', counts: { memories: forgotten } };
    if (begun) expect(receipts[0], told).toMatchObject(done);
    expect((await ask(engine)).counts.memories, told).toBe(forgotten);
    expect(await count(), told).toBe(left);
    const kept = (await store.control.list('')).map(({ key }) => key.split('/')[0]);
    expect(kept.includes('forgets-journal'), told).toBe(false);
    expect(kept.includes('snapshots'), told).toBe(left > 0);
    await close();
  }
});
