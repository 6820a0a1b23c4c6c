/**
 * `node scripts/test-guides.mjs --python`: runs the Python samples of the guides with their real
 * clients in `.venv`. A missing Python or package index is a named skip, never a silent pass.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const venv = `${root}.venv`;
const python = process.platform === 'win32' ? `${venv}/Scripts/python.exe` : `${venv}/bin/python`;
const requirements = `${root}tests/guides/requirements.txt`;
const stamp = `${venv}/guides-requirements.txt`;

function run(command, args, stdio = 'pipe') {
  return spawnSync(command, args, { cwd: root, stdio, encoding: 'utf8', timeout: 240_000 });
}

/** Makes or reuses the environment; returns why it could not. */
function prepare() {
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined;
  const found = run('python3', ['--version']);
  if (found.status !== 0) return 'python3 is not installed';
  rmSync(venv, { recursive: true, force: true });
  const made = run('python3', ['-m', 'venv', venv]);
  if (made.status !== 0) return `python3 -m venv does not work here (${lastLine(made)})`;
  const args = ['-m', 'pip', 'install', '--disable-pip-version-check', '-q', '-r', requirements];
  const installed = run(python, args);
  if (installed.status !== 0) return `the package index was not reached (${lastLine(installed)})`;
  writeFileSync(stamp, wanted);
  return undefined;
}

function lastLine(result) {
  return `${result.stderr ?? ''}${result.error ?? ''}`.trim().split('\n').at(-1);
}

if (!process.argv.includes('--python')) {
  console.error('usage: node scripts/test-guides.mjs --python (the Node samples run in npm test)');
  process.exit(2);
}
const reason = prepare();
if (reason !== undefined) {
  console.log(`skipped Python guide samples: ${reason}`);
  console.log('0 passed, 0 failed, 2 skipped');
  process.exit(0);
}
const built = run(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], 'inherit');
if (built.status !== 0) process.exit(1);
const ran = run(process.execPath, ['tests/guides/dist/python-samples.js', python], 'inherit');
process.exit(ran.status ?? 1);
