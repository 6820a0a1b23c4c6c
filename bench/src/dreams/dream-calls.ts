/** The calls of the dream API that the benchmark makes, with their replies checked. */
import type { JsonClient } from '../lib/client.ts';
import { field, listField, textField } from '../lib/json.ts';

/** A summary that is planned, with the ids of what it stands for. */
export interface Summary {
  readonly value: string;
  readonly sources: readonly string[];
}

export interface Planned {
  readonly dream: string;
  /** By the id of the action. */
  readonly summaries: ReadonlyMap<string, Summary>;
  readonly planMs: number;
}

const waitMs = 60_000;
const pageSize = 200;

/** Throws unless the plan is there within a minute. */
export async function planCompress(
  client: JsonClient,
  { namespace, before }: { readonly namespace: string; readonly before: string },
): Promise<Planned> {
  const wanted = { namespace, before, strategies: ['compress'], wait_ms: waitMs };
  const dream = field(await send(client, 'POST', '/v1/dreams', wanted), 'dream');
  const id = textField(dream, 'id') ?? '';
  if (textField(dream, 'status') !== 'planned') {
    throw new Error(`the dream of ${namespace} is not planned: ${JSON.stringify(dream)}`);
  }
  const [start, end] = ['created_at', 'ended_at'].map((name) =>
    Date.parse(textField(dream, name) ?? ''),
  );
  const summaries = new Map<string, Summary>();
  await eachPage(client, id, (diff) => {
    const sources = new Map(
      listField(diff, 'actions').map((action) => [
        textField(action, 'id') ?? '',
        listField(action, 'sources').map((source) => textField(source, 'id') ?? ''),
      ]),
    );
    for (const added of listField(diff, 'added')) {
      const action = textField(added, 'action') ?? '';
      const value = textField(added, 'value') ?? '';
      summaries.set(action, { value, sources: sources.get(action) ?? [] });
    }
  });
  return { dream: id, summaries, planMs: (end ?? 0) - (start ?? 0) };
}

/** The summaries by the ids under which a search finds them. */
export async function applyDream(
  client: JsonClient,
  dream: string,
  summaries: ReadonlyMap<string, Summary>,
): Promise<Map<string, Summary>> {
  await send(client, 'POST', `/v1/dreams/${dream}/apply`, {});
  const made = new Map<string, Summary>();
  await eachPage(client, dream, (diff) => {
    for (const added of listField(diff, 'added')) {
      const summary = summaries.get(textField(added, 'action') ?? '');
      const id = textField(added, 'id');
      if (summary !== undefined && id !== undefined) made.set(id, summary);
    }
  });
  if (made.size < summaries.size) throw new Error('not all of the plan was applied');
  return made;
}

async function eachPage(
  client: JsonClient,
  dream: string,
  use: (diff: unknown) => void,
): Promise<void> {
  let cursor: string | undefined;
  do {
    const place = cursor === undefined ? '' : `&cursor=${cursor}`;
    const reply = await send(client, 'GET', `/v1/dreams/${dream}?limit=${pageSize}${place}`);
    use(field(reply, 'diff'));
    cursor = textField(reply, 'next_cursor');
  } while (cursor !== undefined);
}

async function send(
  client: JsonClient,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const reply = await client.send(method, path, body);
  if (reply.status < 300) return reply.body;
  const said = JSON.stringify(reply.body).slice(0, 400);
  throw new Error(`${method} ${path} answered ${reply.status}: ${said}`);
}
