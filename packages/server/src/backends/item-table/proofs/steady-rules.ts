/** Proof: a batch is seen as a whole or not at all, whatever becomes of its writer. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TenantId } from '../../../domain/memory.ts';
import type { TenantRecords } from '../../../ports/records.ts';
import { done, FakeClock, keyOf, named, patch, put } from '../../contract/fixtures.ts';
import type { ItemStore } from '../item-store.ts';
import { type System, type TestTable, titleOf, type WriteProxy } from './test-table.ts';

const space = named('home');
const rows = 120;
const ordinals = Array.from({ length: rows }, (_, i) => i + 1);

export function runSteadyReads(system: System): void {
  describe.skipIf(system.missing)(titleOf('steady reads', system), () => {
    let table: TestTable;
    let proxy: WriteProxy;
    /** Writes through the proxy. */
    let writer: ItemStore;
    let other: ItemStore;

    beforeAll(async () => {
      table = system.makeTable();
      other = await table.open(new FakeClock());
      proxy = await system.openProxy(table.endpoint);
      writer = await system.makeTable(proxy.url, table.name).open(new FakeClock());
    });
    afterAll(async () => {
      await writer.close();
      await other.close();
      await proxy.close();
      await table.remove();
    });

    async function filled(tenant: TenantId): Promise<{ own: TenantRecords; no: number }> {
      const own = writer.records.open(tenant);
      const ops = ordinals.map((n) => put(n, { keyHash: keyOf(1) }));
      return { own, no: done(await own.commit(space, { ops })).namespace.no };
    }
    const raised = (version: number, count = rows) =>
      ordinals.slice(0, count).map((ordinal) => patch(ordinal, version));

    test.each([
      ['in one transaction', 20],
      ['by a journal', rows],
    ])('readers beside a writer: %s', async (how, count) => {
      const tenant = `readers ${how}` as TenantId;
      const { own, no } = await filled(tenant);
      const reading = other.records.open(tenant);
      let isOver = false;
      let reads = 0;
      const versionsSeen = new Set<number>();
      const some = ordinals.slice(0, count);
      const reader = async (read: () => Promise<readonly { version: number }[]>) => {
        while (!isOver) {
          const versions = new Set((await read()).map(({ version }) => version));
          expect([...versions]).toHaveLength(1);
          for (const version of versions) versionsSeen.add(version);
          reads += 1;
        }
      };
      const readers = [
        reader(() => reading.byOrdinal(no, some)),
        reader(() => reading.page(no, { order: 'asc', limit: count, all: true }, 0)),
        reader(() => reading.index(no, 1).analysesBetween(1, count, count)),
      ];
      for (let version = 1; version <= 6; version++) {
        done(await own.commit(space, { ops: raised(version, count) }));
      }
      isOver = true;
      await Promise.all(readers);
      expect(reads).toBeGreaterThan(3);
      expect(versionsSeen.size).toBeGreaterThan(1);
    });

    test('of a key there is always one current fact, while it is replaced', async () => {
      const tenant = 'facts' as TenantId;
      const own = writer.records.open(tenant);
      const fact = (n: number) => put(n, { keyHash: keyOf(5), kind: 'fact' });
      const { no } = done(await own.commit(space, { ops: [fact(1)] })).namespace;
      let isOver = false;
      const reader = (async () => {
        while (!isOver) {
          const { fact: current } = await other.records.open(tenant).byKey(no, keyOf(5), 0);
          expect(current?.supersededAt).toBeNull();
        }
      })();
      for (let n = 1; n <= 40; n++) {
        const columns = { supersededAt: 1 };
        const ops = [fact(n + 1), { ...patch(n, 1, { columns }), op: 'supersede' as const }];
        done(await own.commit(space, { ops }));
      }
      isOver = true;
      await reader;
    });

    test('a writer that stands still in the middle is helped, and does no harm after', async () => {
      const tenant = 'asleep' as TenantId;
      const { own, no } = await filled(tenant);
      const helper = other.records.open(tenant);
      for (let at = 1; ; at++) {
        let release = () => {};
        let isHeld = false;
        let reachedWrites = 0;
        const held = new Promise<void>((resolve) => {
          release = resolve;
        });
        const [before] = await helper.byOrdinal(no, [1]);
        const version = before?.version ?? 0;
        const reached = new Promise<boolean>((resolve) => {
          proxy.watch(async (_number, moment, isWithin = false) => {
            if (isHeld || moment !== 'before' || isWithin || ++reachedWrites !== at) return;
            isHeld = true;
            resolve(true);
            await held;
          });
          // It ended before it made so many writes.
          void own.commit(space, { ops: raised(version) }).then((result) => {
            expect(result.ok || isHeld).toBe(true);
            resolve(false);
          });
        });
        if (!(await reached)) break;
        const after = await helper.byOrdinal(no, ordinals);
        const seen = new Set(after.map((row) => row.version));
        expect(seen.size).toBe(1);
        // Somebody else goes on with the same rows, and then the sleeper awakes.
        const now = after[0]?.version ?? 0;
        expect([version, version + 1]).toContain(now);
        done(await helper.commit(space, { ops: raised(now) }));
        proxy.watch(() => {});
        release();
        // Whatever it has left to do comes before the next of its commits.
        await own.commit(space, { ops: [] });
        const rest = await own.byOrdinal(no, ordinals);
        expect(new Set(rest.map((row) => row.version))).toEqual(new Set([now + 1]));
        const { seq } = await helper.index(no, 1).state();
        const changes = await helper.index(no, 1).changes(0, 100_000);
        expect(changes.map((change) => change.seq)).toEqual(changes.map((_, i) => i + 1));
        expect(changes).toHaveLength(seq);
      }
    });
  });
}
