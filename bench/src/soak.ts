/**
 * `npm run soak`: the long forms that are too slow for every change: 10,000 random sequences beside
 * a model on each backend, 100 kill -9 rounds and a store of 200,000 memories in 1,001 namespaces.
 * Writes a dated JSON file to bench/results.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { killRounds } from './kill.ts';
import { type Answer, importAll, search } from './lib/api.ts';
import { createClient, type JsonClient } from './lib/client.ts';
import { describeEnvironment, makeTempFolder, probeFsync } from './lib/environment.ts';
import { runPool } from './lib/pool.ts';
import { formatTable, type Result, round, writeResult } from './lib/results.ts';
import { startServer } from './lib/server.ts';
import { type Summary, summarize } from './lib/stats.ts';
import { coldFigures } from './load/cold.ts';
import { type Figure, figureTable, verdict } from './load/figure.ts';
import { searchFigures } from './load/search-figures.ts';
import { fill, queriesFor, turn } from './load/store.ts';

const { values: options } = parseArgs({
  options: {
    sequences: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '100' },
    large: { type: 'string', default: '100000' },
    small: { type: 'string', default: '1000' },
    json: { type: 'string' },
  },
});

const sequences = Number(options.sequences);
const rounds = Number(options.rounds);
const largeSize = Number(options.large);
const smallCount = Number(options.small);
const smallSize = 100;

/** The same test as in `npm test`, for longer; it prints the shortest sequence that disagrees. */
function sequenceFigures(): Figure[] {
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', 'tests/semantics'],
    {
      cwd: fileURLToPath(new URL('../../', import.meta.url)),
      env: { ...process.env, SEMANTICS_RUNS: String(sequences) },
      stdio: 'inherit',
    },
  );
  const what = `runs in which ${sequences} random sequences disagree with the model`;
  return [{ what, goal: 0, unit: 'found', value: status === 0 ? 0 : 1 }];
}

async function killFigures(): Promise<Figure[]> {
  const report = await killRounds({
    rounds,
    onRound: (done, acknowledged) => {
      if (done % 10 === 0) console.error(`${done} kills, ${acknowledged} acknowledged`);
    },
  });
  const lost = report.lost.length;
  const count = { goal: 0, unit: 'memories' };
  return [
    {
      ...count,
      what: `acknowledged memories lost over ${rounds} kill -9 during load`,
      value: lost,
      note: `${report.acknowledged} acknowledged, each read again by id`,
    },
    {
      ...count,
      what: 'acknowledged memories not found by search afterwards',
      value: report.notFound.length,
    },
    { ...count, what: 'writes refused while the server was up', value: report.refused.length },
    {
      what: 'restart after kill -9, p50',
      goal: null,
      value: report.restart.p50,
      unit: 'ms',
      series: report.restart,
    },
  ];
}

async function largeStoreFigures(): Promise<Figure[]> {
  const dataDir = makeTempFolder('soak');
  const figures: Figure[] = [];
  try {
    const server = await startServer({ dataDir });
    const client = createClient({ ...server, sockets: 16 });
    try {
      const perSecond = await fill(client, largeSize);
      const what = `bulk import over HTTP, to ${largeSize} memories`;
      figures.push({ what, goal: null, value: perSecond, unit: 'memories/s' });
      await runPool(smallCount, 4, (n) => importAll(client, `small-${n}`, smallItems(n)));
      figures.push(...(await searchFigures(server, largeSize, 1_000)));
      figures.push(smallFigure('first', await searchSmall(client)));
      figures.push(smallFigure('second', await searchSmall(client)));
    } finally {
      client.close();
      await server.stop();
    }
    figures.push(...(await coldFigures(dataDir, [largeSize], 5)));
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
  return figures;
}

function smallItems(namespace: number): ReturnType<typeof turn>[] {
  return Array.from({ length: smallSize }, (_, n) => turn(namespace * smallSize + n));
}

/** One search in each small namespace, by one caller. */
async function searchSmall(client: JsonClient): Promise<Summary> {
  const queries = queriesFor(smallSize * smallCount, smallCount);
  const answers: Answer[] = await runPool(smallCount, 1, (n) =>
    search(client, { query: queries[n] ?? '', namespace: `small-${n}` }),
  );
  return summarize(answers.map((answer) => answer.serverMs));
}

function smallFigure(which: string, series: Summary): Figure {
  const where = `${smallCount} namespaces of ${smallSize}`;
  return {
    what: `search inside the server, ${where}, ${which} search of each, p95`,
    goal: null,
    value: series.p95,
    unit: 'ms',
    series,
  };
}

async function main(): Promise<void> {
  const date = new Date().toISOString();
  const fsyncBefore = probeFsync();
  const figures = [...sequenceFigures(), ...(await killFigures()), ...(await largeStoreFigures())];
  const table = figureTable(figures);
  console.log(formatTable(table));
  const result: Result = {
    kind: 'soak',
    name: 'soak',
    date,
    command: 'npm run soak',
    settings: {
      'random sequences': sequences,
      'kill rounds': rounds,
      'memories in the large namespace': largeSize,
      'small namespaces': `${smallCount} of ${smallSize} memories`,
      'raw fsync before, ms': round(fsyncBefore, 3),
      'raw fsync after, ms': round(probeFsync(), 3),
    },
    environment: describeEnvironment(),
    tables: [table],
  };
  const results = fileURLToPath(new URL('../results/', import.meta.url));
  writeResult(options.json ?? `${results}soak-${date.slice(0, 10)}.json`, result);
  if (figures.some((figure) => figure.goal === 0 && verdict(figure) !== 'met')) {
    process.exitCode = 1;
  }
}

await main();
