/** The Dockerfile keeps its promises, as far as reading it can tell; test:image runs it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serverSettings } from '../../packages/server/src/config/settings-table.ts';
import { read, root } from '../source-files.ts';
import { contextFilter, expand, readDockerfile, type Step, toPairs } from './dockerfile.ts';

const { args, stages } = readDockerfile(read('deploy/docker/Dockerfile'));
const last = stages.at(-1)?.steps ?? [];
const isSeen = contextFilter(read('.dockerignore'));

const stepsOf = (keyword: string, steps: readonly Step[] = last): readonly Step[] =>
  steps.filter((step) => step.keyword === keyword);
const only = (keyword: string): Step | undefined => stepsOf(keyword)[0];
const env = Object.assign({}, ...stepsOf('ENV').map(toPairs));

test('the server runs as a user without rights, named by number', () => {
  // Kubernetes' runAsNonRoot cannot tell what a name stands for.
  expect(only('USER')?.text).toMatch(/^[1-9]\d+:[1-9]\d+$/);
});

test('its data folder is a volume that belongs to that user', () => {
  expect(only('VOLUME')?.words).toEqual([env.REVERIE_DATA_DIR]);
  const made = stepsOf('COPY').find(({ words }) => words.at(-1) === env.REVERIE_DATA_DIR);
  expect(made?.flags.chown).toBe(only('USER')?.text);
});

test('it listens where a container must, on the port that is told', () => {
  expect(env.REVERIE_HOST).toBe('0.0.0.0');
  expect(only('EXPOSE')?.text).toBe(serverSettings.port.default);
});

test('signals reach the server itself: no shell stands before it', () => {
  for (const keyword of ['ENTRYPOINT', 'CMD', 'HEALTHCHECK']) {
    expect({ keyword, list: only(keyword)?.text }).toMatchObject({
      list: expect.stringMatching(/\[".*"\]$/),
    });
  }
  expect(only('STOPSIGNAL')?.text).toBe('SIGTERM');
});

test('no secret is part of the image, and none travels by an argument', () => {
  const names = stages.flatMap(({ steps }) =>
    ['ENV', 'ARG'].flatMap((keyword) => stepsOf(keyword, steps)),
  );
  for (const step of names) {
    const secret = Object.keys(toPairs(step)).filter((name) => /KEY|TOKEN|SECRET|PASS/.test(name));
    expect(secret).toEqual([]);
  }
});

test('base images are named with a version', () => {
  const own = stages.map(({ name }) => name);
  for (const image of stages.map((stage) => stage.image).filter((name) => !own.includes(name))) {
    expect(image).toMatch(/\d/);
    expect(image).not.toMatch(/:latest$|^[^:]+$/);
  }
});

test('what is copied is there, and a build may see it', () => {
  const copies = stages.flatMap(({ steps }) => stepsOf('COPY', steps));
  const sources = copies.filter(({ flags }) => flags.from === undefined);
  for (const source of sources.flatMap(({ words }) => words.slice(0, -1))) {
    expect({ source, exists: existsSync(join(root, source)) }).toEqual({ source, exists: true });
    expect({ source, isSeen: isSeen(source.replace(/\/$/, '')) }).toEqual({ source, isSeen: true });
  }
  const known = stages.map(({ name }) => name);
  for (const { flags } of copies.filter((step) => step.flags.from !== undefined)) {
    expect(known).toContain(flags.from);
  }
});

test.each([
  '.git/config',
  '.env',
  'packages/server/.env',
  'packages/server/node_modules/a/index.js',
  'packages/server/dist/index.js',
  'packages/server/src/http/app.test.ts',
  'packages/server/src/http/fixtures/first-key.pem',
  'reverie-data/root.key',
  'tests/source-files.ts',
  'deploy/compose/.env',
  'docs/settings.md',
])('a build does not see %s', (path) => {
  expect(isSeen(path)).toBe(false);
});

test('the last line of .dockerignore that fits decides', () => {
  const filter = contextFilter('# all\n*\n!kept\nkept/not\n**/*.log\n');
  const paths = ['a', 'a/b', 'kept', 'kept/b', 'kept/not', 'kept/not/c', 'kept/d/e.log', 'x.log'];
  expect(paths.filter(filter)).toEqual(['kept', 'kept/b']);
});

test('continued lines, lists, flags and variables are read', () => {
  const text =
    'ARG A=1\nFROM base:$A AS one\nENV B=2 \\\n  C="3 4"\nHEALTHCHECK --retries=3 \\\n' +
    '  CMD ["node", "/x.mjs"]\nCOPY --from=one --chown=1:2 a b c/\n';
  const parsed = readDockerfile(text);
  const [stage] = parsed.stages;
  expect(parsed.args).toEqual({ A: '1' });
  expect(stage).toMatchObject({ image: 'base:1', name: 'one' });
  const [values, health, copy] = stage?.steps ?? [];
  expect(values && toPairs(values)).toEqual({ B: '2', C: '3 4' });
  expect(health).toMatchObject({ words: ['node', '/x.mjs'], flags: { retries: '3' } });
  expect(copy).toMatchObject({ words: ['a', 'b', 'c/'], flags: { from: 'one', chown: '1:2' } });
  expect(expand(`$A-$\{B}`, { A: 'x', B: 'y' })).toBe('x-y');
});

test('the arguments that a build takes have defaults', () => {
  expect(Object.values(args).every(Boolean)).toBe(true);
});
