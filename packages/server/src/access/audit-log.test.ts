import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openEphemeralStore } from '../backends/ephemeral/ephemeral-store.ts';
import { openSqliteStore } from '../backends/sqlite/sqlite-store.ts';
import type { TenantId } from '../domain/memory.ts';
import { AuditLog } from './audit-log.ts';
import { AuditSweeps } from './audit-sweeps.ts';

test('what happens in one millisecond is told in its order', async () => {
  const clock = { now: () => 1_000, randomBytes: (length: number) => randomBytes(length) };
  const log = new AuditLog(openEphemeralStore({ clock }).control, clock);
  const tenant = 'acme' as TenantId;
  const targets = Array.from({ length: 20 }, (_, i) => `key_${i}`);
  for (const target of targets)
    await log.add(tenant, { actor: 'root', action: 'key.created', target });
  const events = await log.list(tenant, { limit: 50 });
  expect(events.map(({ target }) => target)).toEqual(targets.toReversed());
  expect(new Set(events.map(({ at }) => at))).toEqual(new Set([1_000]));
});

describe.each(['ephemeral', 'sqlite'] as const)('old events in %s', (kind) => {
  test('go when their time has come, of every tenant, and the others stay', async () => {
    let now = 0;
    const clock = { now: () => now, randomBytes: (length: number) => randomBytes(length) };
    const folder = mkdtempSync(join(tmpdir(), 'reverie-audit-'));
    const store =
      kind === 'sqlite' ? await openSqliteStore({ folder, clock }) : openEphemeralStore({ clock });
    onTestFinished(async () => {
      await store.records.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const log = new AuditLog(store.control, clock);
    const tenants = { list: () => [{ id: 'acme' as TenantId, name: 'Acme', createdAt: 0 }] };
    const owners = ['root', 'acme', 'other'] as TenantId[];
    const add = async (tenant: TenantId, target: string) =>
      log.add(tenant, { actor: 'root', action: 'key.created', target });
    const targets = async (tenant: TenantId) =>
      (await log.list(tenant, { limit: 1000 })).map(({ target }) => target);
    now = 1_000_000;
    // More than one batch of old ones.
    for (let i = 0; i < 300; i++) await add('acme' as TenantId, 'old');
    for (const tenant of owners) await add(tenant, 'old');
    now += 5_000;
    for (const tenant of owners) await add(tenant, 'kept');
    now += 10_000;
    for (const tenant of owners) await add(tenant, 'new');
    const sweeps = new AuditSweeps({
      ...{ log, tenants, clock, keptMs: 10_000 },
      isOnDuty: () => true,
    });
    expect(await sweeps.sweep()).toBe(302);
    expect(await sweeps.sweep()).toBe(0);
    for (const tenant of ['root', 'acme'] as TenantId[]) {
      expect(await targets(tenant)).toEqual(['new', 'kept']);
    }
    // Nobody has asked for a tenant that is not there.
    expect(await targets('other' as TenantId)).toHaveLength(3);
  });
});
