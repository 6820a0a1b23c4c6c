/** A client over a real HTTP server that answers what the test wants. */
import { afterEach } from 'vitest';
import { createClient } from './client.ts';
import { type Reply, startServer, type TestServer } from './fixtures.ts';

let server: TestServer | undefined;
afterEach(() => server?.close());

export async function clientOver(...replies: Reply[]) {
  server = await startServer(...replies);
  const client = createClient({ baseUrl: `${server.url}/v1/`, apiKey: 'k', namespace: 'user-42' });
  return { client, seen: server.seen };
}
