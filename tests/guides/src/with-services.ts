/** Gives a test the real server on an empty folder and the model stand-in, and ends both. */
import { rmSync } from 'node:fs';
import { makeTempFolder } from '@reverie/bench/lib/environment';
import { type ServerProcess, startServer } from '@reverie/bench/lib/server';
import { type ModelStandIn, startModelStandIn } from './model-stand-in.ts';

/** Runs `work` between start and stop, whatever it throws. */
export async function withServices<T>(
  work: (services: { server: ServerProcess; models: ModelStandIn }) => Promise<T>,
): Promise<T> {
  const dataDir = makeTempFolder('guides');
  const models = await startModelStandIn();
  try {
    const server = await startServer({ dataDir });
    try {
      return await work({ server, models });
    } finally {
      await server.stop();
    }
  } finally {
    await models.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
