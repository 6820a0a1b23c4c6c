/** What a list says is forgotten again, and nothing that it does not mean. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as ephemeral from '../../packages/server/src/backends/ephemeral/ephemeral-store.ts';
import { type OpenEngine, openEngine } from '../../packages/server/src/compose-engine.ts';
import { type Eraser, openEraser } from '../../packages/server/src/compose-forget.ts';
import { openModels } from '../../packages/server/src/compose-models.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { parseMemoryId } from '../../packages/server/src/domain/ids.ts';
import type { MemoryId, TenantId } from '../../packages/server/src/domain/memory.ts';
import { parseNamespace } from '../../packages/server/src/domain/names.ts';
import { forgetAgain } from '../../packages/server/src/engine/forget/forget-again.ts';
import { storeSecret } from '../../packages/server/src/engine/key-hasher.ts';
import { createLog } from '../../packages/server/src/observe/log.ts';
import type { Erasure, ErasureList } from '../../packages/server/src/ports/erasures.ts';
import { systemClock as clock } from '../../packages/server/src/util/system-clock.ts';
import { scope as fullScope } from '../full-scope.ts';

const scope = { ...fullScope, tenant: 'root' as TenantId };
const ann = parseNamespace('ann');
const bob = parseNamespace('bob');

/** A store in memory, and what its forgets have listed. */
class Place {
  readonly store: ReturnType<typeof ephemeral.openEphemeralStore>;
  readonly listed: Erasure[];
  readonly opened: OpenEngine;
  readonly eraser: Eraser;

  private constructor(
    store: Place['store'],
    listed: Erasure[],
    opened: OpenEngine,
    eraser: Eraser,
  ) {
    this.store = store;
    this.listed = listed;
    this.opened = opened;
    this.eraser = eraser;
  }

  /** `key`: every place has the same secret, as a store and what is restored of it have. */
  static async open(key: string): Promise<Place> {
    const store = ephemeral.openEphemeralStore({ clock });
    const { records, control } = store;
    await control.putIfVersion('secrets/key-hash', Buffer.from(key).toString('base64'), 0);
    const listed: Erasure[] = [];
    const erasures: ErasureList = {
      during: (erasure, erase) => {
        listed.push(erasure);
        return erase();
      },
    };
    const settings = loadSettings({ REVERIE_RECORDS: 'ephemeral' });
    const opened = await openEngine({
      ...{ settings, records, control, erasures, clock, share: undefined },
      ...{ models: await openModels(settings), log: createLog('silent') },
      secret: await storeSecret(control, clock),
    });
    return new Place(store, listed, opened, await openEraser(store, erasures));
  }

  async put(namespace: typeof ann, value: string): Promise<MemoryId> {
    const { memory } = await this.opened.engine.store(scope, namespace, { value });
    return memory?.id ?? parseMemoryId('none');
  }

  again(erasures: readonly Erasure[]) {
    return forgetAgain({ ...this.eraser.deps, erasures: undefined }, erasures, () => undefined);
  }

  async has(id: MemoryId): Promise<boolean> {
    return (await this.store.records.open(scope.tenant).byId([id])).length > 0;
  }

  async close(): Promise<void> {
    await this.eraser.close();
    await this.opened.close();
  }
}

let place: Place;
beforeEach(async () => {
  place = await Place.open('one secret');
});
afterEach(() => place.close());

const nothing = { forgets: 0, memories: 0, namespaces: 0 };

async function erasureOf(id: MemoryId): Promise<Erasure> {
  await place.opened.engine.forget(scope, { memoryId: id });
  const [erasure] = place.listed.splice(0);
  if (!erasure) throw new Error('a forget is listed');
  return erasure;
}

test('each batch is listed, with its ids, and nothing of what they say', async () => {
  const ids = [];
  for (let i = 0; i < 450; i++) ids.push(await place.put(ann, `canary ${i}`));
  await place.opened.engine.forget(scope, { everything: true, namespace: ann, isConfirmed: true });
  const { listed } = place;
  expect(listed.map(({ named }) => named.length)).toEqual([200, 200, 50, 0]);
  expect(listed.map(({ namespaceGone }) => namespaceGone ?? false)).toEqual([
    ...[false, false, false, true],
  ]);
  expect(listed.flatMap(({ named }) => named)).toEqual(ids);
  expect(new Set(listed.map(({ receipt }) => receipt)).size).toBe(1);
  expect(JSON.stringify(listed)).not.toMatch(/canary|"ann"/);
});

test('a namespace of another store with the same number is left alone', async () => {
  const gone = await erasureOf(await place.put(ann, 'Ann fears spiders.'));
  const kept = await place.put(ann, 'Ann grows tulips.');
  const same = { ...gone, named: [kept], at: clock.now() };
  const foreign = 'f'.repeat(32) as Erasure['namespaceHash'];
  expect(await place.again([{ ...same, namespaceHash: foreign }])).toEqual(nothing);
  expect(await place.again([{ ...same, tenant: 'other' as TenantId }])).toEqual(nothing);
  expect(await place.again([{ ...same, namespaceNo: 99 }])).toEqual(nothing);
  expect(await place.has(kept)).toBe(true);
  expect(await place.again([same])).toEqual({ forgets: 1, memories: 1, namespaces: 0 });
  expect(await place.has(kept)).toBe(false);
});

test('an id is looked for in its namespace alone', async () => {
  const gone = await erasureOf(await place.put(ann, 'Ann fears spiders.'));
  const kept = await place.put(bob, 'Bob grows tulips.');
  expect(await place.again([{ ...gone, named: [kept], at: clock.now() }])).toEqual(nothing);
  expect(await place.has(kept)).toBe(true);
});

test('a namespace that something newer is in stays, with that alone', async () => {
  const gone = await erasureOf(await place.put(ann, 'Ann fears spiders.'));
  const old = await place.put(ann, 'Ann grows tulips.');
  const at = clock.now();
  while (clock.now() === at);
  const newer = await place.put(ann, 'Ann sings.');
  const rows = { ...gone, receipt: 'fgt_1', selector: 'namespace', named: [old], at };
  const removal = { ...rows, named: [], namespaceGone: true } as const;
  expect(await place.again([rows, removal])).toEqual({ forgets: 1, memories: 1, namespaces: 0 });
  expect([await place.has(old), await place.has(newer)]).toEqual([false, true]);
  // A second time there is nothing left to do, and no receipt is written over.
  expect(await place.again([rows])).toEqual(nothing);
});
