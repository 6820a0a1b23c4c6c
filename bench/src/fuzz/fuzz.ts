/**
 * Sends made-up requests of every route to a real server, beside a tenant who means it. Equal seeds
 * make equal requests, up to the ids that the server gives.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeTempFolder } from '../lib/environment.ts';
import { numberField } from '../lib/json.ts';
import { createRandom } from '../lib/random.ts';
import { type ServerProcess, startServer } from '../lib/server.ts';
import { check, parse } from './check.ts';
import { type ApiDocument, readDocument } from './document.ts';
import { Honest, type HonestReport } from './honest.ts';
import { type Keys, type Made, makeRequest } from './make-request.ts';
import { type Outcome, Wire } from './wire.ts';
import { makeWorld, type World } from './world.ts';

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  readonly onProgress?: (done: number, sample: MemorySample) => void;
}

/** Megabytes, after garbage was collected. */
export interface MemorySample {
  readonly requests: number;
  readonly heapMb: number;
  /** Beside the heap: bytes of the indexes and of buffers. */
  readonly buffersMb: number;
  readonly rssMb: number;
}

export interface Failure {
  readonly complaints: readonly string[];
  readonly request: Replayable;
  readonly answer: string;
}

/** The bytes as latin-1, with {admin} and the like in place of keys. */
export interface Replayable {
  readonly chunks: readonly string[];
  readonly ends: boolean;
  readonly isHead: boolean;
}

export interface FuzzReport {
  readonly requests: number;
  readonly seconds: number;
  readonly statuses: ReadonlyMap<string, number>;
  /** Codes of answers with 503. */
  readonly unavailable: ReadonlyMap<string, number>;
  readonly failures: readonly Failure[];
  readonly failed: number;
  /** Requests that were sent again, since a connection that was kept had ended. */
  readonly again: number;
  readonly honest: HonestReport;
  readonly memory: readonly MemorySample[];
  /** Event-loop delay in milliseconds; `ownP99`: by the server's own work at most. */
  readonly loop: Readonly<Record<'p50' | 'p99' | 'max' | 'ownP99', number>>;
  /** What `reverie verify` says of the folder afterwards; undefined: all is well. */
  readonly damage: string | undefined;
}

const connections = 12;
/** The honest tenant does one thing for so many fuzzed requests. */
const honestEvery = 10;
const samples = 20;
const failuresKept = 50;
const waitMs = 20_000;
const endedWaitMs = 1_000;

const hook = fileURLToPath(new URL('../../dist/lib/event-loop-hook.js', import.meta.url));
const command = fileURLToPath(new URL('../../../packages/server/bin/reverie.mjs', import.meta.url));

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const dataDir = makeTempFolder('fuzz');
  try {
    const server = await startFuzzed(dataDir);
    let report: Omit<FuzzReport, 'damage'>;
    try {
      report = await new Fuzz(server, await makeWorld(server), options).run();
    } finally {
      await server.stop();
    }
    return { ...report, damage: verify(dataDir) };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Sends one request to a new server, and gives what it answered. */
export async function replay(request: Replayable): Promise<string> {
  const dataDir = makeTempFolder('fuzz');
  const server = await startFuzzed(dataDir);
  const wire = new Wire(Number(new URL(server.url).port));
  try {
    const { keys } = await makeWorld(server);
    const chunks = request.chunks.map((chunk) => Buffer.from(putKeys(chunk, keys), 'latin1'));
    return told(await wire.send(chunks, { ...request, waitMs }));
  } finally {
    wire.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function startFuzzed(dataDir: string): Promise<ServerProcess> {
  // All strangers of a fuzz have one address.
  const settings = { REVERIE_RATE_LIMIT_ADDRESS: '10000000', REVERIE_LOG_LEVEL: 'error' };
  return startServer({ dataDir, nodeArgs: ['--expose-gc', '--import', hook], settings });
}

function verify(dataDir: string): string | undefined {
  const args = [command, 'verify', '--data-dir', dataDir];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return status === 0 ? undefined : stdout;
}

class Fuzz {
  readonly #server: ServerProcess;
  readonly #world: World;
  readonly #options: FuzzOptions;
  readonly #document: ApiDocument = readDocument();
  readonly #statuses = new Map<string, number>();
  readonly #unavailable = new Map<string, number>();
  /** The first of each sort. */
  readonly #failures = new Map<string, Failure>();
  readonly #memory: MemorySample[] = [];
  #failed = 0;
  #again = 0;
  #sent = 0;

  constructor(server: ServerProcess, world: World, options: FuzzOptions) {
    this.#server = server;
    this.#world = world;
    this.#options = options;
  }

  async run(): Promise<Omit<FuzzReport, 'damage'>> {
    const { requests } = this.#options;
    const { honestKey } = this.#world;
    const honest = new Honest(this.#server.url, honestKey);
    const startedAt = performance.now();
    await this.#server.ask('event-loop-reset');
    await Promise.all(Array.from({ length: connections }, () => this.#loop(honest)));
    const delay = await this.#server.ask('event-loop-read');
    const read = (name: string): number => numberField(delay, name) ?? Number.NaN;
    return {
      requests,
      seconds: (performance.now() - startedAt) / 1000,
      statuses: this.#statuses,
      unavailable: this.#unavailable,
      failures: [...this.#failures.values()],
      failed: this.#failed,
      again: this.#again,
      honest: await honest.finish(),
      memory: this.#memory,
      loop: { p50: read('p50'), p99: read('p99'), max: read('max'), ownP99: read('ownP99') },
    };
  }

  async #loop(honest: Honest): Promise<void> {
    const { requests, seed } = this.#options;
    const wire = new Wire(Number(new URL(this.#server.url).port));
    while (this.#sent < requests) {
      const n = this.#sent++;
      if (n % honestEvery === 0) await honest.step();
      if (n % Math.ceil(requests / samples) === 0) await this.#sample(n);
      // Any odd factor: neighbours get random numbers that have nothing in common.
      await this.#one(wire, createRandom(seed + Math.imul(n, 0x9e3779b1)));
    }
    await this.#sampleLast();
    wire.close();
  }

  async #one(wire: Wire, random: () => number): Promise<void> {
    const { keys, known } = this.#world;
    const document = this.#document;
    const made = makeRequest({ document, known, random }, keys, document.operations);
    const wait = made.ends ? endedWaitMs : waitMs;
    const isUsed = wire.isUsed;
    const first = await wire.send(made.chunks, { ...made, waitMs: wait });
    const isLost = isUsed && typeof first === 'string' && !made.ends;
    if (isLost) this.#again += 1;
    const outcome = isLost ? await wire.send(made.chunks, { ...made, waitMs: wait }) : first;
    const complaints = check(document, made, outcome);
    this.#count(outcome);
    if (complaints.length > 0) this.#fail(complaints, made, outcome);
    else if (typeof outcome === 'object' && outcome.status < 300) known.learn(parse(outcome.body));
  }

  #count(outcome: Outcome): void {
    const name = typeof outcome === 'object' ? `${outcome.status}` : outcome;
    this.#statuses.set(name, (this.#statuses.get(name) ?? 0) + 1);
    if (typeof outcome !== 'object' || outcome.status !== 503) return;
    const code = /"code":"(\w+)"/.exec(outcome.body.toString('utf8'))?.[1] ?? 'none';
    this.#unavailable.set(code, (this.#unavailable.get(code) ?? 0) + 1);
  }

  #fail(complaints: readonly string[], made: Made, outcome: Outcome): void {
    this.#failed += 1;
    const { ends, isHead, operation } = made;
    const sort = [...complaints, operation?.method, operation?.path].join(' ');
    if (this.#failures.has(sort) || this.#failures.size >= failuresKept) return;
    const { keys } = this.#world;
    const chunks = made.chunks.map((chunk) => takeKeys(chunk.toString('latin1'), keys));
    const request = { chunks, ends, isHead };
    this.#failures.set(sort, { complaints, request, answer: told(outcome) });
  }

  async #sample(requests: number): Promise<void> {
    const used = await this.#server.ask('memory-read');
    const mb = (name: string): number => (numberField(used, name) ?? Number.NaN) / 2 ** 20;
    const sample = {
      requests,
      heapMb: mb('heapUsed'),
      buffersMb: mb('external'),
      rssMb: mb('rss'),
    };
    this.#memory.push(sample);
    this.#options.onProgress?.(requests, sample);
  }

  async #sampleLast(): Promise<void> {
    const { requests } = this.#options;
    if (this.#memory.at(-1)?.requests !== requests) await this.#sample(requests);
  }
}

function told(outcome: Outcome): string {
  if (typeof outcome === 'string') return outcome;
  return `${outcome.status} ${outcome.body.toString('utf8').slice(0, 600)}`;
}

function takeKeys(text: string, keys: Keys): string {
  return Object.entries(keys).reduce((found, [name, key]) => found.replace(key, `{${name}}`), text);
}

function putKeys(text: string, keys: Keys): string {
  return Object.entries(keys).reduce((found, [name, key]) => found.replace(`{${name}}`, key), text);
}
