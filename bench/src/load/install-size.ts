/** How much disk the production dependencies take: installed afresh, without development ones. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTempFolder } from '../lib/environment.ts';
import { type Figure, skipped } from './figure.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const what = 'production node_modules';
const goalMb = 120;

/** Installs into a temporary folder; a named skip when the registry is not reached. */
export function installSize(): Figure {
  const folder = makeTempFolder('install');
  try {
    for (const file of manifests()) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(join(root, file), join(folder, file));
    }
    const how = ['ci', 'install'].find((command) => install(folder, command) === undefined);
    if (how === undefined) {
      return skipped(what, goalMb, 'MB', `npm did not install (${install(folder, 'ci')})`);
    }
    const value = sizeOf(join(folder, 'node_modules')) / 1e6;
    return { what, goal: goalMb, value, unit: 'MB', note: `npm ${how} --omit=dev` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Why npm could not install, or undefined when it did. */
function install(folder: string, command: string): string | undefined {
  const ran = spawnSync('npm', [command, '--omit=dev', '--no-audit', '--no-fund'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 180_000,
    shell: process.platform === 'win32',
  });
  if (ran.status === 0) return undefined;
  return ran.stderr?.split('\n').find((line) => line.includes('npm error')) ?? 'no npm';
}

/** Lock file, settings and every workspace's package.json, relative to the root. */
function manifests(): string[] {
  const workspaces = ['packages', 'apps', 'tests'].flatMap((parent) =>
    folders(parent).map((name) => join(parent, name, 'package.json')),
  );
  const own = ['package.json', 'package-lock.json', '.npmrc', 'bench/package.json'];
  return [...own, ...workspaces].filter((file) => existsSync(join(root, file)));
}

function folders(parent: string): string[] {
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

/** Bytes of the files below a folder; links to workspaces are not followed. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0);
}
