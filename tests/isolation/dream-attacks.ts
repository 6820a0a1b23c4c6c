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
  'POST /v1/dreams/{id}/undo': ({ dreamId }) => [
    { path: `/v1/dreams/${dreamId}/undo`, body: { partial: true } },
  ],
};
