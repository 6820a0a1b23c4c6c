/** Routes of the API family that are not offered: each says why, and what to use instead. */
import { MemoryError } from '../../domain/errors.ts';
import type { Mountable } from '../route.ts';

export interface LeftOut {
  /** Method and path; docs/compatibility.md lists them with the same words. */
  readonly routes: readonly string[];
  readonly why: string;
}

const slugs = (...names: string[]) => names.map((name) => `POST /v1/${name}`);
const posts = (...names: string[]) => names.map((name) => `POST /v1/memory/${name}`);
const gets = (...names: string[]) => names.map((name) => `GET /v1/memory/${name}`);

export const leftOut: readonly LeftOut[] = [
  {
    routes: ['POST /v1/webhooks/create', 'POST /v1/webhooks/register'],
    why: 'they tell of accounts and budgets; `POST /v1/webhooks` tells of memories',
  },
  {
    routes: slugs('memory-lock', 'memory-unlock'),
    why: 'no locks are kept; `if_version` of a store, or `If-Match`, refuses a lost update',
  },
  {
    routes: slugs('memory-increment', 'counter-get', 'counter-increment', 'counter-decrement'),
    why: 'a count is no memory; count in the application, and store the result under its key',
  },
  { routes: slugs('counter-reset'), why: 'a count is no memory' },
  {
    routes: slugs('queue-push', 'queue-pop', 'queue-peek', 'queue-size'),
    why: 'a queue is no memory; use one that is made for it',
  },
  {
    routes: slugs('memory-append'),
    why: 'a value is not changed in parts; `POST /v1/memory-set` with `mode: "append"` adds a turn',
  },
  {
    routes: slugs('memory-time-capsule'),
    why: 'nothing that is stored is hidden from its owner; `valid_from` says from when it holds',
  },
  {
    routes: posts('extract'),
    why: 'facts are not drawn out of a text; dates, names and numbers of it are found as they are',
  },
  {
    routes: posts('upload'),
    why: 'files are not read; send their text, or `POST /v1/namespaces/{namespace}/import`',
  },
  {
    routes: [...gets('insights'), ...posts('promote')],
    why: 'what a dream makes is a memory beside the others; `GET /v1/memory?kind=derived` lists it',
  },
  {
    routes: posts('dream/collective', 'dream/federate'),
    why: 'a dream reads one namespace, and nothing of it leaves the server',
  },
  {
    routes: posts('dream/incubate', 'dream/emotional-tag'),
    why: 'what it would do is not described; tags and `importance` are set by PATCH',
  },
  {
    routes: [...posts('tmr/queue'), ...gets('tmr/cues')],
    why: 'a dream reads all that its budget allows; nothing is queued for it',
  },
  { routes: gets('skills'), why: 'no procedures are learnt from memories' },
  { routes: gets('health'), why: 'use `GET /health`, or `GET /v1/namespaces/{namespace}/audit`' },
  {
    routes: ['GET /v1/export'],
    why: 'use `GET /v1/namespaces/{namespace}/export`, one namespace at a time',
  },
  {
    routes: ['DELETE /v1/account'],
    why: 'use `DELETE /v1/admin/tenants/{id}`, or `DELETE /v1/namespaces/{namespace}`',
  },
  {
    routes: ['GET /v1/status/public', 'GET /v1/metrics/public'],
    why: 'nothing but `GET /health` is public',
  },
  {
    routes: ['GET /.well-known/openapi.yaml'],
    why: 'use `GET /openapi.json`',
  },
  {
    routes: ['GET /.well-known/agent-card.json', 'GET /.well-known/mcp.json'],
    why: 'the server is no agent, and speaks HTTP alone',
  },
  {
    routes: [...posts('branch', 'branch/compare', 'merge'), ...gets('branches')],
    why: 'a namespace has one line of history; mark it with `POST /v1/memory/snapshot`',
  },
  {
    routes: ['GET /v1/memory/conflicts/{id}', 'POST /v1/memory/conflicts/{id}/resolve'],
    why: 'without branches there are no conflicts between them',
  },
  {
    routes: posts('share/create', 'share/invite', 'share/set', 'share/get', 'share/search'),
    why: 'share a namespace by a key with grants on it (`POST /v1/keys`)',
  },
  {
    routes: [
      ...gets('share/list', 'share/members/{id}', 'share/activity/{id}', 'share/{id}/retention'),
      ...posts('collaborator/invite', 'collaborator/accept'),
      ...gets('collaborators'),
      'DELETE /v1/memory/collaborator/{id}',
    ],
    why: 'share a namespace by a key with grants on it (`POST /v1/keys`)',
  },
  {
    routes: gets('access-log'),
    why: 'reads are not logged; `GET /v1/audit` tells what was changed',
  },
  {
    routes: [...posts('trigger'), ...gets('triggers'), 'DELETE /v1/memory/trigger/{id}'],
    why: 'no rules run on stored memories',
  },
  {
    routes: [...posts('episode'), ...gets('chain')],
    why: 'store turns under one key: they are a thread, in order (`GET /v1/memory?key=`)',
  },
  {
    routes: posts('bayesian/update', 'decay', 'procedure/learn', 'evolve/start', 'evolve/stop'),
    why: 'no scores are changed behind the back of who stored; PATCH `confidence` or `importance`',
  },
  {
    routes: [
      ...posts('graph-query'),
      ...slugs('graphrag/add', 'graphrag/query', 'graphrag/link'),
      'DELETE /v1/graphrag/node',
      'GET /v1/graphrag/stats',
    ],
    why: 'there is no graph to keep; entities are found by each search, and `links` are stored',
  },
  {
    routes: ['POST /v1/proof/verify', 'GET /v1/memory/proof/{key}'],
    why: 'no proof is computed, so none is claimed',
  },
  {
    routes: ['POST /v1/keys/create', 'POST /v1/auth/create-scoped-key'],
    why: 'use `POST /v1/keys` with `grants`',
  },
  { routes: ['POST /v1/auth/rotate-key'], why: 'use `POST /v1/keys/{id}/rotate`; no data is lost' },
  { routes: ['DELETE /v1/auth/keys/{key}'], why: 'use `DELETE /v1/keys/{id}`' },
  { routes: ['POST /v1/keys/set-budget'], why: 'nothing is sold here' },
  {
    routes: [
      'POST /v1/auth/cli/request',
      'POST /v1/auth/cli/token',
      'POST /v1/auth/cli/approve',
      'GET /v1/auth/cli/status',
    ],
    why: 'keys are made by `POST /v1/keys` and `reverie keys create`',
  },
  {
    routes: [
      'GET /v1/oams/spec',
      'GET /v1/oams/schema',
      'GET /v1/oams/export',
      'POST /v1/oams/validate',
      'POST /v1/oams/import/{from}',
    ],
    why: 'use `/v1/namespaces/{namespace}/export` and `/import`, which reads Mem0 and MCP files',
  },
];

/** Before the routes of one memory, whose ids would else be looked for in these paths. */
export const leftOutRoutes: readonly Mountable[] = leftOut.map(({ routes, why }) => ({
  mount: (app) => {
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ');
      app.on(method, path.replace(/\{(\w+)\}/g, ':$1'), () => {
        throw new MemoryError('route_not_found', `${route} is not offered: ${why}.`, {
          details: { left_out: true },
        });
      });
    }
  },
}));
