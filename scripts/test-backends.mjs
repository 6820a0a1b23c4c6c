/**
 * `npm run test:backends`: the tests that need a server of somebody else, on the real thing.
 * PostgreSQL is found in PATH or where Debian puts it, started in a temporary folder and ended
 * after; REVERIE_TEST_POSTGRES names another one by the address of its superuser. What is not there
 * is skipped, with its reason. Names of backends choose among them. `--write` writes what was found
 * into docs/backends.md.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureReady, tool } from './ensure-ready.mjs';

const page = fileURLToPath(new URL('../docs/backends.md', import.meta.url));
const config = 'tests/backends/vitest.config.ts';

/**
 * What is run, and what it is called in the table. `files`: what the paths of the tests contain;
 * without it those that the configuration chooses by `env`.
 */
const parts = [
  {
    backend: 'postgres',
    name: 'contract, wall and bad days',
    files: ['backends/postgres/', 'tests/backends/bad-days', 'tests/backends/replicas'],
    env: {},
  },
  { backend: 'postgres', name: 'HTTP', env: { REVERIE_TEST_RECORDS: 'postgres' } },
  { backend: 'pgvector', name: 'contract, index and bad days', files: ['pgvector'], env: {} },
  { backend: 'qdrant', name: 'contract, index and bad days', files: ['qdrant'], env: {} },
  { backend: 'weaviate', name: 'contract, index and bad days', files: ['weaviate'], env: {} },
  { backend: 'pinecone', name: 'contract', files: ['pinecone-live'], env: {} },
];

/** Why a backend has no server here, once that is known. */
const absent = {};
const nothing = { passed: 0, failed: 0, skipped: 0 };

ensureReady();
const folder = mkdtempSync(join(tmpdir(), 'reverie-backends-'));
const chosen = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const asked = parts.filter(({ backend }) => chosen.length === 0 || chosen.includes(backend));
const rows = asked.map((part, i) => runPart(part, i));
rmSync(folder, { recursive: true });

const sum = (field) => rows.reduce((total, row) => total + row[field], 0);
console.log(`\n${tableOf(rows).join('\n')}\n`);
if (process.argv.includes('--write')) writePage(rows);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') > 0 ? 1 : 0;

function runPart({ backend, name, env: own, files = [] }, i) {
  const env = { ...own, REVERIE_TEST_BACKEND: backend };
  const report = join(folder, `${i}.json`);
  const server = join(folder, `${i}.server`);
  Object.assign(process.env, env, { REVERIE_TEST_SERVER_FILE: server });
  const reporting = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  // Scenarios of HTTP know no backend, and so cannot skip themselves.
  if (absent[backend]) return { backend, name, server: absent[backend], ...nothing, skipped: 1 };
  const status = tool('vitest/vitest.mjs', ['run', '--config', config, ...files, ...reporting]);
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
