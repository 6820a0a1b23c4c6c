import { expect, test } from 'vitest';
import { FakeClock, named } from '../../backends/contract/fixtures.ts';
import { openEphemeralStore } from '../../backends/ephemeral/ephemeral-store.ts';
import { fullAccess } from '../../domain/access.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { TenantRecords } from '../../ports/records.ts';
import { ChangeFeed } from './change-feed.ts';
import { EventStreams, type StreamItem } from './event-stream.ts';

test('a stream that breaks says so to its reader, and to the operator why', async () => {
  const { records } = openEphemeralStore({ clock: new FakeClock() });
  const fault = new Error('The disk is gone.');
  let asked = 0;
  const broken = (tenant: TenantId): TenantRecords => {
    const opened = records.open(tenant);
    const namespace = opened.namespace.bind(opened);
    opened.namespace = (name) => (++asked > 1 ? Promise.reject(fault) : namespace(name));
    return opened;
  };
  const faults: unknown[] = [];
  const streams = new EventStreams({
    ...{ records: { ...records, open: broken }, feed: new ChangeFeed(), streamsMax: 1 },
    onFault: (error) => faults.push(error),
  });
  const scope = { tenant: 'tenant' as TenantId, actor: 'key', access: fullAccess };
  const { items } = await streams.open(scope, { namespace: named('ann'), types: ['*'] });
  const told: StreamItem[] = [];
  for await (const item of items) told.push(item);
  expect(told.at(-1)).toEqual({ kind: 'end', code: 'internal' });
  expect(faults).toEqual([fault]);
  expect(streams.count).toBe(0);
});
