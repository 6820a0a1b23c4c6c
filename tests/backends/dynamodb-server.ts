/** A DynamoDB Local of its own for a test: fetched by Maven, on a free port, ended after. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from '../source-files.ts';
import { freePort } from './free-port.ts';

const own = join(root, 'tests/backends/dynamodb');
/** Fetched once; nothing of it is part of the project. */
const jars = join(root, 'node_modules/.cache/reverie/dynamodb-local');
const fetchedWithinMs = 5 * 60_000;
const startedWithinMs = 60_000;

/** Where the jars are, or why they are not to be had. Fetches them the first time. */
export function findDynamo(): { jars: string } | { reason: string } {
  if (!isInPath('java')) return { reason: 'Java is not installed (apt-get install default-jdk)' };
  if (versionOfDynamo() !== undefined) return { jars };
  if (!isInPath('mvn')) return { reason: 'Maven is not installed (apt-get install maven)' };
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${jars}`];
  const args = ['-q', '-B', '-f', join(own, 'pom.xml'), ...goal, '-DincludeScope=runtime'];
  try {
    execFileSync('mvn', args, { stdio: 'ignore', timeout: fetchedWithinMs });
  } catch {
    rmSync(jars, { recursive: true, force: true });
    return { reason: 'Maven cannot fetch DynamoDB Local' };
  }
  return { jars };
}

/** As the table of docs/backends.md names it. */
export function versionOfDynamo(): string | undefined {
  const files = existsSync(jars) ? readdirSync(jars) : [];
  const [found] = files.flatMap((name) => /^DynamoDBLocal-([\d.]+)\.jar$/.exec(name)?.[1] ?? []);
  return found && `DynamoDB Local ${found}`;
}

function isInPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((at) => existsSync(join(at, program)));
}

export async function startDynamo(): Promise<DynamoServer> {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-dynamodb-'));
  const server = new DynamoServer(folder, await freePort());
  await server.start();
  return server;
}

export class DynamoServer {
  readonly url: string;
  readonly port: number;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Always on the same port, with what the disk has. */
  async start(): Promise<void> {
    const small = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
    const library = `-Dsqlite4java.library.path=${jars}`;
    const program = ['-cp', join(jars, '*'), join(own, 'loopback.java')];
    const settings = ['-port', `${this.port}`, '-dbPath', this.#folder];
    const args = [...small, library, ...program, ...settings, '-sharedDb', '-disableTelemetry'];
    const child = spawn('java', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('it is slow to start')), startedWithinMs);
      child.once('exit', () => reject(new Error('DynamoDB Local has ended')));
      child.stdout.on('data', (part) => {
        if (!String(part).includes('listening')) return;
        clearTimeout(late);
        resolve();
      });
    });
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
}
