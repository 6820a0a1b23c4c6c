/** Attacks on dreams: those of others are neither read nor started, applied or undone. */
import type { Attack, Foreign } from './attacks.ts';

const q = encodeURIComponent;

export const dreamAttacks: Readonly<Record<string, (of: Foreign) => readonly Attack[]>> = {
  'POST /v1/dreams': ({ namespace }) => [
    { path: '/v1/dreams', body: { namespace } },
    { path: '/v1/dreams', body: { namespace, strategies: ['compress'], auto_apply: true } },
  ],
  'GET /v1/dreams': ({ namespace, dreamId }) => [
    { path: `/v1/dreams?namespace=${q(namespace)}` },
    { path: `/v1/dreams?namespace=open&cursor=${dreamId}` },
  ],
  'GET /v1/dreams/{id}': ({ dreamId }) => [
    { path: `/v1/dreams/${dreamId}` },
    { path: `/v1/dreams/${dreamId}?wait_ms=1&limit=1` },
  ],
  'POST /v1/dreams/{id}/apply': ({ dreamId }) => [
    { path: `/v1/dreams/${dreamId}/apply`, body: {} },
    { path: `/v1/dreams/${dreamId}/apply`, body: { actions: ['compress-1'] } },
  ],
  'POST /v1/dreams/{id}/discard': ({ dreamId }) => [{ path: `/v1/dreams/${dreamId}/discard` }],
  'POST /v1/dreams/{id}/cancel': ({ dreamId }) => [{ path: `/v1/dreams/${dreamId}/cancel` }],
  'POST /v1/dream-schedules': ({ namespace }) => [
    { path: '/v1/dream-schedules', body: { namespace, preset: 'continuous' } },
    { path: '/v1/dream-schedules', body: { namespace, after_writes: 1, auto_apply: true } },
  ],
  'GET /v1/dream-schedules': ({ namespace }) => [
    { path: `/v1/dream-schedules?namespace=${q(namespace)}` },
  ],
  'DELETE /v1/dream-schedules/{id}': ({ namespace, scheduleId }) => [
    { path: `/v1/dream-schedules/${scheduleId}?namespace=${q(namespace)}` },
    { path: `/v1/dream-schedules/${scheduleId}?namespace=open` },
  ],
  ...compatDreamAttacks(),
  'POST /v1/dreams/{id}/undo': ({ dreamId }) => [
    { path: `/v1/dreams/${dreamId}/undo`, body: { partial: true } },
  ],
};

/** The same in the words of other clients. */
function compatDreamAttacks(): Readonly<Record<string, (of: Foreign) => readonly Attack[]>> {
  const root = '/v1/memory/dream';
  return {
    [`POST ${root}/start`]: ({ namespace }) => [
      { path: `${root}/start`, body: { namespace } },
      { path: `${root}/start`, body: { namespace, replace_originals: true } },
    ],
    [`POST ${root}/run`]: ({ namespace }) => [
      { path: `${root}/run`, body: { namespace, strategies: ['compress'] } },
    ],
    [`GET ${root}/status/{id}`]: ({ dreamId }) => [{ path: `${root}/status/${dreamId}` }],
    [`GET ${root}/report/{id}`]: ({ dreamId }) => [{ path: `${root}/report/${dreamId}` }],
    [`GET ${root}/log`]: ({ namespace }) => [
      { path: `${root}/log?namespace=${q(namespace)}` },
      { path: `${root}/sessions?namespace=${q(namespace)}&status=complete` },
    ],
    [`GET ${root}/preview`]: ({ namespace }) => [
      { path: `${root}/preview?namespace=${q(namespace)}` },
    ],
    [`POST ${root}/schedule`]: ({ namespace }) => [
      { path: `${root}/schedule`, body: { namespace, interval_hours: 1 } },
    ],
    [`GET ${root}/schedules`]: ({ namespace }) => [
      { path: `${root}/schedules?namespace=${q(namespace)}` },
      { path: `${root}/schedules` },
    ],
    [`DELETE ${root}/schedule/{id}`]: ({ scheduleId }) => [
      { path: `${root}/schedule/${scheduleId}` },
    ],
    [`POST ${root}/cycle`]: ({ namespace }) => [
      { path: `${root}/cycle`, body: { namespace, preset: 'continuous' } },
    ],
    [`GET ${root}/cycle`]: ({ namespace }) => [
      { path: `${root}/cycle?namespace=${q(namespace)}` },
      { path: `${root}/cycle` },
    ],
    [`DELETE ${root}/cycle/{id}`]: ({ scheduleId }) => [{ path: `${root}/cycle/${scheduleId}` }],
    [`GET ${root}/cycle/presets`]: () => [{ path: `${root}/cycle/presets` }],
  };
}
