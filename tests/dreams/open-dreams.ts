/** An engine whose dreams run the strategies of a test, and what a test asks of it. */
import * as ephemeral from '../../packages/server/src/backends/ephemeral/ephemeral-store.ts';
import {
  type EngineParts,
  type OpenEngine,
  openEngine,
} from '../../packages/server/src/compose-engine.ts';
import { openInstantModels } from '../../packages/server/src/compose-models.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import {
  type MemoryRef,
  type StrategyId,
  strategyIds,
} from '../../packages/server/src/domain/dream.ts';
import type { MemoryId, NamespaceName } from '../../packages/server/src/domain/memory.ts';
import type { MemoryInput } from '../../packages/server/src/domain/memory-input.ts';
import { parseNamespace } from '../../packages/server/src/domain/names.ts';
import type { Followers } from '../../packages/server/src/engine/deps.ts';
import type { Dream, DreamRequest } from '../../packages/server/src/engine/dream/dreams.ts';
import type { Strategy } from '../../packages/server/src/engine/dream/strategy.ts';
import { createLog } from '../../packages/server/src/observe/log.ts';
import type { ControlPort } from '../../packages/server/src/ports/control.ts';
import type { RecordsPort } from '../../packages/server/src/ports/records.ts';
import { systemClock } from '../../packages/server/src/util/system-clock.ts';
import { scope } from '../full-scope.ts';

export const ann = parseNamespace('ann');

export interface DreamStore {
  readonly records: RecordsPort;
  readonly control: ControlPort;
}

export interface DreamBench extends OpenEngine {
  readonly store: DreamStore;
  /** Stores in Ann's namespace, and gives the ids. */
  put(...inputs: (MemoryInput | string)[]): Promise<MemoryId[]>;
  /** Runs to its end. */
  dream(request?: Partial<DreamRequest>): Promise<Dream>;
  /** Every memory with all that an export tells, but what a visible write always changes. */
  canonical(): Promise<string>;
}

export async function openDreams(
  strategies: readonly Strategy[],
  store: DreamStore = ephemeral.openEphemeralStore({ clock: systemClock }),
  followers?: Followers,
  server: Partial<Pick<EngineParts, 'peers' | 'clock'>> = {},
): Promise<DreamBench> {
  const settings = loadSettings({ REVERIE_RECORDS: 'ephemeral', REVERIE_LOG_LEVEL: 'silent' });
  const opened = await openEngine({
    ...{ settings, records: store.records, control: store.control, share: undefined },
    ...(followers && { followers }),
    ...{ models: openInstantModels(), clock: systemClock, secret: new Uint8Array(32) },
    ...{ log: createLog('silent'), strategies, scopeOf: () => scope },
    ...server,
  });
  const { engine } = opened;
  const put = async (...inputs: (MemoryInput | string)[]): Promise<MemoryId[]> => {
    const ids: MemoryId[] = [];
    for (const input of inputs) {
      const said = typeof input === 'string' ? { value: input } : input;
      ids.push((await engine.store(scope, ann, said)).id);
    }
    return ids;
  };
  const dream = async (request: Partial<DreamRequest> = {}): Promise<Dream> => {
    const ids = new Set(strategies.map(({ id }) => id));
    const { id } = await engine.dreams.start(scope, {
      ...{ namespace: ann, strategies: strategyIds.filter((one) => ids.has(one)) },
      ...{ budget: { memories: 1_000, tokens: 0, seconds: 60 }, dryRun: false },
      ...request,
    });
    return engine.dreams.wait(scope, id, 30_000);
  };
  return { ...opened, store, put, dream, canonical: () => canonical(opened, ann) };
}

export async function canonical(
  { engine }: Pick<OpenEngine, 'engine'>,
  namespace: NamespaceName,
): Promise<string> {
  const { memories } = await engine.exportNamespace(scope, { namespace, history: false });
  const lines: [string, string][] = [];
  for await (const { memory } of memories) {
    const { version, updatedAt, ordinal, ...rest } = memory;
    const { seq: _, ...shown }: Record<string, unknown> = { ...rest };
    lines.push([memory.id, JSON.stringify(shown)]);
  }
  return lines
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, line]) => line)
    .join('\n');
}

/** A memory as a plan names it, in the version that it was read in. */
export const ref = ({ id, version }: MemoryRef): MemoryRef => ({ id, version });

/** A strategy that proposes what the test says of the memories it reads. */
export function scripted(id: StrategyId, plan: Strategy['plan']): Strategy {
  return { id, plan };
}
