/**
 * What `npm start` and `npm test` share: packages installed, sources built, and nothing done when
 * nothing changed. Written without dependencies: it runs before there are any.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);

/** Oldest Node that is tested; package.json says the same. */
const nodeMin = [20, 19];

/** Installs and builds what is missing or outdated; ends the process when that fails. */
export function ensureReady() {
  refuseOldNode();
  if (!isInstalled()) {
    say('Installing packages...');
    npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
    writeFileSync(at('node_modules/.reverie-installed'), lockHash());
  }
  const sources = fingerprint();
  const isBuilt = existsSync(at('packages/server/dist/cli/main.js'));
  if (!isBuilt || read('node_modules/.reverie-built') !== sources) {
    say('Building...');
    run(process.execPath, [at('node_modules/typescript/bin/tsc'), '-b']);
    writeFileSync(at('node_modules/.reverie-built'), sources);
  }
}

/** Runs a package's command with this Node; resolves to its exit code. */
export function tool(path, args) {
  const { status } = spawnSync(process.execPath, [at('node_modules', path), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  return status ?? 1;
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1])) return;
  const needed = nodeMin.join('.');
  say(`Reverie needs Node ${needed} or newer, and this is Node ${process.versions.node}.`);
  say('https://nodejs.org has a newer one.');
  process.exit(1);
}

/** By our own stamp, or by npm's when somebody ran npm by hand. */
function isInstalled() {
  const stamp = read('node_modules/.reverie-installed');
  if (stamp !== undefined) return stamp === lockHash();
  const theirs = at('node_modules/.package-lock.json');
  return (
    existsSync(theirs) && statSync(theirs).mtimeMs >= statSync(at('package-lock.json')).mtimeMs
  );
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex');
}

/** Names, times and sizes of all that the build reads. */
function fingerprint() {
  const hash = createHash('sha256').update(lockHash());
  const note = (path) => {
    const { mtimeMs, size } = statSync(at(path));
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  };
  for (const name of readdirSync(root).sort()) if (/^tsconfig.*\.json$/.test(name)) note(name);
  for (const folder of ['packages', 'bench', 'tests']) {
    for (const path of filesUnder(folder)) {
      if (/\.ts$|(^|[\\/])(tsconfig|package)\.json$/.test(path)) note(path);
    }
  }
  return hash.digest('hex');
}

function filesUnder(folder) {
  const found = [];
  const entries = existsSync(at(folder)) ? readdirSync(at(folder), { withFileTypes: true }) : [];
  for (const entry of entries) {
    if (entry.name === 'dist' || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...filesUnder(path));
    else found.push(path);
  }
  return found.sort();
}

/** The npm that runs this script, else the one in the path. */
function npm(args) {
  const { npm_execpath: script } = process.env;
  if (script !== undefined && /\.[cm]?js$/.test(script)) run(process.execPath, [script, ...args]);
  else run('npm', args, { shell: process.platform === 'win32' });
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (status === 0) return;
  say(error === undefined ? `That failed: ${args.join(' ')}` : `That failed: ${error.message}`);
  process.exit(status || 1);
}

function read(path) {
  try {
    return readFileSync(at(path), 'utf8');
  } catch {
    return undefined;
  }
}

/** On standard error: standard output belongs to the command that follows. */
function say(line) {
  process.stderr.write(`${line}\n`);
}
