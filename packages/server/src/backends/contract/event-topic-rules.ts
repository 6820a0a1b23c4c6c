/** What every topic of events has to do; run against the real thing. */
import { expect, test } from 'vitest';
import type { EventTopicPort, TopicEvent } from '../../ports/event-topic.ts';

export interface TopicSuite {
  /** A topic that nobody has published to. */
  open(): Promise<{
    readonly topic: EventTopicPort;
    /** All that readers find there by now, in the order in which they find it. */
    read(): Promise<(TopicEvent & { readonly schema: string | undefined })[]>;
  }>;
}

const eventOf = (key: string, n: number, value = `{"n":${n}}`): TopicEvent => ({
  ...{ key, id: `evt_${key}_${n}`, type: 'memory.created', value },
});

export function runEventTopicRules({ open }: TopicSuite): void {
  test('what was acknowledged is there, as it was published', async () => {
    const { topic, read } = await open();
    const events = [eventOf('a/1', 1, '{"text":"Größe 日本 🎉"}'), eventOf('b/2', 1)];
    await topic.publish(events);
    const found = await read();
    expect(found).toHaveLength(2);
    for (const event of events) expect(found).toContainEqual({ ...event, schema: '1' });
    expect(topic.status()).toEqual({ ok: true });
    await topic.close();
  });

  test('events of one key keep their order, over calls and among other keys', async () => {
    const { topic, read } = await open();
    const keys = Array.from({ length: 30 }, (_, i) => `tenant/${i}`);
    for (let call = 0; call < 10; call++) {
      const numbers = Array.from({ length: 10 }, (_, i) => call * 10 + i);
      await topic.publish(numbers.flatMap((n) => keys.map((key) => eventOf(key, n))));
    }
    const found = await read();
    expect(found).toHaveLength(3_000);
    for (const key of keys) {
      const numbers = found.filter((event) => event.key === key).map(({ value }) => value);
      expect(numbers).toEqual(Array.from({ length: 100 }, (_, n) => `{"n":${n}}`));
    }
    await topic.close();
  });

  test('a call that is larger than the topic takes at once goes there in parts', async () => {
    const { topic, read } = await open();
    const long = JSON.stringify({ filler: 'x'.repeat(1_000) });
    const events = Array.from({ length: 3_000 }, (_, n) => eventOf('a/1', n, long));
    await topic.publish(events);
    expect((await read()).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    await topic.close();
  });

  test('after it was closed nothing is published', async () => {
    const { topic, read } = await open();
    await topic.publish([eventOf('a/1', 1)]);
    await topic.close();
    await expect(topic.publish([eventOf('a/1', 2)])).rejects.toThrow();
    expect(await read()).toHaveLength(1);
  });
}
