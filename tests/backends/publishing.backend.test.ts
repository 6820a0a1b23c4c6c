/** Events of a store in PostgreSQL: two servers that publish at once leave no gap. */
import { describe, expect, test } from 'vitest';
import {
  done,
  erase,
  FakeClock,
  named,
  put,
} from '../../packages/server/src/backends/contract/fixtures.ts';
import { openPostgresStore } from '../../packages/server/src/backends/postgres/postgres-store.ts';
import {
  makeTestDatabase,
  missing,
} from '../../packages/server/src/backends/postgres/test-database.ts';
import type { TenantId } from '../../packages/server/src/domain/memory.ts';
import { ChangeFeed } from '../../packages/server/src/engine/events/change-feed.ts';
import { EventPublisher } from '../../packages/server/src/engine/publish/event-publisher.ts';
import { publishKeys } from '../../packages/server/src/engine/publish/publish-keys.ts';
import { TestTopic } from '../../packages/server/src/engine/publish/test-topic.ts';

describe.skipIf(missing)(`publishing${missing ? ` (${missing})` : ''}`, () => {
  test('every change of every tenant, and the end of a namespace', async () => {
    const database = await makeTestDatabase();
    const clock = new FakeClock();
    const options = { url: database.url, clock, poolMax: 8, timeoutMs: 10_000 };
    const { records, control } = await openPostgresStore(options);
    const topic = new TestTopic();
    const open = () =>
      new EventPublisher({
        ...{ records, control, clock, topic, feed: new ChangeFeed() },
        ...{ present: (event) => event, turn: () => undefined, log: () => undefined },
      });
    const stored = new Map<string, number>();
    for (const tenant of ['ann', 'bob'] as TenantId[]) {
      for (let n = 1; n <= 60; n++) {
        const ops = Array.from({ length: 1 + (n % 5) }, (_, i) => put(i));
        const result = done(await records.open(tenant).commit(named(`n${n}`), { ops }));
        stored.set(`${tenant}/${result.namespace.no}`, ops.length);
      }
    }
    const total = [...stored.values()].reduce((sum, count) => sum + count, 0);
    const publishers = [open(), open()];
    for (const publisher of publishers) publisher.start();
    const told = () => new Set(topic.events.map(({ id }) => id)).size;
    await expect.poll(told, { timeout: 60_000 }).toBe(total);
    for (const [key, count] of stored) {
      const events = topic.events.filter((event) => event.key === key);
      const seqs = [...new Set(events.map(({ value }) => JSON.parse(value).seq))];
      expect(seqs).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    }
    await publishers[1]?.close();
    const ann = records.open('ann' as TenantId);
    const gone = done(await ann.commit(named('n5'), { ops: [erase(1, 1)] })).namespace.no;
    expect(await ann.remove(gone)).toBe(true);
    await publishers[0]?.afterNamespace('ann' as TenantId, gone);
    await expect
      .poll(() => topic.events.at(-1), { timeout: 20_000 })
      .toMatchObject({ type: 'namespace.deleted', key: `ann/${gone}` });
    await publishers[0]?.close();
    expect(await control.get(publishKeys.cursor(gone))).toBeUndefined();
    expect(await control.list(publishKeys.cursors)).toHaveLength(119);
    await records.close();
    await database.remove();
  });
});
