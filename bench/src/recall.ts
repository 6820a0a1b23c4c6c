/**
 * `npm run bench:recall -- --data FILE`: how much of what should be found is found, at turn level,
 * over HTTP, on any data file in the common format.
 */
import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { type Signals, signalNames } from './lib/api.ts';
import { createClient } from './lib/client.ts';
import { describeEnvironment, makeTempFolder } from './lib/environment.ts';
import { formatTable, type Result, round, type Table, writeResult } from './lib/results.ts';
import { startServer } from './lib/server.ts';
import { type DataSet, readDataSet } from './recall/data.ts';
import { askAll, importDataSet } from './recall/run.ts';
import { ablationTable, ablationVariants, categoryTable, timeTable } from './recall/tables.ts';

const usage = `npm run bench:recall -- --data FILE [options]
  --url URL --key KEY   a running server; its bench-* namespaces are kept (default: an own server)
  --signals a,b         only these of vector,text,entity,thread (default: the server's choice)
  --ablation            one more table with each signal switched off and alone
  --limit N             results per query, 10 to 100 (default 10)
  --json FILE           also writes the result as JSON`;

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    url: { type: 'string' },
    key: { type: 'string' },
    signals: { type: 'string' },
    ablation: { type: 'boolean', default: false },
    limit: { type: 'string', default: '10' },
    json: { type: 'string' },
  },
});

const named = options.signals?.split(',').map((name) => name.trim());

function chosenSignals(): { signals?: Signals } {
  if (named === undefined) return {};
  const on = (name: string): boolean => named.includes(name);
  return {
    signals: { vector: on('vector'), text: on('text'), entity: on('entity'), thread: on('thread') },
  };
}

async function measure(url: string, key: string, data: DataSet): Promise<Table[]> {
  const client = createClient({ url, key, sockets: 8 });
  const limit = Number(options.limit);
  // A server of the user may hold an earlier run: appended twice, every turn would be there twice.
  const prefix = `bench-${data.name}${options.url === undefined ? '' : `-${Date.now()}`}`;
  const signals = chosenSignals();
  const isLocomo = data.name.startsWith('locomo');
  try {
    const startedAt = performance.now();
    const stored = await importDataSet(client, data, prefix);
    const seconds = (performance.now() - startedAt) / 1000;
    console.error(`stored ${stored} memories in ${seconds.toFixed(1)} s`);
    const scored = await askAll(client, data, { prefix, limit, ...signals });
    const imported: Table = {
      title: 'Import',
      columns: ['memories', 'seconds', 'memories/s'],
      rows: [[stored, round(seconds, 2), round(stored / seconds, 0)]],
    };
    const tables = [categoryTable(data.name, scored, isLocomo), timeTable(scored), imported];
    if (options.ablation) {
      const runs = [];
      for (const variant of ablationVariants()) {
        const ran = await askAll(client, data, { prefix, limit, signals: variant.signals });
        runs.push({ name: variant.name, scored: ran });
      }
      tables.push(ablationTable(runs, isLocomo));
    }
    return tables;
  } finally {
    client.close();
  }
}

async function measureOwnServer(data: DataSet): Promise<Table[]> {
  const dataDir = makeTempFolder('recall');
  try {
    const server = await startServer({ dataDir });
    try {
      return await measure(server.url, server.key, data);
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function command(file: string): string {
  const signals = options.signals === undefined ? '' : ` --signals ${options.signals}`;
  const rest = `${signals}${options.ablation ? ' --ablation' : ''}`;
  const limit = options.limit === '10' ? '' : ` --limit ${options.limit}`;
  return `npm run bench:recall -- --data ${basename(file)}${rest}${limit}`;
}

async function main(): Promise<void> {
  const limit = Number(options.limit);
  const badLimit = !Number.isInteger(limit) || limit < 10 || limit > 100;
  const halfServer = (options.url === undefined) !== (options.key === undefined);
  const badSignal = named?.some((name) => !signalNames.some((known) => known === name)) ?? false;
  if (options.data === undefined || badLimit || halfServer || badSignal) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  const data = readDataSet(options.data);
  const tables =
    options.url === undefined || options.key === undefined
      ? await measureOwnServer(data)
      : await measure(options.url, options.key, data);
  const { withoutGold, unknownGold, unreadDates, emptyDocuments } = data;
  for (const table of tables) console.log(`${formatTable(table)}\n`);
  console.log(
    `left out: ${withoutGold} queries without gold, ${unknownGold} gold ids that name no ` +
      `document, ${emptyDocuments} documents without text; ${unreadDates} dates could not be read`,
  );
  if (options.json === undefined) return;
  const result: Result = {
    kind: 'recall',
    name: data.name,
    date: new Date().toISOString(),
    command: command(options.data),
    settings: {
      groups: data.groups.length,
      limit,
      signals: options.signals ?? 'default',
      'queries without gold, left out': withoutGold,
      'gold ids without a document, left out': unknownGold,
      'documents without text, left out': emptyDocuments,
    },
    environment: describeEnvironment(),
    tables,
  };
  writeResult(options.json, result);
}

await main();
