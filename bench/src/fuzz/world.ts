/** The tenants and keys of a fuzzed server. */
import { createClient, type JsonClient } from '../lib/client.ts';
import { field, listField, textField } from '../lib/json.ts';
import type { ServerProcess } from '../lib/server.ts';
import { Known } from './known.ts';
import type { Keys } from './make-request.ts';

export interface World {
  readonly keys: Keys;
  readonly known: Known;
  /** The key of a tenant whom the fuzzer knows nothing of. */
  readonly honestKey: string;
}

export async function makeWorld(server: ServerProcess): Promise<World> {
  const root = createClient(server);
  const spared: string[] = [];
  const tenant = async (name: string): Promise<string> => {
    const made = await ask(root, '/v1/admin/tenants', { name });
    spared.push(textField(field(made, 'tenant'), 'id') ?? '');
    spared.push(textField(field(made, 'api_key'), 'id') ?? '');
    return textField(made, 'key') ?? '';
  };
  const admin = await tenant('fuzz');
  const honestKey = await tenant('honest');
  const client = createClient({ url: server.url, key: admin });
  const key = async (body: object): Promise<{ secret: string; id: string }> => {
    const made = await ask(client, '/v1/keys', body);
    const id = textField(field(made, 'api_key'), 'id') ?? '';
    spared.push(id);
    return { secret: textField(made, 'key') ?? '', id };
  };
  const grants = [{ permissions: ['read', 'write'], namespaces: ['fuzz', 'notes*'] }];
  const narrow = await key({ label: 'narrow', grants });
  const revoked = await key({ label: 'revoked' });
  await client.send('DELETE', `/v1/keys/${revoked.id}`);
  const own = (await root.send('GET', '/v1/keys')).body;
  for (const one of listField(own, 'results')) spared.push(textField(one, 'id') ?? '');
  client.close();
  root.close();
  const keys = { root: server.key, admin, narrow: narrow.secret, revoked: revoked.secret };
  return { keys, known: new Known(spared), honestKey };
}

async function ask(client: JsonClient, path: string, body: object): Promise<unknown> {
  const reply = await client.send('POST', path, body);
  if (reply.status !== 200) throw new Error(`${path} answered ${JSON.stringify(reply.body)}`);
  return reply.body;
}
