import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openEphemeralStore } from '../backends/ephemeral/ephemeral-store.ts';
import type { TenantId } from '../domain/memory.ts';
import { AuditLog } from './audit-log.ts';

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
