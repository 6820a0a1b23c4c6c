/** Search workers over DynamoDB: answers, and a table that is away when one starts. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../packages/server/src/backends/contract/fixtures.ts';
import { makeTestTable, missing } from '../../packages/server/src/backends/dynamodb/test-table.ts';
import { type SearchWorkerData, searcherKey } from '../../packages/server/src/compose-search.ts';
import { vectorSettings } from '../../packages/server/src/compose-vectors.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import type { TenantId } from '../../packages/server/src/domain/memory.ts';
import { createWorkerHost } from '../../packages/server/src/index/worker-host.ts';
import { workerUrl } from '../../packages/server/src/util/worker-url.ts';
import { freePort } from './free-port.ts';
import { runSearchWorkers } from './worker-rules.ts';

const server = new URL('../../packages/server/src/compose.ts', import.meta.url).href;

runSearchWorkers('DynamoDB', missing, async () => makeTestTable());

// The reason is in the title.
describe.skipIf(missing)(`a table that is away${missing ? ` (${missing})` : ''}`, () => {
  test('a worker that starts meanwhile says so, and opens the table when it is back', async () => {
    const table = makeTestTable();
    const store = await table.open(new FakeClock());
    const tenant = 'acme' as TenantId;
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const workerData: SearchWorkerData = {
      records: 'dynamodb',
      store: { table: table.name, endpoint, timeoutMs: 500 },
      bytesMax: 2 ** 24,
      vectors: vectorSettings(loadSettings({})),
      logLevel: 'silent',
    };
    const host = createWorkerHost({
      url: workerUrl('./compose-worker', server),
      share: () => ({ workerData, transfer: [] }),
      workers: 1,
      log: () => {},
    });
    const place = { tenant, namespaceNo: 1, generation: 1, dimension: 0 };
    const searcher = host.searcher(searcherKey.write(place));
    const list = () => searcher.list({ filter: {}, now: 1, order: 'asc', limit: 5 });
    await expect(list()).rejects.toMatchObject({ code: 'store_unavailable' });
    const target = new URL(table.endpoint);
    const line = createServer((client) => {
      client.pipe(connect(Number(target.port), target.hostname)).pipe(client);
    }).listen(port, '127.0.0.1');
    await once(line, 'listening');
    expect(await list()).toEqual([]);
    await host.close();
    line.close();
    await store.close();
    await table.remove();
  });
});
