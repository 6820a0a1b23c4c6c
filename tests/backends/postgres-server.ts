/** A PostgreSQL of its own for a test: made in a temporary folder, on a free port, ended after. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';

const password = 'a test needs no secret';

export interface Programs {
  /** The folder of `postgres` and `initdb`. */
  readonly bin: string;
  /** What a user who may not come to where they are needs to have copied; absent: nothing. */
  readonly home?: string;
}

/** Where the programs are, or why they are not to be had; with the files of an extension. */
export function findPostgres(extension?: string): Programs | { reason: string } {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => +b - +a) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
  const found = folders.filter(
    (at) => existsSync(join(at, 'initdb')) && existsSync(join(at, 'postgres')),
  );
  const bin = found.find((at) => extension === undefined || hasExtension(at, extension));
  if (found.length === 0)
    return { reason: 'PostgreSQL is not installed (apt-get install postgresql)' };
  if (bin === undefined) return { reason: `no PostgreSQL here has the extension ${extension}` };
  if (process.getuid?.() === 0 && !plainUser())
    return { reason: 'it does not run as root, and there is no other user' };
  return { bin };
}

/** Where a build of its own, and Debian, keep the files of extensions. */
function hasExtension(bin: string, name: string): boolean {
  const version = /postgresql\/(\d+)\/bin$/.exec(bin)?.[1];
  const folders = [
    join(bin, '../share/postgresql/extension'),
    join(bin, '../share/extension'),
    ...(version ? [`/usr/share/postgresql/${version}/extension`] : []),
  ];
  return folders.some((folder) => existsSync(join(folder, `${name}.control`)));
}

/** PostgreSQL refuses to run as root. */
function plainUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found =
    lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody');
  return found && { uid: Number(found[2]), gid: Number(found[3]) };
}

/** Made and started; `stop` it. */
export async function startPostgres(programs: Programs): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-postgres-'));
  const user = plainUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const bin = user ? reachable(programs, folder) : programs.bin;
  const words = join(folder, 'password');
  writeFileSync(words, password, { mode: 0o644 });
  const made = ['-D', join(folder, 'data'), '-U', 'postgres', '-A', 'scram-sha-256', '-E', 'UTF8'];
  const quick = ['--locale=C', `--pwfile=${words}`, '--no-sync'];
  const options = { ...user, cwd: folder, stdio: 'ignore' } as const;
  execFileSync(join(bin, 'initdb'), [...made, ...quick], options);
  const server = new PostgresServer(bin, folder, await freePort());
  await server.start();
  return server;
}

function reachable({ bin, home }: Programs, folder: string): string {
  if (home === undefined) return bin;
  const own = join(folder, 'programs');
  cpSync(home, own, { recursive: true });
  return join(own, relative(home, bin));
}

export class PostgresServer {
  /** Of its superuser; the database is `postgres`. */
  readonly url: string;
  readonly #bin: string;
  readonly #folder: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  constructor(bin: string, folder: string, port: number) {
    this.#bin = bin;
    this.#folder = folder;
    this.#port = port;
    this.url = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  }

  /** Always on the same port, with what the disk has. */
  async start(): Promise<void> {
    const own = ['-D', join(this.#folder, 'data'), '-p', `${this.#port}`];
    const local = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
    const options = { ...plainUser(), cwd: this.#folder, stdio: 'ignore' } as const;
    this.#child = spawn(join(this.#bin, 'postgres'), [...own, ...local], options);
    for (let tries = 0; ; tries++) {
      try {
        await ask(this.url, 'SELECT 1');
        return;
      } catch (error) {
        if (tries === 600) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** As a power cut would end it: every process of it at once. */
  kill(): Promise<void> {
    return this.#ended(() => this.#signalAll('SIGKILL'));
  }

  /** Everything of it stands still. */
  pause(): void {
    this.#signalAll('SIGSTOP');
  }

  resume(): void {
    this.#signalAll('SIGCONT');
  }

  async stop(): Promise<void> {
    this.resume();
    await this.#ended(() => this.#child?.kill('SIGINT'));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ended(signal: () => void): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    signal();
    await exited;
  }

  #signalAll(signal: NodeJS.Signals): void {
    for (const pid of processesOf(this.#child?.pid)) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has just ended.
      }
    }
  }
}

/** PostgreSQL's processes lead groups of their own, so its children are looked up. */
function processesOf(main: number | undefined): number[] {
  if (main === undefined) return [];
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const children = numbers.filter((name) => {
    try {
      const [, rest = ''] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ');
      return rest.split(' ')[1] === `${main}`;
    } catch {
      return false;
    }
  });
  return [main, ...children.map(Number)];
}

/** One statement over a connection of its own. */
export async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}
