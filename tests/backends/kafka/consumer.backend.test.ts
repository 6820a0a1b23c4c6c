/** The consumer of docs/guides/kafka.md, run as it stands, killed, and given everything twice. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKafkaTopic } from '../../../packages/server/src/backends/kafka/kafka-topic.ts';
import {
  addresses,
  missing,
  optionsFor,
} from '../../../packages/server/src/backends/kafka/test-kafka.ts';
import { read, root } from '../../source-files.ts';

const example = /```js\n([\s\S]*?)```/.exec(read('docs/guides/kafka.md'))?.[1] ?? '';

describe.skipIf(missing)(`consumer of Kafka${missing ? ` (${missing})` : ''}`, () => {
  let folder: string;
  let child: ChildProcess | undefined;
  beforeAll(() => {
    // Below the packages that it imports.
    const cache = join(root, 'node_modules/.cache');
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, 'kafka-consumer-'));
    writeFileSync(join(folder, 'consumer.mjs'), example);
  });
  afterAll(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  test('each event counts once, through kills and repetitions', async () => {
    const { broker } = addresses();
    const options = optionsFor(broker);
    const topic = await openKafkaTopic(options);
    const database = join(folder, 'events.db');
    const env = { ...process.env, BROKERS: broker, TOPIC: options.topic, DATABASE: database };
    const start = (): void => {
      const stdio = ['ignore', 'ignore', 'inherit'] as const;
      child = spawn(process.execPath, [join(folder, 'consumer.mjs')], { env, stdio: [...stdio] });
    };
    const counted = (): number => {
      try {
        const db = new DatabaseSync(database, { readOnly: true });
        const row = db.prepare('SELECT sum(events) AS events FROM counts').get();
        db.close();
        return Number(row?.events ?? 0);
      } catch {
        // It is not made yet.
        return 0;
      }
    };
    const batches = Array.from({ length: 12 }, (_, batch) =>
      Array.from({ length: 50 }, (_, n) => ({
        key: `tenant/${n % 5}`,
        id: `evt_${batch}_${n}`,
        type: 'memory.created',
        value: JSON.stringify({ event: 'memory.created', data: { seq: batch * 10 + n } }),
      })),
    );
    start();
    let isOver = false;
    const killing = (async () => {
      for (let kills = 0; kills < 4; kills++) {
        const before = counted();
        await expect.poll(counted, { timeout: 60_000 }).toBeGreaterThan(before + 20);
        const exited = once(child ?? process, 'exit');
        child?.kill('SIGKILL');
        await exited;
        start();
      }
      isOver = true;
    })();
    let published = 0;
    for (const [i, batch] of batches.entries()) {
      await topic.publish(batch);
      await topic.publish(batch.slice(i % 7));
      published += batch.length;
      while (!isOver && counted() < published - 60) await setTimeout(20);
    }
    await killing;
    await expect.poll(counted, { timeout: 60_000 }).toBe(600);
    // What came twice was passed by: nothing is counted later either.
    const value = JSON.stringify({ event: 'memory.created' });
    await topic.publish([{ key: 'tenant/0', id: 'evt_last', type: 'memory.created', value }]);
    await expect.poll(counted, { timeout: 60_000 }).toBe(601);
    await topic.close();
  });
});
