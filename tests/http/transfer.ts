/** What the tests of export and import have in common. */
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { send } from './scenario.ts';

export async function exportOf(app: RunningApp, namespace: string, query = ''): Promise<string> {
  const path = `/v1/namespaces/${encodeURIComponent(namespace)}/export${query}`;
  return (await send(app, { path })).text;
}

export async function importInto(
  app: RunningApp,
  namespace: string,
  raw: string | Uint8Array,
  { query = '', headers = {} }: { query?: string; headers?: Record<string, string> } = {},
) {
  const path = `/v1/namespaces/${encodeURIComponent(namespace)}/import${query}`;
  return send(app, { method: 'POST', path, raw, headers });
}

export const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** The memories of an export without what every import makes anew; links are places in the file. */
export function canonical(text: string) {
  const memories = linesOf(text).filter((line) => 'value' in line);
  const places = new Map(memories.map((memory, i) => [memory.id, i]));
  const placeOf = (id: string | null) => id && (places.get(id) ?? 'elsewhere');
  return memories.map((memory) => {
    const { id, version, created_at, updated_at, origin, imported, cursor, ...rest } = memory;
    return {
      ...rest,
      supersedes: placeOf(rest.supersedes),
      superseded_by: placeOf(rest.superseded_by),
      derived_from: rest.derived_from.map(placeOf),
    };
  });
}
