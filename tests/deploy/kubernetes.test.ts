/** The manifests agree with the server, the image and each other. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { loadSettings, type Settings } from '../../packages/server/src/config/settings.ts';
import { serverSettings } from '../../packages/server/src/config/settings-table.ts';
import { openTestApp } from '../http/open-test-app.ts';
import { filesUnder, read } from '../source-files.ts';
import { readDockerfile, toPairs } from './dockerfile.ts';
import { type Overlay, readOverlay } from './manifests.ts';

const folder = 'deploy/kubernetes';
const overlays = {
  sqlite: readOverlay(`${folder}/overlays/sqlite`),
  postgres: readOverlay(`${folder}/overlays/postgres`),
  full: readOverlay(`${folder}/overlays/full`),
};
const names = ['sqlite', 'postgres', 'full'] as const;

const steps = readDockerfile(read('deploy/docker/Dockerfile')).stages.at(-1)?.steps ?? [];
const imageEnv: Record<string, string> = Object.assign(
  {},
  ...steps.filter(({ keyword }) => keyword === 'ENV').map(toPairs),
);
const imageUser = Number(steps.find(({ keyword }) => keyword === 'USER')?.text.split(':')[0]);

const probe = z.looseObject({ httpGet: z.strictObject({ path: z.string(), port: z.string() }) });
const container = z.looseObject({
  image: z.string(),
  ports: z.tuple([z.looseObject({ name: z.string(), containerPort: z.number() })]),
  env: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  lifecycle: z.looseObject({
    preStop: z.strictObject({ sleep: z.strictObject({ seconds: z.number() }) }),
  }),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
});
const podSpec = z.looseObject({
  terminationGracePeriodSeconds: z.number(),
  affinity: z.unknown().optional(),
  containers: z.tuple([container]),
});
const workload = z.looseObject({
  spec: z.looseObject({
    replicas: z.number(),
    template: z.looseObject({ spec: podSpec }),
  }),
});

const find = ({ manifests }: Overlay, kind: string) => {
  const found = manifests.filter((one) => one.kind === kind);
  expect({ kind, found: found.length }).toEqual({ kind, found: 1 });
  return found[0];
};
const workloadOf = (name: (typeof names)[number]) =>
  workload.parse(find(overlays[name], name === 'sqlite' ? 'StatefulSet' : 'Deployment')).spec;
const containerOf = (name: (typeof names)[number]) => workloadOf(name).template.spec.containers[0];

const secrets = mkdtempSync(join(tmpdir(), 'reverie-secrets-'));
afterAll(() => rmSync(secrets, { recursive: true }));
const secretTexts: Record<string, string> = {
  'root-key': 'sk-rev-0123456789abcdef0123456789',
  'postgres-url': 'postgres://reverie:secret@db.example:5432/reverie',
  'redis-url': 'rediss://:secret@redis.example:6379',
  'qdrant-api-key': 'a-key-of-qdrant',
};

/** What the server of an overlay is started with; secrets come from files, as there. */
function envOf(name: (typeof names)[number]): Record<string, string> {
  const { data } = z
    .looseObject({ data: z.record(z.string(), z.string()) })
    .parse(find(overlays[name], 'ConfigMap'));
  const own = containerOf(name).env.map((one): [string, string] => [one.name, one.value]);
  return { ...imageEnv, ...data, ...Object.fromEntries(own) };
}

function settingsOf(name: (typeof names)[number]): Settings {
  const present = Object.entries(envOf(name));
  const env = present.map(([key, value]) => {
    if (!value.startsWith('/run/secrets/')) return [key, value];
    const file = join(secrets, basename(value));
    writeFileSync(file, secretTexts[basename(value)] ?? '');
    return [key, file];
  });
  return loadSettings(Object.fromEntries(env));
}

test('every manifest belongs to an overlay', () => {
  const used = new Set(Object.values(overlays).flatMap(({ files }) => files));
  expect(filesUnder(folder).filter((path) => !used.has(path))).toEqual([]);
});

test.each(names)('%s: the server takes its settings', (name) => {
  const settings = settingsOf(name);
  expect(settings.records).toBe(name === 'sqlite' ? 'sqlite' : 'postgres');
  expect(settings.host).toBe('0.0.0.0');
  expect(settings.rootKey).toBe(secretTexts['root-key']);
});

test.each(names)('%s: the probes ask what the server answers, on its port', async (name) => {
  const { ports, ...rest } = containerOf(name);
  const [{ name: portName, containerPort }] = ports;
  expect(containerPort).toBe(settingsOf(name).port);
  expect(String(containerPort)).toBe(serverSettings.port.default);
  const probes = { live: rest.livenessProbe, ready: rest.readinessProbe, start: rest.startupProbe };
  // What asks for readiness must not restart a server whose disk is full.
  expect(Object.values(probes).map(({ httpGet }) => httpGet.path)).toEqual([
    '/health/live',
    '/health/ready',
    '/health/live',
  ]);
  const app = await openTestApp();
  try {
    for (const { httpGet } of Object.values(probes)) {
      expect(httpGet.port).toBe(portName);
      const answer = await app.fetch(new Request(`http://10.0.0.1${httpGet.path}`));
      expect(answer.status).toBe(200);
    }
  } finally {
    await app.close();
  }
  const service = find(overlays[name], 'Service');
  expect(service).toMatchObject({ spec: { ports: [{ targetPort: portName }] } });
});

test.each(names)('%s: pods meet the restricted standard, as the user of the image', (name) => {
  expect(workloadOf(name).template.spec).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: imageUser,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  });
  expect(containerOf(name)).toMatchObject({
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    resources: { requests: { memory: expect.any(String) }, limits: { memory: expect.any(String) } },
  });
});

test.each(names)('%s: Kubernetes sets no REVERIE_PORT of its own', (name) => {
  // It would, for a Service of this name, and the server refuses what it does not know.
  expect(find(overlays[name], 'Service')).toMatchObject({ metadata: { name: 'reverie' } });
  expect(workloadOf(name).template.spec).toMatchObject({ enableServiceLinks: false });
});

test.each(names)('%s: there is time to end in order', (name) => {
  const { terminationGracePeriodSeconds: graceS } = workloadOf(name).template.spec;
  const { seconds } = containerOf(name).lifecycle.preStop.sleep;
  // 15 s to write the indexes back.
  expect(graceS).toBeGreaterThanOrEqual(seconds + settingsOf(name).shutdownMs / 1000 + 15);
});

test.each(names)('%s: selectors find the pods', (name) => {
  const labels = { 'app.kubernetes.io/name': 'reverie' };
  const { manifests } = overlays[name];
  expect(workloadOf(name)).toMatchObject({
    selector: { matchLabels: labels },
    template: { metadata: { labels } },
  });
  expect(find(overlays[name], 'Service')).toMatchObject({ spec: { selector: labels } });
  for (const policy of manifests.filter(({ kind }) => kind === 'NetworkPolicy')) {
    expect(policy).toMatchObject({ spec: { podSelector: { matchLabels: labels } } });
  }
});

test.each(names)('%s: the image has the version of this tree', (name) => {
  const { version } = JSON.parse(read('packages/server/package.json'));
  expect(overlays[name].tags).toEqual({ [containerOf(name).image]: version });
});

test('sqlite: one server, on a disk of its own that outlives it', () => {
  const { dataDir } = settingsOf('sqlite');
  const mount = containerOf('sqlite').volumeMounts.find((one) =>
    dataDir.startsWith(`${one.mountPath}/`),
  );
  const spec = workloadOf('sqlite');
  expect(spec.replicas).toBe(1);
  expect(spec).toMatchObject({
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    volumeClaimTemplates: [
      { metadata: { name: mount?.name }, spec: { accessModes: ['ReadWriteOncePod'] } },
    ],
  });
});

test.each(['postgres', 'full'] as const)('%s: one of several servers may always go', (name) => {
  const { replicas } = workloadOf(name);
  const budget = z
    .looseObject({ spec: z.looseObject({ minAvailable: z.number(), selector: z.unknown() }) })
    .parse(find(overlays[name], 'PodDisruptionBudget')).spec;
  expect(budget.minAvailable).toBeLessThan(replicas);
  expect(budget.selector).toEqual(workloadOf(name).selector);
  expect(workloadOf(name)).toMatchObject({ strategy: { rollingUpdate: { maxUnavailable: 0 } } });
});

test('the pods of both workloads are alike but for what their stores need', () => {
  const bare = (name: 'sqlite' | 'postgres') => {
    const { affinity: _, containers, ...pod } = workloadOf(name).template.spec;
    const [{ env, volumeMounts, ...rest }] = containers;
    return {
      ...{ pod, rest },
      env: env.filter((one) => one.name !== 'REVERIE_POSTGRES_URL_FILE'),
      mounts: volumeMounts.filter((one) => one.name !== 'data'),
    };
  };
  expect(bare('postgres')).toEqual(bare('sqlite'));
});

test.each(names)('%s: what is reached may be reached', (name) => {
  const env = envOf(name);
  const addresses = [
    secretTexts[basename(env.REVERIE_POSTGRES_URL_FILE ?? '')] ?? '',
    env.REVERIE_QDRANT_URL ?? '',
    env.REVERIE_KAFKA_BROKERS ?? '',
    env.REVERIE_REDIS_URL_FILE ? 'redis:6379' : '',
  ];
  const wanted = addresses.map((text) => /:(\d+)(?:[/,]|$)/.exec(text)?.[1]).filter(Boolean);
  const policies = overlays[name].manifests.filter(({ kind }) => kind === 'NetworkPolicy');
  const open = [...JSON.stringify(policies).matchAll(/"port":(\d+)/g)].map((found) => found[1]);
  expect(open).toEqual(expect.arrayContaining([...wanted, '53', '443']));
});

test('the guide makes a Secret with every file that is read', () => {
  const guide = read('docs/guides/deploy.md');
  for (const name of names) {
    const files = Object.values(envOf(name)).filter((value) => value.startsWith('/run/secrets/'));
    for (const file of files) expect(guide).toContain(`--from-literal=${basename(file)}=`);
    const mounted = containerOf(name).volumeMounts.find((one) => one.name === 'secrets');
    expect(files.every((file) => file.startsWith(`${mounted?.mountPath}/`))).toBe(true);
  }
});
