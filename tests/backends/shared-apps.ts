/** Two servers of one store, as they stand behind a load balancer, in this process. */
import { makeTestDatabase } from '../../packages/server/src/backends/postgres/test-database.ts';
import { openApp, type RunningApp } from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { rootKey } from '../http/scenario.ts';

export interface SharedStore {
  /** One more server on the store. */
  open(env?: Record<string, string>): Promise<RunningApp>;
  close(): Promise<void>;
}

/** In PostgreSQL; `env`: of all its servers. */
export async function makeSharedStore(env: Record<string, string>): Promise<SharedStore> {
  const database = await makeTestDatabase();
  const opened: RunningApp[] = [];
  return {
    async open(more = {}) {
      const app = await openApp(
        loadSettings({
          REVERIE_RECORDS: 'postgres',
          REVERIE_POSTGRES_URL: database.url,
          REVERIE_ROOT_KEY: rootKey,
          REVERIE_LOG_LEVEL: 'silent',
          // A machine that runs tests may stand still for longer than one that serves.
          REVERIE_REDIS_TIMEOUT_MS: '2000',
          ...env,
          ...more,
        }),
      );
      opened.push(app);
      return app;
    },
    async close() {
      for (const app of opened) await app.close();
      await database.remove();
    },
  };
}

/** A request as the HTTP server hands it over: with an address, and a key perhaps. */
export async function ask(
  app: RunningApp | undefined,
  path: string,
  { key, body, address }: { key?: string; body?: object; address?: string } = {},
) {
  if (!app) throw new Error('there is an app');
  const request = new Request(`http://reverie.test${path}`, {
    method: body ? 'POST' : 'GET',
    headers: key === undefined ? {} : { Authorization: `Bearer ${key}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  const socket = address === undefined ? {} : { incoming: { socket: { remoteAddress: address } } };
  const response = await app.fetch(request, socket);
  return {
    status: response.status,
    headers: response.headers,
    json: JSON.parse(await response.text()),
  };
}
