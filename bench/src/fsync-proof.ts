/**
 * `node bench/dist/fsync-proof.js`: proves by counting system calls that an acknowledged write is
 * on disk (at least one fsync per write of one caller) and that writers who wait together share
 * fsyncs (fewer than writes). A setting that says FULL is no proof: one popular SQLite build said
 * so and issued 6 fsyncs for 200 commits.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type JsonClient } from './lib/client.ts';
import { makeTempFolder } from './lib/environment.ts';
import { runPool } from './lib/pool.ts';
import { startServer } from './lib/server.ts';
import { countFsyncs, recordedFsync, straceMissing } from './lib/strace.ts';
import { createTextSource } from './load/text-source.ts';

const writes = 50;
const texts = createTextSource(5);

async function write(client: JsonClient, n: number): Promise<void> {
  const reply = await client.send('POST', '/v1/memory-set', { value: texts.text(n) });
  if (reply.status >= 300) throw new Error(`memory-set answered ${reply.status}`);
}

async function prove(): Promise<boolean> {
  const dataDir = makeTempFolder('fsync-proof');
  const log = join(dataDir, 'strace.txt');
  const server = await startServer({ dataDir: join(dataDir, 'data'), under: recordedFsync(log) });
  const client = createClient(server);
  try {
    await write(client, 0);
    const before = countFsyncs(log);
    for (let n = 1; n <= writes; n += 1) await write(client, n);
    const alone = countFsyncs(log) - before;
    await runPool(writes * 8, 16, (n) => write(client, 1_000 + n));
    const together = countFsyncs(log) - before - alone;
    console.log(`one writer: ${alone} fsyncs for ${writes} acknowledged writes`);
    console.log(`16 writers: ${together} fsyncs for ${writes * 8} acknowledged writes`);
    return alone >= writes && together > 0 && together < writes * 8;
  } finally {
    client.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const missing = straceMissing();
if (missing !== undefined) {
  console.log(`skipped fsync count: ${missing}`);
  console.log('0 passed, 0 failed, 1 skipped');
} else {
  const good = await prove();
  console.log(good ? '1 passed, 0 failed' : '0 passed, 1 failed');
  process.exitCode = good ? 0 : 1;
}
