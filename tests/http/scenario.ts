/** One table row per request: who asks what, what must be in the answer and what must not. */
import { expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';

export interface Scenario {
  readonly name: string;
  /** Default: the root key. null: no key. */
  readonly key?: string | null;
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly raw?: string | Uint8Array;
  readonly headers?: Record<string, string>;
  readonly status: number;
  /** The error code, for answers that are errors. */
  readonly code?: string;
  /** Texts that must be in the answer. */
  readonly has?: readonly string[];
  /** Texts that must not be in the answer. */
  readonly hasNot?: readonly string[];
}

export const rootKey = 'test-root-key-of-enough-length';

export async function send(app: RunningApp, scenario: Omit<Scenario, 'name' | 'status'>) {
  const { key = rootKey, path, body, raw, headers } = scenario;
  const hasBody = body !== undefined || raw !== undefined;
  const response = await app.fetch(
    new Request(`http://reverie.test${path}`, {
      method: scenario.method ?? (hasBody ? 'POST' : 'GET'),
      headers: { ...(key !== null && { Authorization: `Bearer ${key}` }), ...headers },
      ...(hasBody && { body: raw ?? JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return { response, text, json: () => JSON.parse(text) };
}

export function runScenarios(open: () => RunningApp, scenarios: readonly Scenario[]): void {
  test.each(scenarios)('$name', async (scenario) => {
    const { response, text, json } = await send(open(), scenario);
    expect(response.status, text).toBe(scenario.status);
    if (scenario.code) expect(json().error.code).toBe(scenario.code);
    // Every error has the one shape, whatever went wrong.
    if (scenario.status >= 400) {
      expect(Object.keys(json())).toEqual(['error']);
      expect(json().error).toMatchObject({ code: expect.any(String), message: expect.any(String) });
    }
    for (const part of scenario.has ?? []) expect(text).toContain(part);
    for (const part of scenario.hasNot ?? []) expect(text).not.toContain(part);
  });
}
