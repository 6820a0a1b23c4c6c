/** The compose file agrees with the server, the image and its own promises. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ZodError } from 'zod';
import { loadSettings } from '../../packages/server/src/config/settings.ts';
import { serverSettings } from '../../packages/server/src/config/settings-table.ts';
import { openTestApp } from '../http/open-test-app.ts';
import { read, root } from '../source-files.ts';
import { interpolate, readCompose, type Service, startedBy } from './compose.ts';
import { readDockerfile, toPairs } from './dockerfile.ts';

const folder = 'deploy/compose';
const text = read(`${folder}/compose.yaml`);
const caddyfile = read(`${folder}/Caddyfile`);
const secrets = {
  POSTGRES_PASSWORD: 'postgres0secret',
  QDRANT_API_KEY: 'qdrant0secret',
  REDIS_PASSWORD: 'redis0secret',
  KAFKA_CLUSTER_ID: 'kafka0cluster',
};
const bare = readCompose(text, {});
const whole = readCompose(text, secrets);

const imageEnv: Record<string, string> = Object.assign(
  {},
  ...(readDockerfile(read('deploy/docker/Dockerfile')).stages.at(-1)?.steps ?? [])
    .filter(({ keyword }) => keyword === 'ENV')
    .map(toPairs),
);

/** What a server of the file would be started with. */
function settingsOf(service: Service | undefined) {
  const env = Object.entries({ ...imageEnv, ...service?.environment });
  return loadSettings(Object.fromEntries(env));
}

test.each([
  { profiles: [], services: ['reverie'] },
  { profiles: ['postgres'], services: ['reverie', 'postgres'] },
  { profiles: ['pgvector'], services: ['reverie', 'postgres'] },
  { profiles: ['qdrant'], services: ['reverie', 'qdrant'] },
  { profiles: ['redis'], services: ['reverie', 'redis'] },
  { profiles: ['kafka'], services: ['reverie', 'kafka'] },
  { profiles: ['postgres', 'redis'], services: ['reverie', 'postgres', 'redis'] },
  { profiles: ['full'], services: Object.keys(bare.services) },
])('profiles $profiles start $services', ({ profiles, services }) => {
  expect(startedBy(bare, profiles)).toEqual(services);
  // What is waited for is started too, or may be missing.
  for (const name of services) {
    for (const [needed, how] of Object.entries(bare.services[name]?.depends_on ?? {})) {
      expect(services.includes(needed) || how.required === false).toBe(true);
    }
  }
});

test('without passwords the server keeps its memories on its volume', () => {
  const settings = settingsOf(bare.services.reverie);
  expect(settings).toMatchObject({ records: 'sqlite', host: '0.0.0.0', rootKey: undefined });
  expect(bare.services.reverie?.volumes).toContain(`reverie:${settings.dataDir}`);
});

test('with them both servers use all that the profile full starts, and the same', () => {
  const { reverie, 'reverie-2': second } = whole.services;
  expect(settingsOf(reverie)).toMatchObject({
    records: 'postgres',
    postgresUrl: `postgres://reverie:${secrets.POSTGRES_PASSWORD}@postgres:5432/reverie`,
  });
  expect(reverie?.environment).toMatchObject({
    REVERIE_VECTORS: 'qdrant',
    REVERIE_QDRANT_URL: 'http://qdrant:6333',
    REVERIE_REDIS_URL: `redis://:${secrets.REDIS_PASSWORD}@redis:6379`,
    REVERIE_KAFKA_BROKERS: 'kafka:9092',
  });
  expect(second?.environment).toEqual(reverie?.environment);
});

test('no password comes with the file', () => {
  for (const [name, { environment }] of Object.entries(bare.services)) {
    for (const [key, value] of Object.entries(environment)) {
      if (/PASSWORD|KEY|AUTH|CLUSTER_ID|_URL$/.test(key)) {
        expect({ name, key, value }).toEqual({ name, key, value: '' });
      }
    }
  }
});

test.each([
  ['qdrant', 'entrypoint', 'QDRANT_API_KEY'],
  ['redis', 'command', 'REDIS_PASSWORD'],
  ['kafka', 'command', 'KAFKA_CLUSTER_ID'],
] as const)('%s does not start without its password, and says which', (name, field, variable) => {
  const service = bare.services[name];
  const [shell = '', flag = '', script = ''] = service?.[field] ?? [];
  // Without programs: what does not look at its password must not start one here.
  const run = spawnSync(shell, [flag, `PATH=/none\n${script}`], {
    env: { PATH: process.env.PATH, ...service?.environment },
    encoding: 'utf8',
  });
  expect(run.status).not.toBe(0);
  expect(run.stderr).toContain(`Set ${variable} in .env`);
});

test('the password of Redis is on no command line, its memory is bounded as the guide says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-compose-'));
  const program = '#!/bin/sh\necho "words: $*"\nexec cat\n';
  writeFileSync(join(folder, 'redis-server'), program, { mode: 0o755 });
  const { environment, command: [shell = '', ...words] = [] } = whole.services.redis ?? {};
  const env = { ...environment, PATH: `${folder}:${process.env.PATH}` };
  const run = spawnSync(shell, words, { env, encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  const [started, ...settings] = run.stdout.trimEnd().split('\n');
  expect(started).toBe('words: -');
  expect(settings).toContain(`requirepass "${secrets.REDIS_PASSWORD}"`);
  const told = /```\n(maxmemory .*)\n(maxmemory-policy .*)\n```/.exec(read('docs/guides/redis.md'));
  expect(settings).toEqual(expect.arrayContaining(told?.slice(1) ?? ['told']));
});

test('every service is hardened, bounded, checked and pinned', () => {
  for (const [name, service] of Object.entries(bare.services)) {
    expect({ name, ...service }).toMatchObject({
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      deploy: { resources: { limits: { memory: expect.any(String), pids: expect.any(Number) } } },
    });
    // Kafka's image writes its configuration when it starts.
    expect({ name, readOnly: service.read_only }).toEqual({ name, readOnly: name !== 'kafka' });
    expect(service.image).toMatch(/:[a-z]*\d/);
    const isOwn = service.image.startsWith('reverie:');
    // The image of the server brings its own.
    expect({ name, isChecked: isOwn || service.healthcheck !== undefined }).toEqual({
      name,
      isChecked: true,
    });
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  }
});

test('stores are on a network without a way out', () => {
  for (const name of ['postgres', 'qdrant', 'redis', 'kafka']) {
    expect(bare.services[name]).toMatchObject({ networks: ['stores'], ports: [] });
  }
  expect(bare.networks.stores).toEqual({ internal: true });
});

test('the server has time to end in order', () => {
  const grace = /^(\d+)s$/.exec(String(bare.services.reverie?.stop_grace_period))?.[1];
  expect(Number(grace)).toBeGreaterThanOrEqual(
    Number(serverSettings.shutdownMs.default) / 1000 + 15,
  );
});

test('ports, volumes and files are those that there are', () => {
  const port = serverSettings.port.default ?? '';
  expect(bare.services.reverie?.ports).toEqual([`127.0.0.1:${port}:${port}`]);
  for (const { volumes } of Object.values(bare.services)) {
    for (const source of volumes.map((volume) => volume.split(':')[0] ?? '')) {
      const isThere = source.startsWith('./')
        ? existsSync(join(root, folder, source))
        : source in bare.volumes;
      expect({ source, isThere }).toEqual({ source, isThere: true });
    }
  }
});

test('the proxy knows both servers, asks what they answer, and they believe it', async () => {
  const upstreams = /reverse_proxy (.*) \{/.exec(caddyfile)?.[1]?.split(' ');
  expect(upstreams).toEqual(['reverie:7360', 'reverie-2:7360']);
  const path = /health_uri (\S+)/.exec(caddyfile)?.[1];
  const app = await openTestApp();
  const answer = await app.fetch(new Request(`http://reverie${path}`));
  await app.close();
  expect(answer.status).toBe(200);
  const listens = /^:(\d+) \{/m.exec(caddyfile)?.[1];
  expect(bare.services.proxy?.ports).toEqual([`127.0.0.1:8080:${listens}`]);
  const { networks, environment } = { ...bare.services.proxy, ...bare.services.reverie };
  expect(networks).toEqual(['front', 'stores']);
  expect(bare.services.proxy).toMatchObject({
    networks: { front: { ipv4_address: environment?.REVERIE_TRUSTED_PROXIES } },
  });
});

test('example.env tells of every variable, and of no other', () => {
  const used = new Set([...text.matchAll(/(?<!\$)\$\{(\w+)/g)].map((found) => found[1]));
  const told = [...read(`${folder}/example.env`).matchAll(/^(\w+)=/gm)].map((found) => found[1]);
  expect(told.toSorted()).toEqual([...used, 'COMPOSE_PROFILES'].toSorted());
});

test.each([
  [`$\{A:-x}`, 'x'],
  [`$\{B:-x}`, 'b'],
  [`$\{A:+x}`, ''],
  [`$\{B:+x-$\{B}-y}`, 'x-b-y'],
  [`$\{A:-$\{B:+q}}`, 'q'],
  [`$$\{B} $\{B}`, `$\{B} b`],
])('%s becomes %s', (before, after) => {
  expect(interpolate(before, { B: 'b' })).toBe(after);
});

const compose = spawnSync('docker', ['compose', 'version']);
test.skipIf(compose.status !== 0)('docker compose takes it (skipped where there is none)', () => {
  const args = ['compose', '-f', join(root, folder, 'compose.yaml'), '--profile', 'full'];
  const run = spawnSync('docker', [...args, 'config', '--quiet'], { encoding: 'utf8' });
  expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
});

test.each([
  ['a field that is not known', 'read_only: true', 'readonly: true'],
  ['a wrong type', 'read_only: true', 'cap_add: yes'],
])('%s is refused', (_, right, wrong) => {
  expect(() => readCompose(text.replace(right, wrong), {})).toThrow(ZodError);
});
