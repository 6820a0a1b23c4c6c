/** What the guides for clouds show can be given to the server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadSettings, type Settings } from '../../packages/server/src/config/settings.ts';
import { openTestApp } from '../http/open-test-app.ts';
import { read } from '../source-files.ts';
import { readDockerfile, toPairs } from './dockerfile.ts';

const { stages } = readDockerfile(read('deploy/docker/Dockerfile'));
const imageEnv: Record<string, string> = Object.assign(
  {},
  ...(stages.at(-1)?.steps ?? []).filter(({ keyword }) => keyword === 'ENV').map(toPairs),
);
const secrets: Record<string, string> = {
  REVERIE_ROOT_KEY: 'sk-rev-0123456789abcdef0123456789',
  REVERIE_POSTGRES_URL: 'postgres://reverie:secret@db.example:5432/reverie',
};
const folder = mkdtempSync(join(tmpdir(), 'reverie-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The only block of a language in a page. */
function blockOf(page: string, language: string): string {
  const blocks = [...read(page).matchAll(/^```(\w+)\n(.*?)^```/gms)];
  const texts = blocks.filter((block) => block[1] === language).map((block) => block[2] ?? '');
  expect(texts).toHaveLength(1);
  return texts[0] ?? '';
}

async function expectAnswers(paths: readonly string[]): Promise<void> {
  const app = await openTestApp();
  try {
    for (const path of paths) {
      const { status } = await app.fetch(new Request(`http://10.0.0.1${path}`));
      expect({ path, status }).toEqual({ path, status: 200 });
    }
  } finally {
    await app.close();
  }
}

function expectServer(settings: Settings, port: number, graceMs: number): void {
  expect(settings).toMatchObject({ ...{ records: 'postgres', port, host: '0.0.0.0' } });
  expect(settings.rootKey).toBe(secrets.REVERIE_ROOT_KEY);
  expect(settings.shutdownMs).toBeLessThan(graceMs);
}

const taskDefinition = z.looseObject({
  containerDefinitions: z.tuple([
    z.looseObject({
      readonlyRootFilesystem: z.literal(true),
      stopTimeout: z.number(),
      portMappings: z.tuple([z.looseObject({ containerPort: z.number() })]),
      environment: z.array(z.strictObject({ name: z.string(), value: z.string() })),
      secrets: z.array(z.strictObject({ name: z.string(), valueFrom: z.string() })),
      healthCheck: z.looseObject({ command: z.array(z.string()) }),
    }),
  ]),
});

test('the task definition for ECS is one that the server takes', async () => {
  const [container] = taskDefinition.parse(
    JSON.parse(blockOf('docs/guides/aws.md', 'json')),
  ).containerDefinitions;
  const plain = container.environment.map(({ name, value }) => [name, value]);
  const secret = container.secrets.map(({ name }) => [name, secrets[name]]);
  const settings = loadSettings({ ...imageEnv, ...Object.fromEntries([...plain, ...secret]) });
  const [{ containerPort }] = container.portMappings;
  expectServer(settings, containerPort, container.stopTimeout * 1000 - 15_000);
  const health = stages.at(-1)?.steps.find(({ keyword }) => keyword === 'HEALTHCHECK')?.words ?? [];
  expect(container.healthCheck.command.slice(0, -1)).toEqual(['CMD', ...health]);
  await expectAnswers([container.healthCheck.command.at(-1) ?? '']);
});

const probe = z.looseObject({ httpGet: z.strictObject({ path: z.string(), port: z.number() }) });
const runService = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({
      metadata: z.looseObject({ annotations: z.record(z.string(), z.string()) }),
      spec: z.looseObject({
        containers: z.tuple([
          z.looseObject({
            ports: z.tuple([z.strictObject({ containerPort: z.number() })]),
            env: z.array(z.strictObject({ name: z.string(), value: z.string() })),
            startupProbe: probe,
            livenessProbe: probe,
            volumeMounts: z.array(z.strictObject({ name: z.string(), mountPath: z.string() })),
          }),
        ]),
        volumes: z.array(z.looseObject({ name: z.string() })),
      }),
    }),
  }),
});

test('the service for Cloud Run is one that the server takes', async () => {
  const service = runService.parse(parse(blockOf('docs/guides/google-cloud.md', 'yaml')));
  const { metadata, spec } = service.spec.template;
  const [container] = spec.containers;
  const env = container.env.map(({ name, value }) => {
    if (!name.endsWith('_FILE')) return [name, value];
    expect(container.volumeMounts.some(({ mountPath }) => value.startsWith(`${mountPath}/`))).toBe(
      true,
    );
    const file = join(folder, name);
    writeFileSync(file, secrets[name.replace(/_FILE$/, '')] ?? '');
    return [name, file];
  });
  const settings = loadSettings({ ...imageEnv, ...Object.fromEntries(env) });
  const [{ containerPort }] = container.ports;
  // Cloud Run kills 10 s after SIGTERM.
  expectServer(settings, containerPort, 10_000);
  const volumes = spec.volumes.map(({ name }) => name);
  expect(container.volumeMounts.map(({ name }) => name)).toEqual(volumes);
  expect(metadata.annotations).toMatchObject({
    'run.googleapis.com/cpu-throttling': 'false',
    'autoscaling.knative.dev/minScale': expect.stringMatching(/^[1-9]/),
  });
  const probes = [container.startupProbe, container.livenessProbe].map(({ httpGet }) => httpGet);
  expect(probes.map(({ port }) => port)).toEqual([containerPort, containerPort]);
  await expectAnswers(probes.map(({ path }) => path));
});
