/** Requests to dream in the words of other clients, over strategies that propose one thing each. */
import { expect } from 'vitest';
import type { PlannedAction, StrategyId } from '../../packages/server/src/domain/dream.ts';
import type { Strategy } from '../../packages/server/src/engine/dream/strategy.ts';
import type { Sample } from './samples.ts';

const shared = { reason: 'Said twice.', confidence: 0.6 };

function proposes(id: StrategyId, { retires }: { retires: boolean }): Strategy {
  return {
    id,
    plan: async ({ memories }) => {
      const turns = memories.filter(({ kind }) => kind === 'episode');
      const sources = turns.map(({ id, version }) => ({ id, version }));
      if (sources.length < 2) return [];
      const add = { value: `What ${id} says.`, type: 'summary', subject: id, occurredAt: 0 };
      const archive = retires ? { archive: sources } : {};
      const action: PlannedAction = { strategy: id, ...shared, sources, add, ...archive };
      return [action];
    },
  };
}

/** One adds, one links, and one archives what it sums up. */
export const sampleStrategies: readonly Strategy[] = [
  proposes('synthesize', { retires: false }),
  {
    id: 'associate',
    plan: async ({ memories }) => {
      const [from, to] = memories.map(({ id, version }) => ({ id, version }));
      if (!from || !to) return [];
      const link = [{ from, type: 'about', to }];
      return [{ strategy: 'associate', ...shared, sources: [from, to], link }];
    },
  },
  proposes('compress', { retires: true }),
];

const root = '/v1/memory/dream';
const namespace = 'dreams';
const number = expect.any(Number);
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const dreamId = expect.stringMatching(/^dream_/);
const scheduleId = expect.stringMatching(/^sched/);
const turn = { key: 'talk', mode: 'append', namespace };
const report = {
  ...{ ok: true, dream_id: dreamId, status: 'complete', error: null, keys_sampled: 2 },
  ...{ insights_generated: 3, memories_created: 1, memories_changed: 1, duration_ms: number },
  brief:
    'Memories read: 2. Changes proposed: 3. Memories added: 1, changed: 1. ' +
    'Waiting for a review: 1, GET /v1/dreams/',
  insights: [
    {
      ...{ strategy: 'synthesize', status: 'applied', type: 'summary', ...shared },
      ...{ value: 'What synthesize says.', id: expect.stringMatching(/^mem_/) },
      source_keys: ['talk'],
    },
    { strategy: 'associate', status: 'applied', value: null },
    { strategy: 'compress', status: 'pending', value: 'What compress says.', id: null },
  ],
};
const told = { ...report, brief: expect.stringContaining(report.brief) };
const refused = (field: string) => ({ error: { code: 'invalid_request', details: { field } } });
const strategies = ['compress', 'synthesize', 'associate'];
const done = { dream_id: dreamId, status: 'complete', state: 'applied', completed_at: time };
const every = {
  ...{ ok: true, schedule_id: scheduleId, namespace, interval_hours: 6 },
  ...{ auto: true, strategies: ['compress'], next_run: time, last_run: null },
};
const dawn = {
  ...{ cycle_id: scheduleId, preset: 'dawn_brief', namespace, run_hour: 6, run_minute: 30 },
  ...{ timezone: 'Europe/Paris', strategies: ['insight_generate', 'forecast', 'reflect'] },
};

const runs: readonly Sample[] = [
  {
    route: 'POST /v1/memory-set',
    body: { ...turn, value: 'We sailed past the pier.' },
    answer: { ok: true },
  },
  {
    route: 'POST /v1/memory-set',
    body: { ...turn, value: 'It rained at the pier.' },
    answer: { ok: true },
  },
  { route: `POST ${root}/run`, body: { namespace, strategies }, answer: told },
  { route: `GET ${root}/report/{id}`, path: `${root}/report/{dream}`, answer: told },
  {
    route: `POST ${root}/run`,
    body: { namespace, strategy: 'syntesize' },
    status: 400,
    answer: {
      error: {
        code: 'invalid_request',
        message: 'There is no strategy "syntesize". Did you mean "synthesize"?',
      },
    },
  },
  ...['custom_prompt', 'keys_filter', 'adversarial', 'multi_llm', 'salience_threshold'].map(
    (field): Sample => ({
      route: `POST ${root}/start`,
      body: { namespace, [field]: [1] },
      status: 400,
      answer: refused(field),
    }),
  ),
  {
    route: `GET ${root}/log`,
    path: `?namespace=${namespace}&limit=1&status=complete`,
    answer: { ok: true, dreams: [done], count: 1 },
  },
  { route: `GET ${root}/sessions`, path: `?namespace=${namespace}`, answer: { dreams: [done] } },
  {
    route: `GET ${root}/preview`,
    path: `?namespace=${namespace}&strategy=full_cycle&budget=2`,
    answer: {
      ...{ ok: true, namespace, keys_available: 3, keys_sampled_max: 2, running: null },
      strategies: expect.arrayContaining(['validate', 'reflect']),
    },
  },
  {
    route: `POST ${root}/run`,
    body: { namespace, strategy: 'compress', dry_run: true, replace_originals: true },
    answer: { insights_generated: 1, memories_created: 0, memories_changed: 0 },
  },
];

const schedules: readonly Sample[] = [
  {
    route: `POST ${root}/schedule`,
    body: { namespace, strategy: 'compress', interval_hours: 6, budget: 50, model: 'any' },
    answer: every,
  },
  {
    route: `POST ${root}/schedule`,
    body: { namespace, interval_hours: 5 },
    status: 400,
    answer: refused('interval_hours'),
  },
  {
    route: `GET ${root}/schedules`,
    answer: { schedules: [{ schedule_id: scheduleId }], count: 1 },
  },
  {
    route: `DELETE ${root}/schedule/{id}`,
    path: `${root}/schedule/{schedule}`,
    answer: { ok: true, deleted: true },
  },
  {
    route: `DELETE ${root}/schedule/{id}`,
    path: `${root}/schedule/{schedule}`,
    status: 404,
    answer: { error: { code: 'schedule_not_found' } },
  },
  {
    route: `GET ${root}/cycle/presets`,
    answer: {
      presets: [
        { preset: 'night_synthesis', run_hour: 23, run_minute: 0 },
        { preset: 'dawn_brief', run_hour: 5 },
        { preset: 'afternoon_reset', run_hour: 14 },
        { preset: 'continuous', run_hour: null },
        { preset: 'custom', strategies: null },
      ],
    },
  },
  {
    route: `POST ${root}/cycle`,
    body: {
      ...{ namespace, preset: 'dawn_brief', run_hour: 6, run_minute: 30 },
      ...{ timezone: 'Europe/Paris', slack_webhook: '', hive_mode: false },
    },
    answer: dawn,
  },
  ...['slack_webhook', 'hive_mode'].map(
    (field): Sample => ({
      route: `POST ${root}/cycle`,
      body: { namespace, preset: 'continuous', [field]: 'yes' },
      status: 400,
      answer: refused(field),
    }),
  ),
  ...['custom', 'continuous'].map(
    (preset): Sample => ({
      route: `POST ${root}/cycle`,
      body: { namespace, preset, ...(preset === 'continuous' && { run_hour: 1 }) },
      status: 400,
      answer: refused('run_hour'),
    }),
  ),
  { route: `GET ${root}/cycle`, path: `?namespace=${namespace}`, answer: { cycles: [dawn] } },
  {
    route: `DELETE ${root}/cycle/{id}`,
    path: `${root}/cycle/{cycle}`,
    answer: { ok: true, deleted: true },
  },
];

const starts: readonly Sample[] = [
  {
    route: `POST ${root}/start`,
    body: { namespace, strategy: 'compress', budget: 20, replace_originals: true },
    answer: {
      ...{ ok: true, dream_id: dreamId, status: 'running', dream_namespace: namespace },
      poll_endpoint: expect.stringMatching(/^\/v1\/memory\/dream\/status\/dream_/),
    },
  },
  {
    route: `GET ${root}/status/{id}`,
    path: `${root}/status/{dream}`,
    answer: { ok: true, dream_id: dreamId, error: null, created_at: time },
  },
];

/** In this order: the last dream runs on. */
export const dreamSamples: readonly Sample[] = [...runs, ...schedules, ...starts];
