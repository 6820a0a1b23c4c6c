/** A Redis of its own for a test: on a free port, with nothing on disk, ended after. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createClient } from '@redis/client';
import { freePort } from './free-port.ts';

const password = 'a test needs no secret';

/** Where the program is, or why it is not to be had. */
export function findRedis(): { program: string } | { reason: string } {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  const program = folders.map((at) => join(at, 'redis-server')).find(existsSync);
  return program ? { program } : { reason: 'Redis is not installed (apt-get install redis)' };
}

/** Started; `stop` it. `more`: arguments of redis-server. */
export async function startRedis(program: string, more: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-redis-'));
  const server = new RedisServer(program, folder, await freePort(), more);
  await server.start();
  return server;
}

export class RedisServer {
  readonly url: string;
  readonly port: number;
  readonly #program: string;
  readonly #folder: string;
  readonly #more: readonly string[];
  #child: ChildProcess | undefined;

  constructor(program: string, folder: string, port: number, more: readonly string[]) {
    this.#program = program;
    this.#folder = folder;
    this.#more = more;
    this.port = port;
    this.url = `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`;
  }

  /** Always on the same port, and empty. */
  async start(): Promise<void> {
    const own = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--requirepass', password];
    const nothingKept = ['--save', '', '--appendonly', 'no', '--dir', this.#folder];
    const args = [...own, ...nothingKept, ...this.#more];
    this.#child = spawn(this.#program, args, { stdio: 'ignore' });
    for (let tries = 0; ; tries++) {
      try {
        await this.ask(['PING']);
        return;
      } catch (error) {
        if (tries === 600) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** As a power cut would end it. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** One command over a connection of its own. */
  ask(args: readonly string[]): Promise<unknown> {
    return askRedis(this.url, args);
  }
}

/** As the table of docs/backends.md names it. */
export async function versionOfRedis(url: string): Promise<string> {
  const info = String(await askRedis(url, ['INFO', 'server']));
  return `Redis ${/redis_version:(\S+)/.exec(info)?.[1] ?? 'of an unknown version'}`;
}

async function askRedis(url: string, args: readonly string[]): Promise<unknown> {
  const socket = { connectTimeout: 5_000, reconnectStrategy: false } as const;
  const client = createClient({ url, RESP: 2, socket });
  client.on('error', () => {});
  try {
    await client.connect();
    return await client.sendCommand([...args]);
  } finally {
    if (client.isOpen) client.destroy();
  }
}
