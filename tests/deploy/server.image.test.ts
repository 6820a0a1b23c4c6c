/** The image of deploy/docker, built and run without an engine: npm run test:image. */
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@reverie/sdk';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { read, root } from '../source-files.ts';
import { buildImage, type Image } from './build-image.ts';
import { type Container, runContainer, startContainer, whyNotContained } from './contain.ts';
import { readDockerfile } from './dockerfile.ts';

const reason = whyNotContained();
const inContainer = test.skipIf(reason !== undefined);
const title = (text: string) => (reason === undefined ? text : `${text} (skipped: ${reason})`);

let work: string;
let image: Image;
let running: Container | undefined;

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'reverie-image-'));
  const dockerfile = readDockerfile(read('deploy/docker/Dockerfile'));
  const dockerignore = readFileSync(join(root, '.dockerignore'), 'utf8');
  image = buildImage({ dockerfile, context: root, dockerignore, work });
}, 600_000);
afterEach(() => {
  running?.process.kill('SIGKILL');
  running = undefined;
});
afterAll(() => rmSync(work, { recursive: true, force: true }), 120_000);

async function serve(settings: Record<string, string> = {}): Promise<string> {
  const started = startContainer(image, undefined, { REVERIE_PORT: '0', ...settings });
  running = started;
  const { stdout, stderr } = started.process;
  let told = '';
  stderr?.on('data', (part) => {
    told += part;
  });
  return new Promise((resolve, reject) => {
    started.process.once('exit', (code) => reject(new Error(`It ended with ${code}: ${told}`)));
    stdout?.on('data', (part) => {
      const port = /Reverie is at http:\/\/0\.0\.0\.0:(\d+)/.exec(String(part))?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
  });
}

/** What `docker stop` does. */
async function stop(): Promise<number | null> {
  const child = running?.process;
  if (child === undefined || running === undefined) return null;
  const ended = once(child, 'exit');
  process.kill(running.pid(), image.stopSignal);
  await ended;
  return child.exitCode;
}

/** All that lies outside of the data folder. */
const listing = (): string[] =>
  readdirSync(image.root, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.startsWith('data/'))
    .sort();

const keyFile = () => join(image.root, 'data/root.key');
const clientOf = (baseUrl: string) =>
  createClient({ baseUrl, apiKey: readFileSync(keyFile(), 'utf8').trim(), namespace: 'ann' });

test('the stages leave a small folder with no test, no source map and no secret', () => {
  const files = readdirSync(join(image.root, 'app'), { recursive: true, encoding: 'utf8' });
  const needless = /\.map$|\.ts$|^packages.*\.test\.|root\.key|\.env$/;
  expect(files.filter((path) => needless.test(path))).toEqual([]);
  const sizes = files.map((path) =>
    statSync(join(image.root, 'app', path), { throwIfNoEntry: false }),
  );
  const bytes = sizes.reduce((sum, file) => sum + (file?.isFile() ? file.size : 0), 0);
  expect(bytes).toBeLessThan(150_000_000);
});

inContainer(
  title('as PID 1 of a user without rights it stores, finds, and stops with 0'),
  async () => {
    const url = await serve();
    const stored = await clientOf(url).store({
      key: 'job',
      value: 'Ann teaches the violin in Oslo.',
    });
    expect(stored.status).toBe('stored');
    // Readable by the server's user alone, as docs/guides/deploy.md says.
    const { mode, uid } = statSync(keyFile());
    expect({ mode: mode & 0o777, uid }).toEqual({ mode: 0o600, uid: 65532 });
    expect(await stop()).toBe(0);

    const again = await serve();
    const { results } = await clientOf(again).recall('Who plays the violin?');
    expect(results[0]?.value).toContain('violin');
    expect(await stop()).toBe(0);
  },
);

inContainer(
  title('nothing but the data folder can be written, and nothing else is needed'),
  async () => {
    const before = listing();
    const url = await serve();
    await clientOf(url).store({ value: 'The heron waits for the tide.' });
    const write = "require('fs').writeFileSync(process.argv[1] + '/probe', '')";
    const writes = async (folder: string) =>
      (await runContainer(image, ['node', '-e', write, folder])).status === 0;
    expect(await stop()).toBe(0);
    expect(listing()).toEqual(before);
    for (const folder of ['/', '/app', '/app/packages/server', '/usr']) {
      expect({ folder, isWritable: await writes(folder) }).toEqual({ folder, isWritable: false });
    }
    expect(await writes('/data')).toBe(true);
  },
);

inContainer(title('the health check tells a server from none'), async () => {
  const port = new URL(await serve()).port;
  const health = (path?: string) =>
    runContainer(image, [...image.health, ...(path ? [path] : [])], { REVERIE_PORT: port });
  expect((await health()).status).toBe(0);
  expect((await health('/health/live')).status).toBe(0);
  expect((await health('/health/nothing')).status).toBe(1);
  expect(await stop()).toBe(0);
  expect((await health()).status).toBe(1);
});

inContainer(
  title('the commands on a folder work, compact with its file beside the data'),
  async () => {
    for (const command of ['compact', 'doctor', 'verify']) {
      const { status, output } = await runContainer(image, [command]);
      expect(`${command} ended with ${status}: ${output}`).toContain(`${command} ended with 0`);
    }
  },
);

inContainer(title('every optional package that the build adds can be loaded'), async () => {
  const manifest = JSON.parse(read('packages/server/package.json'));
  const { packages } = JSON.parse(read('package-lock.json'));
  const names = Object.keys(manifest.peerDependenciesMeta).filter(
    (name) => packages[`node_modules/${name}`],
  );
  expect(names).toContain('pg');
  const load = `Promise.all(${JSON.stringify(names)}.map((name) => import(name)))`;
  expect(await runContainer(image, ['node', '-e', load])).toEqual({ status: 0, output: '' });
});
