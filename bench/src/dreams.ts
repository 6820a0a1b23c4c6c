/**
 * `npm run bench:dreams -- --data FILE`: what `compress` saves of a conversation, and what a search
 * still finds through the summaries, over HTTP: planned, applied, and asked before and after.
 */
import { existsSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { compressTables } from './dreams/compress-tables.ts';
import { measureCompress } from './dreams/measure-compress.ts';
import { createClient } from './lib/client.ts';
import { describeEnvironment, makeTempFolder } from './lib/environment.ts';
import { describeFailure } from './lib/failure.ts';
import { formatTable, type Result, writeResult } from './lib/results.ts';
import { startServer } from './lib/server.ts';
import { loadDataSet } from './recall/load-data.ts';

const usage = `npm run bench:dreams -- --data FILE [--json FILE]
  --data FILE   conversations in a format of bench:recall; they are not part of the repository
  --json FILE   also writes the result as JSON`;

/** The newest sessions of each conversation, which compress leaves alone. */
const sessionsKept = 5;

async function main(file: string, json: string | undefined): Promise<void> {
  const data = loadDataSet(file, 'auto');
  const dataDir = makeTempFolder('dreams');
  try {
    const server = await startServer({ dataDir });
    const client = createClient({ url: server.url, key: server.key, sockets: 8 });
    try {
      const measured = await measureCompress(client, data, sessionsKept);
      const result: Result = {
        kind: 'dreams',
        name: `compress, ${data.name}`,
        date: new Date().toISOString(),
        command: `npm run bench:dreams -- --data ${basename(file)}`,
        settings: { groups: data.counts.groups, limit: 10, 'newest sessions kept': sessionsKept },
        environment: describeEnvironment(),
        tables: compressTables(measured),
      };
      for (const table of result.tables) console.log(`${formatTable(table)}\n`);
      if (json !== undefined) writeResult(json, result);
    } finally {
      client.close();
      await server.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

try {
  const options = { data: { type: 'string' }, json: { type: 'string' } } as const;
  const { data, json } = parseArgs({ options }).values;
  if (data === undefined) throw new Error('name a data file with --data');
  if (!existsSync(data)) throw new Error(`there is no file ${data}`);
  await main(data, json);
} catch (error) {
  console.error(`${describeFailure(error)}\n\n${usage}`);
  process.exitCode = 2;
}
