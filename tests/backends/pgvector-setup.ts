/** Gives every test file one PostgreSQL with pgvector: one that is named, or one from here. */
import { writeFileSync } from 'node:fs';
import { findPgvector } from './pgvector-server.ts';
import { ask, startPostgres } from './postgres-server.ts';

/** Vitest calls the one that is named `setup`; what it returns is called at the end. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  const backend = process.env.REVERIE_TEST_BACKEND;
  if ((backend ?? 'pgvector') !== 'pgvector') return undefined;
  const tell = (server: string): void => {
    const file = process.env.REVERIE_TEST_SERVER_FILE;
    if (file && backend === 'pgvector') writeFileSync(file, server);
  };
  const named = process.env.REVERIE_TEST_PGVECTOR;
  if (named) {
    tell(await versionOf(named));
    return undefined;
  }
  const found = findPgvector();
  if ('reason' in found) {
    process.env.REVERIE_TEST_PGVECTOR_MISSING = found.reason;
    tell(`none: ${found.reason}`);
    return undefined;
  }
  const server = await startPostgres(found);
  process.env.REVERIE_TEST_PGVECTOR = server.url;
  tell(await versionOf(server.url));
  return () => server.stop();
}

async function versionOf(url: string): Promise<string> {
  const [row] = await ask(
    url,
    `SELECT current_setting('server_version') AS server, default_version AS vector
    FROM pg_available_extensions WHERE name = 'vector'`,
  );
  return `PostgreSQL ${String(row?.server).split(' ')[0]}, pgvector ${row?.vector}`;
}
