/** Gives every test file one PostgreSQL: the one that is named, or one that is started here. */
import { writeFileSync } from 'node:fs';
import { ask, findPostgres, startPostgres } from './postgres-server.ts';

/** Vitest calls the one that is named `setup`; what it returns is called at the end. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if ((process.env.REVERIE_TEST_BACKEND ?? 'postgres') !== 'postgres') return undefined;
  const named = process.env.REVERIE_TEST_POSTGRES;
  if (named) {
    tell(await versionOf(named));
    return undefined;
  }
  const found = findPostgres();
  if ('reason' in found) {
    process.env.REVERIE_TEST_POSTGRES_MISSING = found.reason;
    tell(`none: ${found.reason}`);
    return undefined;
  }
  const server = await startPostgres(found.bin);
  process.env.REVERIE_TEST_POSTGRES = server.url;
  tell(await versionOf(server.url));
  return () => server.stop();
}

async function versionOf(url: string): Promise<string> {
  const [row] = await ask(url, "SELECT current_setting('server_version') AS version");
  return `PostgreSQL ${String(row?.version).split(' ')[0]}`;
}

/** Whoever runs the tests may want to know what they ran against. */
function tell(server: string): void {
  const file = process.env.REVERIE_TEST_SERVER_FILE;
  if (file) writeFileSync(file, server);
}
