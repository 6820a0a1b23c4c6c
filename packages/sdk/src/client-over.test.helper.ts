/** A client over a real HTTP server that answers what the test wants. */
import { onTestFinished } from 'vitest';
import { createClient } from './client.ts';
import { type Reply, startServer } from './fixtures.ts';

/** The server is closed when the test that asks for it is over. */
export async function clientOver(...replies: Reply[]) {
  const server = await startServer(...replies);
  onTestFinished(() => server.close());
  const client = createClient({ baseUrl: `${server.url}/v1/`, apiKey: 'k', namespace: 'user-42' });
  return { client, seen: server.seen };
}
