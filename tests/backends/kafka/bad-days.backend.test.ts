/** Kafka on bad days: killed, standing still and slow under load; and the server that publishes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  done,
  FakeClock,
  named,
  put,
} from '../../../packages/server/src/backends/contract/fixtures.ts';
import { openKafkaTopic } from '../../../packages/server/src/backends/kafka/kafka-topic.ts';
import {
  missing,
  optionsFor,
  type ReadEvent,
  readTopic,
  topicName,
} from '../../../packages/server/src/backends/kafka/test-kafka.ts';
import { openSqliteStore } from '../../../packages/server/src/backends/sqlite/sqlite-store.ts';
import { doctor, openApp } from '../../../packages/server/src/compose.ts';
import { loadSettings } from '../../../packages/server/src/config/settings.ts';
import type { TenantId } from '../../../packages/server/src/domain/memory.ts';
import { ChangeFeed } from '../../../packages/server/src/engine/events/change-feed.ts';
import { EventPublisher } from '../../../packages/server/src/engine/publish/event-publisher.ts';
import { rootKey, send } from '../../http/scenario.ts';
import { type ServerProcess, serveProcess } from '../../serve-process.ts';
import { filesHolding } from './files-holding.ts';
import { type KafkaServer, startKafka } from './kafka-server.ts';

const rounds = Number(process.env.REVERIE_KILL_ROUNDS ?? 5);
const canary = 'zanzibarian-marmalade-4711';

// The reason is in the title.
describe.skipIf(missing)(`bad days of Kafka${missing ? ` (${missing})` : ''}`, () => {
  let kafka: KafkaServer;
  let broker: string;
  const folders: string[] = [];

  beforeAll(async () => {
    kafka = await startKafka(process.env.REVERIE_TEST_KAFKA_JARS ?? '');
    broker = kafka.addresses.broker;
  });
  afterAll(async () => {
    await kafka?.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  const settingsOf = (topic: string) => ({
    REVERIE_KAFKA_BROKERS: broker,
    REVERIE_KAFKA_TOPIC: topic,
    REVERIE_KAFKA_TIMEOUT_MS: '1500',
  });
  const makeFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'reverie-kafka-days-'));
    folders.push(folder);
    return folder;
  };

  /** All that was acknowledged while `meanwhile` ran; any refusal fails the test. */
  async function load(server: ServerProcess, meanwhile: () => Promise<void>): Promise<string[]> {
    const acknowledged: string[] = [];
    let isOver = false;
    const writer = async (namespace: string): Promise<void> => {
      for (let n = 0; !isOver; n++) {
        const { id } = await server.client.store({ value: `Turn ${n}: ${canary}.`, namespace });
        acknowledged.push(id);
        await setTimeout(5);
      }
    };
    const writing = Promise.all(['ann', 'bob', `${canary}-name`].map(writer));
    await meanwhile();
    isOver = true;
    await writing;
    return acknowledged;
  }

  /** Waits until each memory has an event, and looks at what a reader has got. */
  async function expectAll(topic: string, memories: readonly string[], isExact = true) {
    let found: ReadEvent[] = [];
    for (let tries = 0; tries < 30; tries++) {
      found = await readTopic(broker, topic);
      const told = new Set(found.map(({ value }) => JSON.parse(value).data.memory_id));
      if (memories.every((id) => told.has(id))) break;
      await setTimeout(500);
    }
    const unique = [...new Map(found.reverse().map((event) => [event.id, event])).values()];
    const events = unique.reverse().map(({ key, value }) => ({ key, ...JSON.parse(value) }));
    for (const key of new Set(events.map((event) => event.key))) {
      const seqs = events.filter((event) => event.key === key).map(({ data }) => data.seq);
      expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, i) => i + 1));
    }
    const told = new Set(events.map(({ data }) => data.memory_id));
    expect(memories.filter((id) => !told.has(id))).toEqual([]);
    if (isExact) expect(events).toHaveLength(memories.length);
    return { found: found.length, unique: unique.length };
  }

  const eventsOf = async ({ url }: ServerProcess) => {
    const ready: {
      checks: { events: { status: string; behind: number; oldest_seconds: number } };
    } = JSON.parse(await (await fetch(`${url}/health/ready`)).text());
    return ready.checks.events;
  };

  test('a server that is killed again and again tells everything it has acknowledged', {
    timeout: 60_000 + rounds * 20_000,
  }, async () => {
    const topic = topicName();
    const folder = makeFolder();
    const acknowledged: string[] = [];
    for (let round = 0; round < rounds; round++) {
      const server = await serveProcess(folder, 'ann', settingsOf(topic));
      const end = Date.now() + 300 + Math.random() * 500;
      while (Date.now() < end) {
        const values = Array.from({ length: 8 }, (_, n) => `Turn ${round} ${n}.`);
        const stored = values.map((value, n) =>
          server.client.store({ value, namespace: `user-${n % 3}` }),
        );
        for (const { id } of await Promise.all(stored)) acknowledged.push(id);
      }
      await server.stop('SIGKILL');
    }
    const last = await serveProcess(folder, 'ann', settingsOf(topic));
    // A kill takes the answers of some that were stored.
    await expectAll(topic, acknowledged, false);
    await last.stop('SIGTERM');
  });

  test('between the topic and the cursor an end makes the same events come again', async () => {
    const options = optionsFor(broker);
    const store = await openSqliteStore({ folder: makeFolder(), clock: new FakeClock() });
    const handle = store.records.open('tenant' as TenantId);
    const ops = Array.from({ length: 250 }, (_, n) => put(n));
    done(await handle.commit(named('home'), { ops }));
    const open = async (control: typeof store.control) =>
      new EventPublisher({
        ...{ records: store.records, control, clock: new FakeClock() },
        ...{ feed: new ChangeFeed(), topic: await openKafkaTopic(options), turn: () => undefined },
        present: (event) => ({ data: { seq: 'seq' in event ? event.seq : 0 } }),
        log: () => undefined,
      });
    let published = (): void => undefined;
    const reached = new Promise<void>((resolve) => {
      published = resolve;
    });
    // As a process that ends there: the cursor never moves.
    const first = await open({
      get: (key) => store.control.get(key),
      list: (prefix, page) => store.control.list(prefix, page),
      delete: (key) => store.control.delete(key),
      putIfVersion: () => {
        published();
        return new Promise(() => undefined);
      },
    });
    first.start();
    await reached;
    const second = await open(store.control);
    second.start();
    await expect.poll(() => second.status.behind, { timeout: 20_000 }).toBe(0);
    await expect
      .poll(async () => (await readTopic(broker, options.topic)).length, { timeout: 20_000 })
      .toBe(450);
    const found = await readTopic(broker, options.topic);
    expect(new Set(found.map(({ id }) => id)).size).toBe(250);
    const seqs = [...new Set(found.map(({ value }) => JSON.parse(value).data.seq))];
    expect(seqs).toEqual(Array.from({ length: 250 }, (_, i) => i + 1));
    await second.close();
    await store.records.close();
  });

  test('a broker that is killed under load loses nothing, and everything follows', async () => {
    const topic = topicName();
    const server = await serveProcess(makeFolder(), 'ann', settingsOf(topic));
    const acknowledged = await load(server, async () => {
      await setTimeout(700);
      await kafka.kill();
      await expect
        .poll(async () => (await eventsOf(server)).status, { timeout: 20_000 })
        .toBe('waiting');
      await setTimeout(1_500);
      const { behind, oldest_seconds } = await eventsOf(server);
      expect(behind).toBeGreaterThan(0);
      expect(oldest_seconds).toBeGreaterThan(0);
      await kafka.start();
      await setTimeout(500);
    });
    expect(acknowledged.length).toBeGreaterThan(50);
    await expectAll(topic, acknowledged);
    await expect
      .poll(() => eventsOf(server), { timeout: 15_000 })
      .toEqual({ status: 'ok', behind: 0, oldest_seconds: 0 });
    await server.stop('SIGTERM');
  });

  test('a broker that stands still is waited for, and a slow one too', async () => {
    const topic = topicName();
    const server = await serveProcess(makeFolder(), 'ann', settingsOf(topic));
    const acknowledged = await load(server, async () => {
      await setTimeout(500);
      kafka.pause();
      await expect
        .poll(async () => (await eventsOf(server)).status, { timeout: 20_000 })
        .toBe('waiting');
      kafka.resume();
      await setTimeout(500);
      // Slow: it runs for a tenth of the time.
      for (let i = 0; i < 15; i++) {
        kafka.pause();
        await setTimeout(180);
        kafka.resume();
        await setTimeout(20);
      }
    });
    const { found, unique } = await expectAll(topic, acknowledged);
    expect(found).toBeGreaterThanOrEqual(unique);
    await server.stop('SIGTERM');
    // Neither text nor names of namespaces are anywhere in what Kafka keeps.
    expect(filesHolding(kafka.data, canary)).toEqual([]);
    expect(filesHolding(kafka.data, acknowledged[0] ?? '')).not.toEqual([]);
  });

  test('a server starts without its broker, and publishes when it is there', async () => {
    const topic = topicName();
    await kafka.kill();
    const server = await serveProcess(makeFolder(), 'ann', settingsOf(topic));
    const { id } = await server.client.store({ value: 'Before Kafka was there.' });
    await kafka.start();
    await expect.poll(() => eventsOf(server), { timeout: 30_000 }).toMatchObject({ status: 'ok' });
    await expectAll(topic, [id]);
    await server.stop('SIGTERM');
  });

  test('wrong credentials refuse the start and say what to do; doctor says the same', async () => {
    const settings = loadSettings({
      REVERIE_RECORDS: 'ephemeral',
      REVERIE_LOG_LEVEL: 'silent',
      REVERIE_KAFKA_BROKERS: kafka.addresses.saslBroker,
      REVERIE_KAFKA_SASL: 'scram-sha-512',
      REVERIE_KAFKA_USERNAME: 'admin',
      REVERIE_KAFKA_PASSWORD: 'not-the-password',
    });
    const message = 'REVERIE_KAFKA_USERNAME: Kafka refuses the name or the password.';
    await expect(openApp(settings)).rejects.toMatchObject({ code: 'setting_invalid', message });
    const { checks } = await doctor(settings);
    const detail = `setting_invalid: ${message}`;
    expect(checks).toContainEqual({ name: 'kafka', ok: false, detail });
  });

  test('forgetting, namespaces and dreams are told, by ids alone', async () => {
    const topic = topicName();
    const settings = loadSettings({
      ...{ REVERIE_RECORDS: 'ephemeral', REVERIE_LOG_LEVEL: 'silent', REVERIE_ROOT_KEY: rootKey },
      ...settingsOf(topic),
    });
    const app = await openApp(settings);
    const namespace = `${canary}-name`;
    const values = ['I live in Lisbon.', 'I have moved to Porto.'];
    for (const value of values) {
      await send(app, { path: '/v1/memory-set', body: { key: 'home', value, namespace } });
    }
    const dream = await send(app, { path: '/v1/dreams', body: { namespace } });
    expect(dream.response.status, dream.text).toBeLessThan(300);
    const types = async () => (await readTopic(broker, topic)).map(({ type }) => type);
    await expect.poll(types, { timeout: 30_000 }).toContain('dream.planned');
    const path = `/v1/namespaces/${namespace}?confirm=true`;
    const gone = await send(app, { method: 'DELETE', path });
    expect(gone.response.status, gone.text).toBe(200);
    await expect.poll(types, { timeout: 30_000 }).toContain('namespace.deleted');
    const metrics = await send(app, { path: '/metrics' });
    expect(metrics.text).toMatch(/^reverie_events_behind 0$/m);
    expect(metrics.text).toMatch(/^reverie_events_topic_answers 1$/m);
    await app.close();
    const found = await readTopic(broker, topic);
    expect(new Set(found.map(({ key }) => key)).size).toBe(1);
    expect(JSON.stringify(found)).not.toMatch(new RegExp(`${canary}|Lisbon|home`));
  });
});
