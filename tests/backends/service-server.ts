/** A vector database of its own for a test: a program of PATH in a temporary folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { textOf } from '../../packages/server/src/backends/vector-service/read-answer.ts';

export type ServiceName = 'qdrant' | 'weaviate';

interface Form {
  readonly title: string;
  /** Names a server that runs already. */
  readonly urlVariable: string;
  /** What starts it: arguments and variables, with free ports and a folder. */
  readonly args: (ports: readonly number[]) => string[];
  readonly env: (ports: readonly number[], folder: string) => Record<string, string>;
  readonly readyPath: string;
  readonly versionPath: string;
}

const forms: Readonly<Record<ServiceName, Form>> = {
  qdrant: {
    title: 'Qdrant',
    urlVariable: 'QDRANT_URL',
    args: () => ['--disable-telemetry'],
    env: ([http, grpc], folder) => ({
      QDRANT__SERVICE__HOST: '127.0.0.1',
      QDRANT__SERVICE__HTTP_PORT: `${http}`,
      QDRANT__SERVICE__GRPC_PORT: `${grpc}`,
      QDRANT__STORAGE__STORAGE_PATH: join(folder, 'storage'),
      QDRANT__STORAGE__SNAPSHOTS_PATH: join(folder, 'snapshots'),
      QDRANT__LOG_LEVEL: 'WARN',
    }),
    readyPath: '/readyz',
    versionPath: '/',
  },
  weaviate: {
    title: 'Weaviate',
    urlVariable: 'WEAVIATE_URL',
    args: ([http]) => ['--scheme', 'http', '--host', '127.0.0.1', '--port', `${http}`],
    env: ([, grpc, gossip, data, raft, rpc], folder) => ({
      AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'true',
      PERSISTENCE_DATA_PATH: folder,
      DISABLE_TELEMETRY: 'true',
      DEFAULT_VECTORIZER_MODULE: 'none',
      CLUSTER_HOSTNAME: 'node1',
      CLUSTER_IN_LOCALHOST: 'true',
      CLUSTER_BIND_ADDR: '127.0.0.1',
      CLUSTER_ADVERTISE_ADDR: '127.0.0.1',
      GRPC_PORT: `${grpc}`,
      CLUSTER_GOSSIP_BIND_PORT: `${gossip}`,
      CLUSTER_DATA_BIND_PORT: `${data}`,
      RAFT_PORT: `${raft}`,
      RAFT_INTERNAL_RPC_PORT: `${rpc}`,
      RAFT_BOOTSTRAP_EXPECT: '1',
      RAFT_JOIN: 'node1',
      DISK_USE_READONLY_PERCENTAGE: '0',
      DISK_USE_WARNING_PERCENTAGE: '0',
      GO_PROFILING_DISABLE: 'true',
      LOG_LEVEL: 'error',
    }),
    readyPath: '/v1/.well-known/ready',
    versionPath: '/v1/meta',
  },
};
const readyMs = 60_000;

/** A server that runs already, or the program that starts one, or why there is neither. */
export function findService(
  name: ServiceName,
): { url: string } | { program: string } | { reason: string } {
  const { urlVariable, title } = forms[name];
  const url = process.env[urlVariable];
  if (url) return { url };
  const program = programOf(name);
  if (program) return { program };
  return { reason: `no ${title}: ${name} is not in PATH, and ${urlVariable} names none` };
}

/** For tests that end it: none that runs already will do. */
export function findServiceProgram(name: ServiceName): { program: string } | { reason: string } {
  const program = programOf(name);
  return program ? { program } : { reason: `${name} is not in PATH` };
}

function programOf(name: ServiceName): string | undefined {
  const found = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return found.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Started; `stop` it. `more`: further variables, as a key. */
export async function startService(
  name: ServiceName,
  program: string,
  more: Readonly<Record<string, string>> = {},
): Promise<ServiceServer> {
  const ports = await freePorts();
  const server = new ServiceServer(name, program, ports, more);
  await server.start();
  return server;
}

export async function serviceVersion(name: ServiceName, url: string): Promise<string> {
  const { title, versionPath } = forms[name];
  const answer = await (await fetch(`${url}${versionPath}`)).json();
  return `${title} ${textOf(answer, 'version') ?? 'of an unknown version'}`;
}

export class ServiceServer {
  readonly url: string;
  readonly #form: Form;
  readonly #program: string;
  readonly #ports: readonly number[];
  readonly #more: Readonly<Record<string, string>>;
  readonly #folder = mkdtempSync(join(tmpdir(), 'reverie-service-'));
  #child: ChildProcess | undefined;

  constructor(
    name: ServiceName,
    program: string,
    ports: readonly number[],
    more: Readonly<Record<string, string>>,
  ) {
    this.#form = forms[name];
    this.#program = program;
    this.#ports = ports;
    this.#more = more;
    this.url = `http://127.0.0.1:${ports[0]}`;
  }

  /** Always on the same ports, with what the disk has. */
  async start(): Promise<void> {
    const { args, env, readyPath } = this.#form;
    const own = { ...env(this.#ports, this.#folder), ...this.#more };
    const options = {
      cwd: this.#folder,
      env: { ...process.env, ...own },
      stdio: 'ignore',
    } as const;
    const child = spawn(this.#program, args(this.#ports), options);
    this.#child = child;
    const endsAt = Date.now() + readyMs;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${this.#program} ended (${child.exitCode})`);
      const answer = await fetch(`${this.url}${readyPath}`).catch(() => undefined);
      if (answer?.ok) return;
      if (Date.now() > endsAt) {
        child.kill('SIGKILL');
        throw new Error(`${this.#program} does not get ready`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  kill(): Promise<void> {
    return this.#ended('SIGKILL');
  }

  /** It stands still: connections are taken and nothing is answered. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** What it kept is gone. */
  empty(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder);
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ended(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

/** Six in a row: Weaviate reckons from one to the next. */
async function freePorts(): Promise<number[]> {
  for (;;) {
    // Below those that a system gives away by itself.
    const first = 15_000 + Math.floor(Math.random() * 15_000);
    const ports = Array.from({ length: 6 }, (_, i) => first + i);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return ports;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
