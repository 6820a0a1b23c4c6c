/** Gives the tests of a vector database one server: one that is named, or one from PATH. */
import { writeFileSync } from 'node:fs';
import { findService, type ServiceName, serviceVersion, startService } from './service-server.ts';

/** Vitest calls the one that is named `setup`; what it returns is called at the end. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  const backend = process.env.REVERIE_TEST_BACKEND;
  if (backend === 'pinecone') {
    const isLive = (process.env.PINECONE_API_KEY ?? '') !== '';
    tell(isLive ? 'Pinecone serverless' : 'none: no PINECONE_API_KEY');
  }
  if (backend !== 'qdrant' && backend !== 'weaviate') return undefined;
  return give(backend);
}

async function give(name: ServiceName): Promise<(() => Promise<void>) | undefined> {
  const found = findService(name);
  if ('url' in found) {
    tell(await serviceVersion(name, found.url));
    return undefined;
  }
  if ('reason' in found) {
    process.env[`REVERIE_TEST_${name.toUpperCase()}_MISSING`] = found.reason;
    tell(`none: ${found.reason}`);
    return undefined;
  }
  const server = await startService(name, found.program);
  process.env[`${name.toUpperCase()}_URL`] = server.url;
  tell(await serviceVersion(name, server.url));
  return () => server.stop();
}

/** Whoever runs the tests may want to know what they ran against. */
function tell(server: string): void {
  const file = process.env.REVERIE_TEST_SERVER_FILE;
  if (file) writeFileSync(file, server);
}
