/** The image of deploy/docker, built and run without an engine: npm run test:image. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@reverie/sdk';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ask, findPostgres, startPostgres } from '../backends/postgres-server.ts';
import { read, root } from '../source-files.ts';
import { buildImage, type Image } from './build-image.ts';
import { runContainer, startContainer, whyNotContained } from './contain.ts';
import { readDockerfile } from './dockerfile.ts';

const reason = whyNotContained();
const inContainer = test.skipIf(reason !== undefined);
const title = (text: string) => (reason === undefined ? text : `${text} (skipped: ${reason})`);

let work: string;
let image: Image;
const running: ChildProcess[] = [];

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'reverie-image-'));
  const dockerfile = readDockerfile(read('deploy/docker/Dockerfile'));
  const dockerignore = readFileSync(join(root, '.dockerignore'), 'utf8');
  image = buildImage({ dockerfile, context: root, dockerignore, work });
}, 600_000);
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(work, { recursive: true, force: true }), 120_000);

interface Served {
  readonly url: string;
  /** What `docker stop` and `docker kill` do; resolves with the exit code. */
  stop(signal?: string): Promise<number | null>;
}

async function serve(settings: Record<string, string> = {}): Promise<Served> {
  const { process: child, pid } = startContainer(image, undefined, {
    ...{ REVERIE_PORT: '0', ...settings },
  });
  running.push(child);
  let told = '';
  child.stderr?.on('data', (part) => {
    told += part;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`It ended with ${code}: ${told}`)));
    child.stdout?.on('data', (part) => {
      const port = /Reverie is at http:\/\/0\.0\.0\.0:(\d+)/.exec(String(part))?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
  });
  const stop = async (signal = image.stopSignal): Promise<number | null> => {
    const ended = once(child, 'exit');
    process.kill(pid(), signal);
    await ended;
    return child.exitCode;
  };
  return { url, stop };
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
    const first = await serve();
    const value = 'Ann teaches the violin in Oslo.';
    expect((await clientOf(first.url).store({ key: 'job', value })).status).toBe('stored');
    // Readable by the server's user alone, as docs/guides/deploy.md says.
    const { mode, uid } = statSync(keyFile());
    expect({ mode: mode & 0o777, uid }).toEqual({ mode: 0o600, uid: 65532 });
    expect(await first.stop()).toBe(0);

    const second = await serve();
    const { results } = await clientOf(second.url).recall('Who plays the violin?');
    expect(results[0]?.value).toBe(value);
    expect(await second.stop()).toBe(0);
  },
);

inContainer(title('killed, it starts again: the lock of a former PID 1 is no lock'), async () => {
  const first = await serve();
  await clientOf(first.url).store({ value: 'The heron waits for the tide.' });
  await first.stop('SIGKILL');
  const second = await serve();
  const { results } = await clientOf(second.url).recall('heron');
  expect(results[0]?.value).toContain('heron');
  expect(await second.stop()).toBe(0);
});

inContainer(
  title('nothing but the data folder can be written, and nothing else is needed'),
  async () => {
    const before = listing();
    const { url, stop } = await serve();
    await clientOf(url).store({ value: 'The kiln needs a new door.' });
    expect(await stop()).toBe(0);
    expect(listing()).toEqual(before);
    const write = "require('fs').writeFileSync(process.argv[1] + '/probe', '')";
    const writes = async (folder: string) =>
      (await runContainer(image, ['node', '-e', write, folder])).status === 0;
    for (const folder of ['/', '/app', '/app/packages/server', '/usr']) {
      expect({ folder, isWritable: await writes(folder) }).toEqual({ folder, isWritable: false });
    }
    expect(await writes('/data')).toBe(true);
  },
);

inContainer(title('the health check tells a server from none'), async () => {
  const { url, stop } = await serve();
  const settings = { REVERIE_PORT: new URL(url).port };
  const health = async (...path: string[]) =>
    (await runContainer(image, [...image.health, ...path], settings)).status;
  expect(await health()).toBe(0);
  expect(await health('/health/live')).toBe(0);
  expect(await health('/health/nothing')).toBe(1);
  expect(await stop()).toBe(0);
  expect(await health()).toBe(1);
});

const postgres = findPostgres();
const noPostgres = reason ?? ('reason' in postgres ? postgres.reason : undefined);
const overPostgres =
  noPostgres === undefined
    ? 'over a PostgreSQL that init-postgres.sh made, two servers share it and write no file'
    : `over PostgreSQL (skipped: ${noPostgres})`;

test.skipIf(noPostgres !== undefined)(overPostgres, async () => {
  if ('reason' in postgres) return;
  const server = await startPostgres(postgres);
  try {
    const { hostname, port, password } = new URL(server.url);
    const script = read('deploy/compose/init-postgres.sh');
    const [row] = await ask(
      server.url,
      "SELECT FROM pg_available_extensions WHERE name = 'vector'",
    );
    // The image of the compose file has it; PostgreSQL alone has not.
    const init = row ? script : script.replace(/^CREATE EXTENSION.*$/m, '');
    const own = { PGHOST: hostname, PGPORT: port, PGPASSWORD: decodeURIComponent(password) };
    const made = spawnSync('sh', ['-c', init], {
      env: {
        PATH: `${postgres.bin}:${process.env.PATH}`,
        ...own,
        POSTGRES_PASSWORD: 'role0secret',
      },
      encoding: 'utf8',
    });
    expect(`${made.status} ${made.stderr}`).toBe('0 ');
    // The superuser has no password any more.
    await expect(ask(server.url, 'SELECT 1')).rejects.toThrow('authentication');

    const key = 'sk-rev-of-enough-length-for-a-test';
    const settings = {
      REVERIE_RECORDS: 'postgres',
      REVERIE_POSTGRES_URL: `postgres://reverie:role0secret@${hostname}:${port}/reverie`,
      REVERIE_ROOT_KEY: key,
      // Where nothing can be written.
      REVERIE_DATA_DIR: '/app/none',
    };
    const [first, second] = [await serve(settings), await serve(settings)];
    const client = (baseUrl: string) => createClient({ baseUrl, apiKey: key, namespace: 'ann' });
    await client(first.url).store({ value: 'Ann teaches the violin in Oslo.' });
    const { results } = await client(second.url).recall('Who plays the violin?');
    expect(results[0]?.value).toContain('violin');
    const checks = await runContainer(image, ['doctor'], settings);
    expect(checks).toMatchObject({ status: 0 });
    expect([await first.stop(), await second.stop()]).toEqual([0, 0]);
  } finally {
    await server.stop();
  }
});

inContainer(title('the commands on a folder work'), async () => {
  for (const command of ['compact', 'doctor', 'verify']) {
    const { status, output } = await runContainer(image, [command]);
    expect(`${command} ended with ${status}: ${output}`).toContain(`${command} ended with 0`);
  }
});

/** Writes a database anew that is larger than what SQLite caches, as reverie compact does. */
const vacuum = `
  const { DatabaseSync } = require('@photostructure/sqlite');
  require('fs').rmSync('/data/large.db', { force: true });
  const db = new DatabaseSync('/data/large.db');
  db.exec('CREATE TABLE large (bytes)');
  for (let i = 0; i < 10; i++) db.exec('INSERT INTO large VALUES (randomblob(5000000))');
  db.exec('PRAGMA temp_store = FILE');
  db.exec('VACUUM');
`;

inContainer(title('SQLite has a place for the file that it compacts through'), async () => {
  expect(await runContainer(image, ['node', '-e', vacuum])).toEqual({ status: 0, output: '' });
  // Without the setting of the image: nothing else there can be written.
  const without = await runContainer(image, ['node', '-e', vacuum], { SQLITE_TMPDIR: '/app' });
  expect(without.output).toContain('disk I/O error');
});

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
