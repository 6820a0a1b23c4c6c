/** Runs an image as an engine would: a root that is read only, PID 1, a user without rights. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Image } from './build-image.ts';

/** Where the base image has Node. */
const nodeFolder = '/nodejs/bin';
/** Of the machine, in place of the base image. */
const lent = ['/usr', '/lib', '/lib64', '/bin', '/dev'];

const script = `
set -e
root=$1; shift
mount --make-rprivate /
mount --bind "$root" "$root"
for path in ${lent.join(' ')}; do
  if [ -d "$root$path" ] && [ ! -L "$root$path" ]; then
    mount --rbind "$path" "$root$path"
  fi
done
mount --bind "$1" "$root${nodeFolder}/node"; shift
mount -t proc proc "$root/proc"
while [ "$1" != -- ]; do mount --bind "$root$1" "$root$1"; shift; done
shift
mount -o remount,bind,ro "$root/usr"
mount -o remount,bind,ro "$root"
exec chroot "$root" "$@"
`;

const isolated = ['--mount', '--pid', '--fork', '--kill-child=SIGKILL'];

/** Why no container can be made here; undefined where one can. */
export function whyNotContained(): string | undefined {
  if (process.platform !== 'linux') return 'this needs Linux';
  if (process.getuid?.() !== 0) return 'making a container needs root';
  const trial = ['sh', '-c', 'mount --make-rprivate / && chroot / setpriv --version'];
  const { status, stderr, error } = spawnSync('unshare', [...isolated, ...trial], {
    encoding: 'utf8',
  });
  if (status === 0) return undefined;
  return `unshare, mount and setpriv are needed (${`${stderr ?? error}`.trim().slice(0, 80)})`;
}

export interface Container {
  readonly process: ChildProcess;
  /** Of the process that is 1 inside. */
  pid(): number;
}

/** `command` stands in place of CMD, or of ENTRYPOINT too where it is one of node. */
export function startContainer(
  image: Image,
  command: readonly string[] = image.cmd,
  settings: Readonly<Record<string, string>> = {},
): Container {
  makeRoom(image.root);
  const [user = '0', group = user] = image.user.split(':');
  const env = Object.entries({ ...image.env, ...settings }).map((pair) => pair.join('='));
  const rights = ['--clear-groups', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'];
  const args = [
    ...['sh', '-c', script, 'contain', image.root, process.execPath, ...image.volumes, '--'],
    ...['/usr/bin/setpriv', `--reuid=${user}`, `--regid=${group}`, ...rights],
    ...['/usr/bin/env', '-i', '-C', image.workdir, ...env],
    ...(command[0] === 'node' ? command : [...image.entrypoint, ...command]),
  ];
  const child = spawn('unshare', [...isolated, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  return { process: child, pid: () => onlyChildOf(child.pid ?? 0) };
}

/** Runs to the end. */
export async function runContainer(
  ...[image, command, settings]: Parameters<typeof startContainer>
): Promise<{ status: number | null; output: string }> {
  const { process: child } = startContainer(image, command, settings);
  const ended = once(child, 'close');
  const parts = [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : ''));
  const output = (await Promise.all(parts)).join('');
  await ended;
  return { status: child.exitCode, output };
}

/** Folders to mount on; where the machine has links, links. */
function makeRoom(root: string): void {
  for (const path of ['/proc', nodeFolder]) mkdirSync(join(root, path), { recursive: true });
  spawnSync('touch', [join(root, nodeFolder, 'node')]);
  for (const path of lent.filter((each) => existsSync(each))) {
    if (lstatSync(join(root, path), { throwIfNoEntry: false })) continue;
    if (lstatSync(path).isSymbolicLink()) symlinkSync(readlinkSync(path), join(root, path));
    else mkdirSync(join(root, path));
  }
}

function onlyChildOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}
