/** A vector database on bad days: words answer and say so, stores go on, and nothing is lost. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openApp, type RunningApp } from '../../packages/server/src/compose.ts';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { rootKey, send } from '../http/scenario.ts';
import { manyMemories, manyQuestions } from './many-memories.ts';
import {
  findServiceProgram,
  type ServiceName,
  type ServiceServer,
  startService,
} from './service-server.ts';
import { openSlowProxy, type SlowProxy } from './slow-proxy.ts';

export interface BadDaysOf {
  readonly name: ServiceName;
  /** The setting of its address. */
  readonly urlSetting: string;
  readonly keySetting: string;
  /** Variables that make its server ask for a key. */
  readonly keyed: (key: string) => Record<string, string>;
  /** Passages that the server at an address has. */
  readonly passages: (url: string) => Promise<number>;
}

const namespace = 'large';
/** A filter that leaves this many is answered by the records alone, so there are more. */
const count = 5_600;
const waitMs = 1_000;
const soon = { timeout: 60_000, interval: 100 };

export function runServiceBadDays(of: BadDaysOf): void {
  const { name } = of;
  const isAsked = (process.env.REVERIE_TEST_BACKEND ?? name) === name;
  const found = findServiceProgram(name);
  const missing = isAsked ? ('reason' in found ? found.reason : undefined) : 'not asked for';
  // The reason is in the title.
  describe.skipIf(missing)(`bad days of ${name}${missing ? ` (${missing})` : ''}`, () => {
    const scene = new BadDays(of);
    beforeAll(async () => {
      if ('program' in found) await scene.open(found.program);
    });
    // A day that ends badly must not spoil the next one.
    afterEach(() => scene.calm());
    afterAll(() => scene.close());
    answerRules(scene);
    troubleRules(scene);
    lossRules(scene);
    if ('program' in found) keyRule(of, found.program);
  });
}

function keyRule({ name, urlSetting, keySetting, keyed }: BadDaysOf, program: string): void {
  test('a wrong key, or none, stops the start and is named; the right one works', async () => {
    const key = 'a-key-of-a-test';
    const server = await startService(name, program, keyed(key));
    const open = (given?: string) =>
      openApp(
        loadSettings({
          REVERIE_ROOT_KEY: rootKey,
          REVERIE_LOG_LEVEL: 'silent',
          REVERIE_RECORDS: 'ephemeral',
          REVERIE_VECTORS: name,
          [urlSetting]: server.url,
          ...(given !== undefined && { [keySetting]: given }),
        }),
      );
    try {
      for (const given of ['wrong', undefined]) {
        const refused = await open(given).catch((error: unknown) => error);
        expect(refused).toMatchObject({ code: 'setting_invalid' });
        expect(String(refused)).toContain(`${keySetting}: `);
        expect(String(refused)).not.toContain('wrong');
      }
      await (await open(key)).close();
    } finally {
      await server.stop();
    }
  });
}

function answerRules(scene: BadDays): void {
  test('on a good day the answers are those of vectors in memory', async () => {
    const builtin = await openApp(
      loadSettings({
        REVERIE_ROOT_KEY: rootKey,
        REVERIE_LOG_LEVEL: 'silent',
        REVERIE_RECORDS: 'ephemeral',
      }),
    );
    await storeMany(builtin);
    let total = 0;
    let same = 0;
    for (const query of manyQuestions) {
      const here = await searchIn(builtin, query, 10);
      const there = await searchIn(scene.app, query, 10);
      expect(there.degraded).toBeUndefined();
      const right = new Set(here.results.map(({ value }) => value));
      total += right.size;
      same += there.results.filter(({ value }) => right.has(value)).length;
    }
    await builtin.close();
    expect(same / total).toBeGreaterThanOrEqual(0.99);
  });
}

/** What every bad day has to keep. */
async function expectDegraded(scene: BadDays, word: string): Promise<void> {
  const asked = await scene.search('Who keeps bees?');
  expect(asked.degraded).toEqual([scene.late]);
  expect(asked.results.length).toBeGreaterThan(0);
  expect(asked.tookMs).toBeLessThan(waitMs + 3_000);
  await scene.store(`The ${word} is under the third flower pot.`);
  const own = await scene.search(`Where is the ${word}?`);
  expect(own.results[0]?.value).toContain(word);
  const { response } = await send(scene.app, { path: '/health/ready' });
  expect(response.status).toBe(200);
}

function troubleRules(scene: BadDays): void {
  test('killed under load: words answer, stores go on, and it catches up by itself', async () => {
    const before = await scene.there();
    let isOver = false;
    let stored = 0;
    const writers = Array.from({ length: 4 }, async (_, i) => {
      while (!isOver) {
        await scene.store(`Writer ${i} counts ${stored} clouds over the harbour.`);
        stored += 1;
      }
    });
    await vi.waitFor(() => expect(stored).toBeGreaterThan(10), soon);
    await scene.server.kill();
    await expectDegraded(scene, 'spare key');
    await vi.waitFor(async () => expect((await scene.check()).status).toBe('waiting'), soon);
    isOver = true;
    await Promise.all(writers);
    await scene.server.start();
    await scene.isWell();
    await scene.isThere();
    expect(await scene.there()).toBe(before + stored + 1);
  });

  test('standing still: a search waits as long as it is allowed to', async () => {
    scene.server.pause();
    await expectDegraded(scene, 'red umbrella');
    scene.server.resume();
    await scene.isWell();
    await scene.isThere();
  });

  test('slow: it is not waited for, and asked again later', async () => {
    scene.proxy.delayMs = waitMs * 2;
    await expectDegraded(scene, 'old compass');
    scene.proxy.delayMs = 0;
    await scene.isWell();
    await scene.isThere();
  });
}

function lossRules(scene: BadDays): void {
  test('away at the start: the server starts, and finds it when it is there', async () => {
    await scene.app.close();
    await scene.server.kill();
    await scene.start();
    expect((await scene.search('Who keeps bees?')).degraded).toEqual([scene.late]);
    await scene.server.start();
    await scene.isWell();
    await scene.isThere();
  });

  test('come back empty while the server runs: it is filled again by itself', async () => {
    const before = await scene.there();
    await scene.server.kill();
    scene.server.empty();
    await scene.server.start();
    // Both say it: the feed finds another system, and a search finds nothing there.
    await vi.waitFor(async () => expect(await scene.there()).toBe(before), soon);
    await scene.isThere();
    await scene.isWell();
  });

  test('what is forgotten leaves it', async () => {
    const before = await scene.there();
    const { results } = await scene.search('spare key flower pot');
    const forget = { path: '/v1/forget', body: { memory_id: results[0]?.id, namespace } };
    const forgot = await send(scene.app, forget);
    expect(forgot.response.status, forgot.text).toBe(200);
    await vi.waitFor(async () => expect(await scene.there()).toBe(before - 1), soon);
    const path = `/v1/namespaces/${namespace}?confirm=true`;
    const gone = await send(scene.app, { method: 'DELETE', path });
    expect(gone.response.status, gone.text).toBe(200);
    await vi.waitFor(async () => expect(await scene.there()).toBe(0), soon);
  });
}

interface Found {
  readonly results: readonly { readonly id: string; readonly value: string }[];
  readonly degraded?: readonly string[];
  readonly tookMs: number;
}

/** A server with one large namespace, and the database behind a proxy. */
class BadDays {
  readonly #of: BadDaysOf;
  #folder = '';
  #server: ServiceServer | undefined;
  #proxy: SlowProxy | undefined;
  #app: RunningApp | undefined;

  constructor(of: BadDaysOf) {
    this.#of = of;
  }

  /** What a search says when it was not waited for. */
  get late(): string {
    return `vector: ${this.#of.name} did not answer in time`;
  }

  get server(): ServiceServer {
    return there(this.#server);
  }

  get proxy(): SlowProxy {
    return there(this.#proxy);
  }

  get app(): RunningApp {
    return there(this.#app);
  }

  async open(program: string): Promise<void> {
    this.#server = await startService(this.#of.name, program);
    this.#proxy = await openSlowProxy(this.#server.url);
    this.#folder = await mkdtemp(join(tmpdir(), 'reverie-bad-days-'));
    await this.start();
    await storeMany(this.app);
    // Large namespaces are found at the start, and once a minute.
    await this.app.close();
    await this.start();
    await this.isThere();
    await this.isWell();
  }

  async start(): Promise<void> {
    const { name, urlSetting } = this.#of;
    const settings = loadSettings({
      REVERIE_ROOT_KEY: rootKey,
      REVERIE_LOG_LEVEL: 'silent',
      REVERIE_DATA_DIR: this.#folder,
      REVERIE_VECTORS: name,
      [urlSetting]: this.proxy.url,
      REVERIE_VECTORS_FROM: '1000',
      REVERIE_VECTORS_WAIT_MS: String(waitMs),
      REVERIE_VECTORS_TIMEOUT_MS: '5000',
    });
    this.#app = await openApp(settings);
  }

  calm(): void {
    this.#server?.resume();
    if (this.#proxy) this.#proxy.delayMs = 0;
  }

  async close(): Promise<void> {
    this.#server?.resume();
    await this.#app?.close();
    await this.#proxy?.close();
    await this.#server?.stop();
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }

  /** Passages in the database. */
  there(): Promise<number> {
    return this.#of.passages(this.server.url);
  }

  async check(): Promise<{ readonly status: string }> {
    return (await send(this.app, { path: '/health/ready' })).json().checks.vectors;
  }

  async isThere(): Promise<void> {
    const whole = { status: 'ok', filling: 0, behind: 0, namespaces: 1 };
    await vi.waitFor(async () => expect(await this.check()).toMatchObject(whole), soon);
  }

  async isWell(): Promise<void> {
    const asked = async () => expect((await this.search('pets')).degraded).toBeUndefined();
    await vi.waitFor(asked, soon);
  }

  search(query: string): Promise<Found> {
    return searchIn(this.app, query, 5);
  }

  async store(value: string): Promise<void> {
    const body = { value, namespace };
    const { response, text } = await send(this.app, { path: '/v1/memory-set', body });
    expect(response.status, text).toBe(200);
  }
}

async function storeMany(app: RunningApp): Promise<void> {
  const all = manyMemories(count).map((each) => ({ ...each, namespace }));
  for (let start = 0; start < count; start += 700) {
    const body = { items: all.slice(start, start + 700) };
    const { response, text } = await send(app, { path: '/v1/memory/bulk', body });
    expect(response.status, text).toBe(200);
  }
}

async function searchIn(app: RunningApp, query: string, limit: number): Promise<Found> {
  const startedAt = performance.now();
  const body = { query, namespace, limit };
  const { response, text, json } = await send(app, { path: '/v1/memory/search', body });
  expect(response.status, text).toBe(200);
  return { ...json(), tookMs: performance.now() - startedAt };
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The scene is not open.');
  return value;
}
