/** The table of docs/compatibility.md against the routes, in both directions. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { leftOut } from '../../packages/server/src/http/compat/left-out.ts';
import { openTestApp } from '../http/open-test-app.ts';
import { send } from '../http/scenario.ts';
import { read } from '../source-files.ts';
import { dreamSamples, sampleStrategies } from './dream-samples.ts';
import { samples } from './samples.ts';

let app: RunningApp;
/** Ids of what was made last, by the name of their field. */
const made = new Map<string, string>();
beforeAll(async () => {
  app = await openTestApp({}, { strategies: sampleStrategies });
});
afterAll(() => app.close());

interface Row {
  readonly route: string;
  readonly state: string;
  readonly notes: string;
}

const line = /^\| (.*`(?:GET|POST|DELETE) \/.*?) \| ([a-z ]+) \|(.*)\|$/gm;
const routes: readonly Row[] = [...read('docs/compatibility.md').matchAll(line)].flatMap(
  ([, names = '', state = '', notes = '']) =>
    [...names.matchAll(/`((?:GET|POST|DELETE) \/[^`]+)`/g)].map(([, route = '']) => ({
      ...{ route, state, notes: notes.trim() },
    })),
);

describe('every known field of an answer', () => {
  test.each([...samples, ...dreamSamples])('$route $path', async (sample) => {
    const [method = '', named = ''] = sample.route.split(' ');
    const { path = '', body, status = 200, answer } = sample;
    const { response, text, json } = await send(app, {
      method,
      path: (path.startsWith('/') ? path : named + path).replace(
        /\{(\w+)\}/,
        (whole, name) => made.get(name) ?? whole,
      ),
      ...(body && { body }),
    });
    expect(response.status, text).toBe(status);
    expect(json()).toMatchObject(answer as object);
    for (const name of ['snapshot', 'dream', 'schedule', 'cycle']) {
      const id = json()[`${name}_id`];
      if (id) made.set(name, id);
    }
  });
});

describe('docs/compatibility.md', () => {
  test('has states that are known', () => {
    expect(routes.length).toBeGreaterThan(100);
    expect(new Set(routes.map(({ state }) => state))).toEqual(
      new Set(['works', 'differs', 'left out', 'not yet']),
    );
    expect(new Set(routes.map(({ route }) => route)).size).toBe(routes.length);
  });

  test('says how a route differs and why it is left out', () => {
    const silent = routes.filter(({ state, notes }) => /differs|left/.test(state) && notes === '');
    expect(silent).toEqual([]);
  });

  test('names only what is asked here as working or differing, and nothing else is asked', () => {
    const offered = routes.filter(({ state }) => state === 'works' || state === 'differs');
    expect(new Set([...samples, ...dreamSamples].map(({ route }) => route))).toEqual(
      new Set(offered.map(({ route }) => route)),
    );
  });

  test('says of what is left out what the code says', () => {
    const said = routes.filter(({ state }) => state === 'left out');
    const coded = leftOut.flatMap((each) =>
      each.routes.map((route) => ({ route, state: 'left out', notes: each.why })),
    );
    expect(said).toEqual(coded);
  });
});

test.each(routes.filter(({ state }) => state === 'left out'))(
  '$route is 404 with the reason',
  async ({ route, notes }) => {
    const [method = '', named = ''] = route.split(' ');
    const path = named.replace(/\{\w+\}/g, 'any');
    const { response, json } = await send(app, { method, path });
    expect(response.status).toBe(404);
    expect(json().error.code).toBe('route_not_found');
    expect(json().error.message).toBe(`${route} is not offered: ${notes}.`);
  },
);
