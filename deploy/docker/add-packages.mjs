/**
 * `node deploy/docker/add-packages.mjs all|none|"pg @ai-sdk/openai"`: installs optional packages of
 * the server in the versions of the lockfile. "all" are those that it has; what it leaves out on
 * purpose, as it is too large for every checkout, is not among them.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { packages: locked } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const { peerDependenciesMeta } = JSON.parse(readFileSync('packages/server/package.json', 'utf8'));
const known = Object.keys(peerDependenciesMeta).filter((name) => locked[`node_modules/${name}`]);
const asked = (process.argv[2] ?? 'all').split(/[\s,]+/).filter(Boolean);
const names = asked[0] === 'all' ? known : asked[0] === 'none' ? [] : asked;

const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`OPTIONAL_PACKAGES: ${unknown.join(', ')} cannot be added by this build.\n`);
  process.stderr.write(`There are: ${known.join(', ')}\n`);
  process.exit(1);
}
if (names.length > 0) {
  const exact = names.map((name) => `${name}@${locked[`node_modules/${name}`].version}`);
  const args = ['install', '--no-save', '--omit=dev', '--workspaces=false', ...exact];
  const { status } = spawnSync('npm', args, { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
