/** What dreams take of a server and of its store: turns between tenants, and what is kept. */
import { afterEach, expect, test } from 'vitest';
import { limits } from '../../packages/server/src/domain/limits.ts';
import type { TenantId } from '../../packages/server/src/domain/memory.ts';
import { parseNamespace } from '../../packages/server/src/domain/names.ts';
import type { Scope } from '../../packages/server/src/engine/scope.ts';
import { scope } from '../full-scope.ts';
import { until } from '../receiver.ts';
import { ann, type DreamBench, openDreams, scripted } from './open-dreams.ts';

let bench: DreamBench | undefined;
afterEach(async () => bench?.close());

const budget = { memories: 10, tokens: 0, seconds: 60 };
const wanted = { strategies: ['reflect'], dryRun: false, budget } as const;

test('a tenant with many dreams lets one of another tenant go before its next', async () => {
  const begun: string[] = [];
  const letGo: (() => void)[] = [];
  const waits = scripted('reflect', async ({ memories }) => {
    begun.push(memories[0]?.text ?? '');
    await new Promise<void>((resolve) => letGo.push(resolve));
    return [];
  });
  bench = await openDreams([waits]);
  const { engine } = bench;
  const other: Scope = { ...scope, tenant: 'other' as TenantId };
  const start = async (who: Scope, name: string): Promise<void> => {
    const namespace = parseNamespace(name);
    await engine.store(who, namespace, { value: name });
    await engine.dreams.start(who, { ...wanted, namespace });
  };
  for (const name of ['many-1', 'many-2', 'many-3', 'many-4']) await start(scope, name);
  await start(other, 'one');
  await until(() => begun.length === 2);
  for (const count of [3, 4, 5]) {
    letGo.shift()?.();
    await until(() => begun.length === count);
  }
  for (const go of letGo) go();
  // The first two begin together.
  const order = [...begun.slice(0, 2).sort(), ...begun.slice(2)];
  expect(order).toEqual(['many-1', 'many-2', 'one', 'many-3', 'many-4']);
});

test('dreams that propose nothing push out none that can be undone', async () => {
  let isDone = false;
  const archive = scripted('reflect', async ({ memories }) => {
    const [first] = memories.map(({ id, version }) => ({ id, version }));
    if (isDone || !first) return [];
    isDone = true;
    const reason = 'It is there.';
    return [{ strategy: 'reflect', reason, confidence: 1, sources: [first], archive: [first] }];
  });
  bench = await openDreams([archive]);
  await bench.put('One.');
  const applied = await bench.dream({ autoApply: { confidence: 0 } });
  expect(applied.state).toBe('applied');
  const more = limits.dreamsKeptMax + 1;
  for (let i = 0; i < more; i += 1) expect((await bench.dream()).state).toBe('empty');
  const { dreams } = bench.engine;
  const kept = await dreams.list(scope, ann, { limit: limits.dreamsKeptMax });
  expect(kept).toHaveLength(limits.dreamsEmptyKeptMax + 1);
  expect(kept.at(-1)?.id).toBe(applied.id);
  expect(await dreams.undo(scope, applied.id, false)).toMatchObject({ restored: 1 });
});
