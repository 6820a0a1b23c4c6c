import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { workerUrl } from '../../util/worker-url.ts';
import { type ModelHost, openModelHost } from './model-host.ts';

const open: ModelHost[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(open.splice(0).map((host) => host.close()));
});

async function openHost(model = 'fake', times: { runTimeoutMs?: number; pauseMs?: number } = {}) {
  const host = await openModelHost({
    url: workerUrl('./fake-model.test.entry', import.meta.url),
    task: {
      use: 'embed',
      model,
      revision: 'main',
      dtype: 'q8',
      pooling: 'mean',
      cacheDir: 'unused',
    },
    setting: 'REVERIE_EMBEDDER_MODEL',
    ...times,
  });
  open.push(host);
  return host;
}

const ordinary = { isUrgent: false };
const ask = (host: ModelHost, ...texts: string[]) =>
  host.run(
    texts.map((text) => ({ text })),
    ordinary,
  );

test('answers come in the order of the inputs, whoever asks at the same time', async () => {
  const host = await openHost();
  const calls = Array.from({ length: 20 }, (_, i) =>
    ask(host, 'a'.repeat(i), 'b'.repeat(i + 1), 'c'),
  );
  (await Promise.all(calls)).forEach((answers, i) => {
    expect(answers.map(([first]) => first)).toEqual([i, i + 1, 1]);
  });
  expect(await ask(host)).toEqual([]);
  expect(await host.run([{ text: 'ab', pair: 'xyz' }], ordinary)).toEqual([Float32Array.of(2, 3)]);
});

test('an urgent call goes before what waits', async () => {
  const host = await openHost();
  const order: string[] = [];
  const waiting = [1, 2, 3, 4].map((n) =>
    ask(host, 'slow', 'slow').then(() => order.push(`ordinary ${n}`)),
  );
  const urgent = host.run([{ text: 'now' }], { isUrgent: true }).then(() => order.push('urgent'));
  await Promise.all([...waiting, urgent]);
  expect(order.indexOf('urgent')).toBeLessThanOrEqual(1);
});

test('an abort rejects at once, and the rest of the call is never sent', async () => {
  const host = await openHost();
  const abort = new AbortController();
  const texts = Array.from({ length: 1_000 }, () => ({ text: 'slow' }));
  const call = host.run(texts, { ...ordinary, signal: abort.signal });
  abort.abort(new Error('changed my mind'));
  await expect(call).rejects.toThrow('changed my mind');
  const started = performance.now();
  await ask(host, 'next');
  expect(performance.now() - started).toBeLessThan(1_000);
  const late = host.run([{ text: 'a' }], { ...ordinary, signal: abort.signal });
  await expect(late).rejects.toThrow('changed my mind');
});

test('a process that ends is replaced, and what it had is asked again', async () => {
  const host = await openHost();
  const folder = mkdtempSync(join(tmpdir(), 'reverie-model-'));
  try {
    const answers = await ask(host, 'before', `end-once ${join(folder, 'mark')}`, 'after');
    expect(answers.map(([first]) => first)).toEqual([6, expect.any(Number), 5]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('after two ends in a row nothing is asked for a while, and then again', async () => {
  const host = await openHost('fake', { pauseMs: 200 });
  const error = { code: 'embedder_unavailable', status: 503, retryable: true };
  await expect(ask(host, 'end')).rejects.toMatchObject(error);
  await expect(ask(host, 'fine')).rejects.toMatchObject(error);
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(await ask(host, 'fine')).toEqual([Float32Array.of(4, 0)]);
});

test('a process that works too long on one text is ended', async () => {
  const host = await openHost('fake', { runTimeoutMs: 100 });
  await expect(ask(host, 'hang')).rejects.toMatchObject({
    code: 'embedder_unavailable',
    message: expect.stringContaining('100 ms'),
  });
});

test('a text that the model cannot do fails alone, and odd numbers are refused', async () => {
  const host = await openHost();
  const fails = ask(host, 'fault');
  const fine = ask(host, 'fine');
  await expect(fails).rejects.toThrow('the text is odd');
  expect(await fine).toHaveLength(1);
  await expect(ask(host, 'nan')).rejects.toMatchObject({ code: 'embedder_unavailable' });
});

test('more than 10,000 waiting inputs are refused', async () => {
  const host = await openHost();
  const abort = new AbortController();
  const texts = Array.from({ length: 10_000 }, () => ({ text: 'slow' }));
  const call = host.run(texts, { ...ordinary, signal: abort.signal });
  await expect(ask(host, 'one more')).rejects.toMatchObject({ code: 'overloaded' });
  abort.abort();
  await expect(call).rejects.toThrow();
  expect(await ask(host, 'room again')).toHaveLength(1);
});

test('what is missing is said with what to do', async () => {
  await expect(openHost('missing')).rejects.toMatchObject({
    code: 'setting_invalid',
    message: expect.stringMatching(
      /npm install @huggingface\/transformers.*ONNXRUNTIME_NODE_INSTALL=skip/,
    ),
    details: { setting: 'REVERIE_EMBEDDER' },
  });
  await expect(openHost('unusable')).rejects.toThrow(/no such file.*name a folder/);
  await expect(openHost('ends')).rejects.toMatchObject({ code: 'setting_invalid' });
});

test('closing rejects what waits and what comes later', async () => {
  const host = await openHost();
  const waiting = ask(host, 'hang', 'slow');
  const rejected = expect(waiting).rejects.toMatchObject({ code: 'shutting_down' });
  await host.close();
  await rejected;
  await expect(ask(host, 'late')).rejects.toMatchObject({ code: 'shutting_down' });
  await host.close();
});

test('the process sees no setting of the server', async () => {
  vi.stubEnv('REVERIE_ROOT_KEY', 'a-secret-of-the-server-1234');
  const host = await openHost();
  expect(await ask(host, 'environment')).toEqual([Float32Array.of(1, 0)]);
});
