/** The engine over the in-memory store, with a clock that stands where the test puts it. */
import * as ephemeral from '../../packages/server/src/backends/ephemeral/ephemeral-store.ts';
import { openEngine } from '../../packages/server/src/compose-engine.ts';
import { openModels } from '../../packages/server/src/compose-models.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { limits } from '../../packages/server/src/domain/limits.ts';
import type { Memory, NamespaceName } from '../../packages/server/src/domain/memory.ts';
import type { MemoryInput } from '../../packages/server/src/domain/memory-input.ts';
import { parseNamespace } from '../../packages/server/src/domain/names.ts';
import {
  type ContextRequest,
  contextLimit,
} from '../../packages/server/src/engine/context/context.ts';
import { sectionNames } from '../../packages/server/src/engine/context/item.ts';
import { StandingProfiles } from '../../packages/server/src/engine/profile/standing-profiles.ts';
import { allSignals } from '../../packages/server/src/engine/recall/query.ts';
import { createLog } from '../../packages/server/src/observe/log.ts';
import type { UpdateOp } from '../../packages/server/src/ports/records.ts';
import { systemClock } from '../../packages/server/src/util/system-clock.ts';
import { scope } from '../full-scope.ts';

export const hourMs = 60 * 60 * 1000;
export const startMs = Date.parse('2026-11-21T12:00:00Z');

export async function openTestEngine() {
  let now = startMs;
  const clock = { ...systemClock, now: () => now };
  const { records, control } = ephemeral.openEphemeralStore({ clock });
  const settings = loadSettings({ REVERIE_RECORDS: 'ephemeral', REVERIE_LOG_LEVEL: 'silent' });
  const models = await openModels(settings);
  const { engine, close } = await openEngine({
    ...{ settings, records, control, share: undefined, models, clock },
    secret: new Uint8Array(32),
    log: createLog('silent'),
  });
  const ann = parseNamespace('ann');
  return {
    engine,
    scope,
    ann,
    close,
    /** The profile as a process makes it that has just started. */
    anew: async (namespace: NamespaceName) => {
      const { tenant } = scope;
      const own = records.open(tenant);
      const info = await own.namespace(namespace);
      if (!info) throw new Error('There is no such namespace.');
      const standing = async () => [];
      return new StandingProfiles().read({ tenant, records: own, info, now, standing });
    },
    /** Moves the clock. */
    pass: (ms: number) => {
      now += ms;
    },
    store: async (value: string, more: Partial<MemoryInput> = {}, namespace = ann) => {
      const { memory } = await engine.store(scope, namespace, { value, ...more });
      if (memory === null) throw new Error('A memory is there when it was stored.');
      return memory;
    },
    /** What only dreams and hygiene do to a memory: flags, quarantine, archive. */
    change: async (memory: Memory, columns: UpdateOp['columns']) => {
      const { ordinal, version: expectedVersion } = memory;
      const op = { op: 'patch' as const, ordinal, expectedVersion, ...(columns && { columns }) };
      const result = await records.open(scope.tenant).commit(memory.namespace, { ops: [op] });
      if (!result.ok) throw new Error('The memory has changed.');
    },
    context: (query: string, more: Partial<ContextRequest> = {}) =>
      engine.context(scope, {
        query,
        namespace: ann,
        maxTokens: limits.contextTokensDefault,
        format: 'text',
        threshold: limits.contextThresholdDefault,
        limit: contextLimit(more.maxTokens ?? limits.contextTokensDefault),
        filter: {},
        sections: new Set(sectionNames),
        profile: false,
        ...more,
      }),
    question: (query: string, namespace: NamespaceName = ann) => ({
      ...{ query, namespace, limit: 10, threshold: 0, filter: {} },
      signals: allSignals,
    }),
  };
}
