/**
 * Proof: a server that is killed at any of its writes, before it or after it and before it knows,
 * leaves each batch whole or not there, and loses none that was acknowledged.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TenantId } from '../../../domain/memory.ts';
import { done, FakeClock, put } from '../../contract/fixtures.ts';
import type { ItemStore } from '../item-store.ts';
import { found, type KillTask, space, stepsOf } from './kill-steps.ts';
import { type System, type TestTable, titleOf, type WriteProxy } from './test-table.ts';

interface Ended {
  readonly acknowledged: number;
  readonly writes: number;
  readonly wasKilled: boolean;
}

export function runKillProof(system: System): void {
  describe.skipIf(system.missing)(titleOf('kill -9 at every write', system), () => {
    let table: TestTable;
    let store: ItemStore;
    let proxy: WriteProxy;

    beforeAll(async () => {
      table = system.makeTable();
      store = await table.open(new FakeClock(), 30_000 + system.keepsOutMs);
      proxy = await system.openProxy(table.endpoint);
    });
    afterAll(async () => {
      await proxy.close();
      await store.close();
      await table.remove();
    });

    /** Runs the child; ends it at a write, or lets it go to its end. */
    async function runChild(
      tenant: TenantId,
      at?: { number: number; moment: 'before' | 'after' },
    ): Promise<Ended> {
      const task: KillTask = { endpoint: proxy.url, table: table.name, tenant };
      const child = spawn(process.execPath, [system.childPath, JSON.stringify(task)], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let writes = 0;
      let wasKilled = false;
      proxy.watch((number, moment) => {
        if (wasKilled) return;
        writes = number;
        if (number !== at?.number || moment !== at.moment) return;
        wasKilled = true;
        child.kill('SIGKILL');
        return false;
      });
      let said = '';
      child.stdout.on('data', (part) => {
        said += part;
      });
      await once(child, 'close');
      expect(said).not.toContain('error');
      return { acknowledged: said.split('ack').length - 1, writes, wasKilled };
    }

    /** How it is after so many steps, on the reference. */
    async function expectedAfter(steps: number, tenant: TenantId) {
      const reference = system.reference(new FakeClock());
      const records = reference.records.open(tenant);
      for (const batch of stepsOf(tenant).slice(0, steps)) done(await records.commit(space, batch));
      return found(reference, tenant);
    }

    test('each batch is whole or not there', { timeout: 900_000 }, async () => {
      const whole = await runChild('whole' as TenantId);
      expect(whole.acknowledged).toBe(3);
      const seen = new Set<number>();
      // Until one comes to its end: where the way breaks, one has a write more than another.
      for (let [number, isOver] = [1, false]; !isOver; number++) {
        for (const moment of ['before', 'after'] as const) {
          const tenant = `killed-${number}-${moment}` as TenantId;
          const { acknowledged, wasKilled } = await runChild(tenant, { number, moment });
          isOver = !wasKilled;
          if (isOver) expect(number).toBeGreaterThan(15);
          if (isOver) break;
          const left = await found(store, tenant);
          const steps = [0, 60, 111, 113].indexOf(left.info?.seq ?? 0);
          expect(steps, tenant).toBeGreaterThanOrEqual(acknowledged);
          expect(left, tenant).toEqual(await expectedAfter(steps, tenant));
          seen.add(steps);
          // And it goes on from there.
          const next = await store.records.open(tenant).commit(space, { ops: [put(500)] });
          expect(done(next).namespace.seq).toBe((left.info?.seq ?? 0) + 1);
        }
      }
      expect([...seen].sort()).toEqual([0, 1, 2, 3]);
    });

    test('what was left behind is swept, and nothing else', { timeout: 120_000 }, async () => {
      const before = await table.items();
      expect(before.filter(({ pk }) => pk === 'garbage').length).toBeGreaterThan(0);
      const later = new FakeClock();
      later.time += 2 * 60 * 60 * 1000;
      await (await table.open(later)).close();
      const after = await table.items();
      expect(after.filter(({ pk }) => pk === 'garbage')).toEqual([]);
      const named = new Set(after.flatMap(({ texts }) => texts.flatMap(blobIdsIn)));
      const blobs = after.filter(({ pk }) => pk.startsWith('b#'));
      expect(blobs.length).toBeGreaterThan(0);
      expect(blobs.filter(({ pk }) => !named.has(pk.slice(2)))).toEqual([]);
      const tenant = 'whole' as TenantId;
      expect(await found(store, tenant)).toEqual(await expectedAfter(3, tenant));
    });
  });
}

const blobIdsIn = (text: string): string[] =>
  text.split(' ').flatMap((word) => /^([0-9a-f]{24}):\d+:\d+$/.exec(word)?.[1] ?? []);
