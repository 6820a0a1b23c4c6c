/** Starts the real server as a child process on a folder, and ends it in the ways a test needs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { field } from './json.ts';

export interface ServerOptions {
  readonly dataDir: string;
  /** Absent: a new random root key. */
  readonly key?: string;
  /** Arguments for node before the entry, for example --import and a hook file. */
  readonly nodeArgs?: readonly string[];
  /** A command to run node under, for example strace and its arguments. */
  readonly under?: readonly string[];
  readonly readyTimeoutMs?: number;
  /** Settings of the server beside those that every benchmark has. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface ServerProcess {
  readonly url: string;
  readonly key: string;
  /** From spawn to the line that says it listens, milliseconds. */
  readonly startMs: number;
  /** performance.now() at spawn. */
  readonly spawnedAt: number;
  /** Sends a message to a hook in the child and waits for the answer of the same name. */
  ask(name: string): Promise<unknown>;
  /** SIGKILL, as a power cut for the process; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, then SIGKILL after ten seconds; resolves when it is gone. */
  stop(): Promise<void>;
}

// The same depth from src (vitest) and from dist.
const entry = fileURLToPath(new URL('../../../packages/server/dist/cli/main.js', import.meta.url));
const readyLine = /http:\/\/127\.0\.0\.1:\d+/;

/** Starts a server on any free port. Throws with its output when it ends or stays silent. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const key = options.key ?? `sk-bench-${randomBytes(24).toString('hex')}`;
  const command = [...(options.under ?? []), process.execPath, ...(options.nodeArgs ?? [])];
  const spawnedAt = performance.now();
  const child = spawn(command[0] ?? process.execPath, [...command.slice(1), entry, 'serve'], {
    // A group of its own, so that a signal also reaches node below strace.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...childEnvironment(options.dataDir, key), ...options.settings },
  });
  const endGroup = (): void => signalGroup(child, 'SIGKILL');
  process.once('exit', endGroup);
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => {
      process.removeListener('exit', endGroup);
      resolve();
    });
  });
  try {
    const url = await waitForUrl(child, options.readyTimeoutMs ?? 60_000);
    const startMs = performance.now() - spawnedAt;
    return {
      url,
      key,
      startMs,
      spawnedAt,
      ask: (name) => ask(child, name),
      kill: () => end(child, gone, 'SIGKILL'),
      stop: () => end(child, gone, 'SIGTERM'),
    };
  } catch (error) {
    await end(child, gone, 'SIGKILL');
    throw error;
  }
}

function childEnvironment(dataDir: string, key: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(REVERIE_|NODE_OPTIONS|NODE_V8_COVERAGE|VITEST|NODE_ENV)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    REVERIE_PORT: '0',
    REVERIE_DATA_DIR: dataDir,
    REVERIE_ROOT_KEY: key,
    REVERIE_LOG_LEVEL: 'warn',
    // Data sets may hold documents that are longer than a memory usually is.
    REVERIE_MAX_VALUE_BYTES: '524288',
  };
}

function waitForUrl(child: ChildProcess, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (reason: string): void => {
      clearTimeout(timer);
      reject(new Error(`the server ${reason}. Its output:\n${output.slice(-4000)}`));
    };
    const timer = setTimeout(() => fail(`said no address in ${timeoutMs} ms`), timeoutMs);
    const read = (chunk: Buffer): void => {
      // Afterwards the pipes are still drained, so that a talkative server never blocks.
      if (output.length < 65_536) output += chunk.toString('utf8');
      const found = readyLine.exec(output);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found[0]);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', (error) => fail(`did not start: ${error.message}`));
    child.once('close', (code, signal) => fail(`ended with ${code ?? signal}`));
  });
}

function ask(child: ChildProcess, name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`the server's hook is silent: ${name}`)),
      10_000,
    );
    const listen = (message: unknown): void => {
      if (field(message, 'name') !== name) return;
      clearTimeout(timer);
      child.removeListener('message', listen);
      resolve(field(message, 'value'));
    };
    child.on('message', listen);
    child.send({ name });
  });
}

async function end(
  child: ChildProcess,
  gone: Promise<void>,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  signalGroup(child, signal);
  const force = setTimeout(() => signalGroup(child, 'SIGKILL'), 10_000);
  await gone;
  clearTimeout(force);
}

function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already, which is what was asked for.
  }
}
