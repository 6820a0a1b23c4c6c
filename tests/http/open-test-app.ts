/** The real product in this process, over the in-memory store unless a folder is given. */
import { openApp, type RunningApp } from '../../packages/server/src/compose.ts';
import type { Models } from '../../packages/server/src/compose-models.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import type { Strategy } from '../../packages/server/src/engine/dream/strategy.ts';
import { rootKey } from './scenario.ts';

/** `models`, `strategies`: instead of those that the settings name, and of the product's. */
export function openTestApp(
  env: Record<string, string> = {},
  options: { models?: Models; strategies?: readonly Strategy[] } = {},
): Promise<RunningApp> {
  const records = 'REVERIE_DATA_DIR' in env ? 'sqlite' : 'ephemeral';
  return openApp(
    loadSettings({
      REVERIE_ROOT_KEY: rootKey,
      REVERIE_RECORDS: records,
      REVERIE_LOG_LEVEL: 'silent',
      ...env,
    }),
    options,
  );
}
