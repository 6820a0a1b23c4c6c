/** Schedules that have a name: when they fire, and what they run. */
import { fullCycle } from './dream-input.ts';

export const presets = {
  night_synthesis: { cron: '0 23 * * *', strategies: ['validate', 'synthesize', 'compress'] },
  dawn_brief: { cron: '0 5 * * *', strategies: ['insight_generate', 'forecast', 'reflect'] },
  afternoon_reset: { cron: '0 14 * * *', strategies: ['validate', 'evolve', 'associate'] },
  continuous: { cron: '0 */4 * * *', strategies: [fullCycle] },
} as const;
export const presetNames = [
  'night_synthesis',
  'dawn_brief',
  'afternoon_reset',
  'continuous',
] as const satisfies readonly (keyof typeof presets)[];
